package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.testkit.Requirement;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that answers before it has all of a request, and goes on reading it. */
@Timeout(60)
class EarlyAnswerTest {
  private static final int LENGTH = 3_000_000;

  private final CompletableFuture<Integer> received = new CompletableFuture<>();

  private final ScriptedServer.Script hasty =
      new ScriptedServer.Script() {
        private int total;

        @Override
        public void onRequest(int number, Http3Connection connection, RequestStream request) {
          request.sendResponse(new ResponseHead(200, Fields.of("content-length", "0")), true);
        }

        @Override
        public void onReadable(RequestStream request) {
          byte[] content = new byte[10_000];
          int n = request.readData(content, 0, content.length);
          while (n > 0) {
            total += n;
            n = request.readData(content, 0, content.length);
          }
          if (n == RequestStream.ENDED) {
            received.complete(request.ending().isComplete() ? total : -1);
          }
        }
      };

  @Test
  @Requirement("RFC9114-4.1#17")
  void theRestOfTheRequestFollowsAllTheSame() throws Exception {
    try (ScriptedServer server = new ScriptedServer(hasty);
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri())
              .POST(BodyPublishers.ofByteArray(new byte[LENGTH]))
              .build();
      assertEquals(200, client.send(request, BodyHandlers.discarding()).statusCode());
      assertEquals(LENGTH, received.get());
    }
  }
}
