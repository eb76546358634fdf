package dev.sluice.http3.server;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.http3.client.Loopback;
import dev.sluice.http3.message.Fields;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A handler that is interrupted while the client takes its time. */
@Timeout(60)
class InterruptedHandlerTest {
  /** Far more than what may be under way. */
  private static final int MUCH = 64 << 20;

  @Test
  void whatItWroteIsNotTakenForTheWhole() throws Exception {
    try (Loopback loopback =
        Loopback.of(
            exchange -> {
              try (OutputStream body = exchange.respond(200, Fields.EMPTY)) {
                Thread.currentThread().interrupt();
                body.write(new byte[MUCH]);
              } catch (IOException e) {
                Thread.interrupted();
              }
            })) {
      IOException failure =
          assertThrows(
              IOException.class,
              () ->
                  loopback.client.send(loopback.request("/").build(), BodyHandlers.ofByteArray()));
      FileBodiesTest.assertReset(failure);
    }
  }
}
