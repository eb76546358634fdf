package dev.sluice.tools.serve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.server.Http3Server;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.SessionStreamEndedException;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.session.WebTransportStream;
import dev.sluice.http3.webtransport.SessionStreamEnding;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.tls.Identity;
import dev.sluice.tls.cert.CertificateFingerprint;
import dev.sluice.tls.cert.SelfSignedIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The echo of {@code serve --webtransport}, and the hint that goes with it. */
@Timeout(60)
class WebTransportEchoTest {
  private static final Identity IDENTITY =
      SelfSignedIdentity.create(
          List.of("localhost"), Duration.ofDays(1), new SecureRandom(), InstantSource.system());

  private Http3Server server;
  private Http3Client client;
  private WebTransport session;

  @BeforeEach
  void connect() throws Exception {
    server =
        Http3Server.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .identity(IDENTITY)
            .webTransport("/wt", new WebTransportEcho())
            .start();
    URI uri = URI.create("https://localhost:" + server.localAddress().getPort() + "/wt");
    client =
        Http3Client.newBuilder()
            .serverCertificateHashes(List.of(hashIn(hint(uri))))
            .webTransport(WebTransportConfig.DEFAULT)
            .build();
    session = client.connect(uri, SessionOptions.DEFAULT);
  }

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private static String hint(URI uri) {
    return BrowserHints.webTransport(IDENTITY.certificateChain().getFirst(), uri.toString());
  }

  private static byte[] hashIn(String hint) {
    Matcher base64 = Pattern.compile("atob\\(\"(.*?)\"\\)").matcher(hint);
    assertTrue(base64.find(), hint);
    return Base64.getDecoder().decode(base64.group(1));
  }

  @Test
  void theHintHasTheHashAndTheUrl() {
    X509Certificate certificate = IDENTITY.certificateChain().getFirst();
    String hint = hint(URI.create("https://a/b"));
    assertTrue(hint.startsWith("new WebTransport(\"https://a/b\", {"), hint);
    assertArrayEquals(CertificateFingerprint.sha256(certificate), hashIn(hint));
  }

  private static void say(WebTransportStream out, InputStream in) throws IOException {
    out.outputStream().write(new byte[] {1, 2, 3});
    out.outputStream().flush();
    assertArrayEquals(new byte[] {1, 2, 3}, in.readNBytes(3));
  }

  private static SessionStreamEnding end(InputStream in) {
    return assertThrows(SessionStreamEndedException.class, in::read).ending();
  }

  @Test
  void aStreamThatIsCutShortIsEchoedSo() throws IOException {
    WebTransportStream stream = session.openBidirectional();
    say(stream, stream.inputStream());
    stream.reset(7);
    assertEquals(new SessionStreamEnding.Reset(7), end(stream.inputStream()));
  }

  @Test
  void alsoOneWay() throws IOException {
    WebTransportStream there = session.openUnidirectional();
    there.outputStream().write(new byte[0]);
    there.outputStream().flush();
    WebTransportStream back = session.acceptUnidirectional();
    say(there, back.inputStream());
    there.reset(8);
    assertEquals(new SessionStreamEnding.Reset(8), end(back.inputStream()));
  }

  @Test
  void whoWantsNoMoreOfItIsAskedForNoMore() throws IOException {
    WebTransportStream stream = session.openBidirectional();
    say(stream, stream.inputStream());
    stream.stopReading(9);
    SessionStreamEndedException stopped =
        assertThrows(
            SessionStreamEndedException.class,
            () -> {
              while (true) {
                stream.outputStream().write(new byte[10_000]);
              }
            });
    assertEquals(new SessionStreamEnding.Stopped(9), stopped.ending());
  }

  @Test
  void datagramsComeBack() throws IOException {
    session.sendDatagram(new byte[] {4, 5});
    assertArrayEquals(new byte[] {4, 5}, session.receiveDatagram());
  }
}
