package dev.sluice.tools.perf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.QuicStream;
import dev.sluice.quic.connection.ClientConfig;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.io.EventLoop;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.cert.SelfSignedIdentity;
import dev.sluice.tls.cert.TrustAllVerifier;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Http3DialerTest {
  /** A control stream's type, and the type of the SETTINGS frame with which it begins (§6.2.1). */
  private static final byte[] CONTROL = {0, 4};

  private static Http3Dialer dialer(EventLoop loop, InetSocketAddress server) throws Exception {
    SecureRandom random = new SecureRandom();
    TlsClientConfig tls =
        TlsClientConfig.builder()
            .serverName("localhost")
            .applicationProtocols(PerfProtocol.ALPN_HTTP3)
            .certificateVerifier(TrustAllVerifier.INSTANCE)
            .random(random)
            .clock(InstantSource.system())
            .build();
    return new Http3Dialer(loop, server, ClientConfig.of(tls), random, ticket -> {});
  }

  /** The handshake alone is not enough, and the client's own control stream is there. */
  @Test
  void isReadyWithTheSettingsOfBoth() throws Exception {
    try (QuicServer server =
            QuicServer.builder()
                .identity(
                    SelfSignedIdentity.create(
                        List.of("localhost"),
                        Duration.ofDays(1),
                        new SecureRandom(),
                        InstantSource.system()))
                .applicationProtocols(PerfProtocol.ALPN_HTTP3)
                .start();
        EventLoop loop = EventLoop.start("http3-dialer-test");
        Http3Dialer dialer = dialer(loop, server.localAddress())) {
      CompletableFuture<Http3Dialer.Dialled> dialled = dialer.connect(null);
      QuicConnection accepted = server.accept();
      QuicStream control = accepted.acceptStream();
      assertArrayEquals(CONTROL, control.inputStream().readNBytes(CONTROL.length));
      assertFalse(dialled.isDone());
      OutputStream own = accepted.openUnidirectional().outputStream();
      own.write(CONTROL);
      own.write(0); // of no settings
      own.flush();
      Http3Dialer.Dialled connection = dialled.get();
      assertTrue(connection.isAlive());
      assertFalse(connection.resumed());
      connection.close();
      assertEquals(
          new ConnectionEnding.ApplicationClose(
              ConnectionEnding.Side.PEER, Http3Error.H3_NO_ERROR.code(), ""),
          accepted.ended().toCompletableFuture().get());
    }
  }
}
