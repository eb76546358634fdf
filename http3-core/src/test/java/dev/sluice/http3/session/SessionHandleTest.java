package dev.sluice.http3.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.capsule.Capsule;
import dev.sluice.http3.capsule.CapsuleType;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.webtransport.DatagramLimits;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.stream.SendStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lies between a session on its loop and the threads that use it. */
@Timeout(60)
class SessionHandleTest {

  /** The client says all it has to say, and goodbye, before it has the answer (§3.2). */
  @ParameterizedTest
  @ValueSource(ints = {0, 7})
  void theHandlerHearsWhatCameBeforeTheAnswerAndItsClose(int code) throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    CompletableFuture<SessionEnding> ended = new CompletableFuture<>();
    DriverPair[] pair = new DriverPair[1];
    pair[0] =
        new DriverPair(
            WebTransportConfig.DEFAULT,
            session -> {
              byte[] all = session.acceptUnidirectional().inputStream().readAllBytes();
              pair[0].later(() -> heard.complete(new String(all, StandardCharsets.UTF_8)));
              session.closed().thenAccept(ending -> pair[0].later(() -> ended.complete(ending)));
            });
    pair[0].run();
    pair[0].connect();
    RequestStream request = pair[0].client.http.requests().getFirst();
    if (code != 0) { // which a FIN alone says as well (§6)
      byte[] value = {0, 0, 0, (byte) code};
      byte[] close = new Capsule(CapsuleType.WT_CLOSE_SESSION, value).encode();
      request.writeData(close, 0, close.length);
    }
    request.finish();
    SendStream uni = pair[0].link.client().openUni();
    byte[] said = {0x40, 0x54, (byte) request.id(), 'h', 'e', 'y'};
    uni.write(said, 0, said.length);
    uni.finish();
    assertEquals("hey", pair[0].await(heard));
    assertEquals(new SessionEnding.Closed(SessionEnding.Side.PEER, code, ""), pair[0].await(ended));
  }

  @Test
  void ofDatagramsThatNobodyTakesTheOldestGiveWay() throws Exception {
    WebTransportConfig config =
        WebTransportConfig.DEFAULT.withDatagrams(
            DatagramLimits.DEFAULT.withReceive(2, 1 << 20, Duration.ZERO));
    CompletableFuture<Void> sent = new CompletableFuture<>();
    DriverPair[] pair = new DriverPair[1];
    pair[0] =
        new DriverPair(
            config,
            session -> {
              for (byte i = 0; i < 4; i++) {
                session.sendDatagramAsync(new byte[] {i});
              }
              pair[0].later(() -> sent.complete(null));
            });
    pair[0].run();
    CompletableFuture<WebTransport> connected = pair[0].connect();
    pair[0].await(sent);
    pair[0].run();
    WebTransport session = connected.join();
    CompletableFuture<byte[]> givenUp = session.receiveDatagramAsync();
    givenUp.cancel(false);
    for (byte i = 2; i < 4; i++) {
      CompletableFuture<byte[]> next = session.receiveDatagramAsync();
      assertArrayEquals(new byte[] {i}, pair[0].await(next));
    }
    CompletableFuture<byte[]> last = session.receiveDatagramAsync();
    session.close();
    CompletableFuture<Throwable> why = last.handle((datagram, e) -> e);
    assertEquals(SessionEndedException.class, pair[0].await(why).getClass());
  }
}
