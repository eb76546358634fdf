package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.testkit.Requirement;
import java.io.IOException;
import java.net.URI;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

/** Whom the gifts of servers are for. */
class SessionStoreTest {
  private static final byte[] TOKEN = {1, 2, 3};

  private final Origin origin = new Origin("example.com", 443);
  private final SessionStore store = new SessionStore();

  @Test
  @Requirement("RFC9000-8.1.3#10")
  void aTokenGoesToTheServerThatGaveItAndOnce() throws IOException {
    store.remember(origin, TOKEN);
    SessionStore stored = SessionStore.fromBytes(store.toBytes());
    for (SessionStore one : new SessionStore[] {store, stored}) {
      assertNull(one.takeToken(new Origin("example.com", 8443)));
      assertNull(one.takeToken(new Origin("example.org", 443)));
      assertNull(one.takeTicket(origin));
      assertArrayEquals(TOKEN, one.takeToken(origin));
      assertNull(one.takeToken(origin));
    }
  }

  @Test
  void waitsForAsLongAsAnybodyCanSay() throws InterruptedException {
    Thread.currentThread().interrupt();
    assertThrows(
        InterruptedException.class,
        () ->
            store.awaitSession(
                URI.create("https://example.com/"), ChronoUnit.FOREVER.getDuration()));
  }
}
