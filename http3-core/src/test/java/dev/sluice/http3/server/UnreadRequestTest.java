package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.client.WireClient;
import dev.sluice.http3.connection.Http3Event;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client sees of a handler that answers and has no use for what is still to come. */
@Timeout(60)
class UnreadRequestTest {
  @Test
  @Requirement({"RFC9114-4.1#14", "RFC9114-4.1#15"})
  void theAnswerIsWholeAndTheRequestIsStopped() throws Exception {
    try (Loopback loopback =
            Loopback.of(exchange -> exchange.respond(413, Fields.EMPTY, new byte[5000]));
        WireClient client = new WireClient(loopback.server.localAddress())) {
      RequestHead post = RequestHead.of("POST", "https", "localhost", "/", Fields.EMPTY);
      RequestStream request = client.onThread((connection, http) -> http.openRequest(post, false));
      assertEquals(Http3Error.H3_NO_ERROR.code(), client.await(Http3Event.Stopped.class).code());
      byte[] content = new byte[5001];
      int total = 0;
      for (int n = 0; n != RequestStream.ENDED; total += Math.max(0, n)) {
        n = client.onThread((connection, http) -> request.readData(content, 0, content.length));
        Thread.onSpinWait();
      }
      assertEquals(5000, total);
      assertEquals(new RequestEnding.Complete(), request.ending());
    }
  }
}
