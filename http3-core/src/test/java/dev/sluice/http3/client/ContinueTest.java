package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.connection.Http3Connection;
import dev.sluice.http3.connection.RequestStream;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.ResponseHead;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests with a 100-continue expectation (RFC 9110 §10.1.1) to a server that knows none. */
@Timeout(60)
class ContinueTest {
  /** Answers when it has all of a request, and says nothing before. */
  private static final ScriptedServer.Script TACITURN =
      new ScriptedServer.Script() {
        @Override
        public void onRequest(int number, Http3Connection connection, RequestStream request) {}

        @Override
        public void onReadable(RequestStream request) {
          byte[] content = new byte[100];
          int n = request.readData(content, 0, content.length);
          while (n > 0) {
            n = request.readData(content, 0, content.length);
          }
          if (n == RequestStream.ENDED) {
            request.sendResponse(new ResponseHead(200, Fields.of("content-length", "0")), true);
          }
        }
      };

  /** Its patience is less than the request's: there is to be time for the rest. */
  @Test
  void aServerThatSaysNothingGetsTheContentAfterAWhile() throws Exception {
    try (ScriptedServer server = new ScriptedServer(TACITURN);
        Http3Client client = Loopback.clientFor(Loopback.IDENTITY).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(server.uri())
              .expectContinue(true)
              .timeout(Duration.ofSeconds(4))
              .POST(BodyPublishers.ofString("body"))
              .build();
      assertEquals(200, client.send(request, BodyHandlers.discarding()).statusCode());
    }
  }
}
