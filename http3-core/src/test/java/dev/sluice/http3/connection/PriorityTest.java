package dev.sluice.http3.connection;

import static dev.sluice.http3.connection.RawPeer.getHeaders;
import static dev.sluice.http3.connection.RawPeer.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.frame.PriorityUpdateFrame;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.testkit.Requirement;
import org.junit.jupiter.api.Test;

/** The priority that a client asks for reaches the stream that the response is sent on. */
class PriorityTest {
  private final RawPeer peer = RawPeer.ofServer();

  private static byte[] get(String priority) {
    return getHeaders("priority", priority);
  }

  private void assertPriority(long stream, int urgency, boolean incremental) {
    MemorySendStream response = peer.own.sendStream(stream);
    assertEquals(urgency, response.urgency());
    assertEquals(incremental, response.incremental());
  }

  @Test
  @Requirement({"RFC9218-4#1", "RFC9218-4#2"})
  void theFieldOfTheRequestCounts() {
    peer.bidi(get("u=1, i"));
    peer.bidi(get("not structured ("));
    peer.bidi(getHeaders());
    peer.deliver();
    assertPriority(0, 1, true);
    assertPriority(4, 3, false);
    assertPriority(8, 3, false);
  }

  @Test
  @Requirement({"RFC9218-7#3"})
  void anUpdateCountsMoreWheneverItComes() {
    MemorySendStream control = peer.control();
    write(control, new PriorityUpdateFrame(false, 0, "u=7").encode());
    write(control, new PriorityUpdateFrame(false, 4, "u=6").encode());
    write(control, new PriorityUpdateFrame(false, 4, "u=5, i").encode());
    write(control, new PriorityUpdateFrame(false, 0, "nonsense(").encode());
    peer.deliver();
    peer.bidi(get("u=1"));
    peer.bidi(get("u=1"));
    peer.deliver();
    assertPriority(0, 7, false);
    assertPriority(4, 5, true);
    write(control, new PriorityUpdateFrame(false, 0, "i").encode());
    peer.deliver();
    assertPriority(0, 3, true);
  }

  @Test
  void updatesForRequestsThatNeverComeAreForgotten() {
    MemorySendStream control = peer.control();
    for (long id = 0; id < 4000; id += 4) {
      write(control, new PriorityUpdateFrame(false, id, "u=7").encode());
    }
    peer.deliver();
    peer.bidi(getHeaders());
    peer.deliver();
    assertPriority(0, 3, false);
  }

  @Test
  void aClientTellsTheServer() {
    Pair pair = new Pair();
    pair.run();
    RequestStream request = pair.client.openRequest(Pair.post("/", "priority", "u=2"), false);
    assertEquals(2, pair.link.client().sendStream(0).urgency());
    pair.run();
    request.setPriority(new Priority(5, true));
    pair.run();
    assertEquals(5, pair.link.client().sendStream(0).urgency());
    assertEquals(5, pair.link.server().sendStream(0).urgency());
    assertTrue(pair.link.server().sendStream(0).incremental());
    pair.request().setPriority(new Priority(0, false));
    assertFalse(pair.link.server().sendStream(0).incremental());
  }

  /** RFC 9218 §8, whose example this is: an absent parameter is no wish to change the value. */
  @Test
  void theFieldOfTheResponseIsMerged() {
    Pair pair = new Pair();
    pair.run();
    pair.client.openRequest(Pair.post("/", "priority", "u=5, i"), true);
    pair.run();
    RequestStream response = pair.request();
    MemorySendStream out = pair.link.server().sendStream(0);
    response.sendInformational(new ResponseHead(103, Fields.of("priority", "u=7, i=?0")));
    assertEquals(5, out.urgency(), "an interim response says nothing about the final one");
    response.sendResponse(new ResponseHead(200, Fields.of("priority", "u=1")), false);
    assertEquals(1, out.urgency());
    assertTrue(out.incremental());
    assertEquals(new Priority(1, true), response.priority());
  }

  @Test
  void alsoWithWhatTheClientSaysLater() {
    Pair pair = new Pair();
    pair.run();
    RequestStream request = pair.client.openRequest(Pair.post("/", "priority", "u=5"), true);
    pair.run();
    RequestStream response = pair.request();
    response.sendResponse(new ResponseHead(200, Fields.of("priority", "i")), false);
    assertEquals(new Priority(5, true), response.priority());
    request.setPriority(new Priority(2, false));
    pair.run();
    assertEquals(new Priority(2, true), response.priority());
    assertEquals(2, pair.link.server().sendStream(0).urgency());
  }
}
