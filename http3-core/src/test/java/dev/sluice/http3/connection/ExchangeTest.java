package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.FieldSectionTooLargeException;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.testkit.Requirement;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges between a client and a server of ours. */
class ExchangeTest {
  private final Pair pair = new Pair();

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  @Requirement({"RFC9114-4.1#9", "RFC9114-4.1#11"})
  void getAndAnswer() {
    RequestStream request = pair.run().client.openRequest(Pair.get("/a"), true);
    pair.run();
    RequestStream atServer = pair.request();
    assertEquals("/a", atServer.request().path());
    assertEquals(new RequestEnding.Complete(), atServer.ending());

    atServer.sendResponse(Pair.ok("content-type", "text/plain"), false);
    assertEquals(5, atServer.writeData(text("hello"), 0, 5));
    atServer.finish();
    pair.run();
    assertEquals(200, pair.clientEvent(Http3Event.Response.class).head().status());
    assertArrayEquals(text("hello"), Pair.readAll(request));
    pair.run();
    assertEquals(new RequestEnding.Complete(), request.ending());
    assertEquals(1, Pair.all(pair.clientEvents, Http3Event.RequestEnded.class).size());
    assertEquals(0, pair.client.activeRequests());
    assertEquals(0, pair.server.activeRequests());
    assertEquals(atServer, pair.serverEvent(Http3Event.Closed.class).stream());
  }

  @Test
  void eventsComeInOrder() {
    RequestStream request = pair.run().client.openRequest(Pair.get("/"), true);
    pair.run();
    RequestStream atServer = pair.request();
    atServer.sendInformational(new ResponseHead(103, Fields.of("link", "</a>")));
    atServer.sendResponse(Pair.ok(), false);
    atServer.writeData(new byte[10], 0, 10);
    atServer.sendTrailers(Fields.of("x-sum", "1"));
    pair.run();
    Pair.readAll(request);
    pair.run();
    List<String> kinds =
        pair.clientEvents.stream().map(event -> event.getClass().getSimpleName()).toList();
    assertEquals(
        List.of(
            "SettingsReceived",
            "Informational",
            "Response",
            "Readable",
            "Trailers",
            "RequestEnded",
            "Closed"),
        kinds);
    assertEquals("1", request.trailers().first("x-sum"));
  }

  @Test
  @Requirement("RFC9114-4.1#12")
  void aHeadIsDeliveredBeforeItsContent() {
    pair.run().client.openRequest(Pair.post("/"), false);
    pair.run();
    RequestStream atServer = pair.request();
    assertNull(atServer.ending());
    byte[] buffer = new byte[10];
    assertEquals(RequestStream.NOTHING_NOW, atServer.readData(buffer, 0, 10));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 63, 64, 16383, 16384, 1_000_000})
  void contentOfAnyLengthThroughSmallBuffers(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    pair.link.client().sendBuffer(3000);
    pair.link.window(5000);
    RequestStream request =
        pair.run().client.openRequest(Pair.post("/", "content-length", "" + length), false);
    byte[] received = new byte[length];
    int written = 0;
    int read = 0;
    RequestStream atServer = null;
    for (int round = 0;
        round < 10_000 && (atServer == null || atServer.ending() == null);
        round++) {
      int taken = request.writeData(content, written, length - written);
      written += taken;
      if (written == length) {
        request.finish();
      }
      pair.client.process();
      pair.link.deliverAll();
      pair.server.process();
      pair.takeEvents();
      if (atServer == null) {
        atServer = pair.request();
      }
      int n = 1;
      while (n > 0) {
        n = atServer.readData(received, read, length - read);
        read += Math.max(n, 0);
      }
    }
    assertEquals(length, read);
    assertArrayEquals(content, received);
    assertEquals(new RequestEnding.Complete(), atServer.ending());
  }

  @Test
  void writableFollowsAShortWrite() {
    pair.link.server().sendBuffer(100);
    pair.run().client.openRequest(Pair.get("/"), true);
    pair.run();
    RequestStream atServer = pair.request();
    atServer.sendResponse(Pair.ok(), false);
    byte[] content = new byte[1000];
    int taken = atServer.writeData(content, 0, content.length);
    assertTrue(taken > 0 && taken < 100, "" + taken);
    assertEquals(0, atServer.writeData(content, 0, 1));
    assertEquals(0, atServer.writable());
    pair.run();
    assertEquals(atServer, pair.serverEvent(Http3Event.Writable.class).stream());
    assertTrue(atServer.writable() > 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 65, 66, 67, 68})
  void aSendBufferOfAnySizeIsFilledAndReported(int size) {
    byte[] content = new byte[200];
    new Random(size).nextBytes(content);
    pair.run().client.openRequest(Pair.get("/"), true);
    pair.run();
    pair.link.server().sendBuffer(size);
    RequestStream atServer = pair.request();
    atServer.sendResponse(Pair.ok(), false);
    int written = 0;
    for (int round = 0; round < 1000 && written < content.length; round++) {
      pair.serverEvents.clear();
      written += atServer.writeData(content, written, content.length - written);
      for (int i = 0; i < 20 && pair.serverEvents.isEmpty(); i++) {
        pair.run();
      }
      assertEquals(
          written == content.length ? 0 : 1,
          Pair.all(pair.serverEvents, Http3Event.Writable.class).size(),
          "round " + round);
    }
    for (int i = 0; i < 20; i++) {
      pair.run();
    }
    atServer.finish();
    pair.run();
    assertArrayEquals(content, Pair.readAll(pair.clientEvent(Http3Event.Response.class).stream()));
  }

  @Test
  void contentThatNobodyReadsStaysInTheTransport() {
    pair.link.window(1000);
    RequestStream request = pair.run().client.openRequest(Pair.post("/"), false);
    byte[] content = new byte[10_000];
    int written = 0;
    for (int i = 0; i < 100; i++) {
      written += request.writeData(content, 0, content.length);
      pair.run();
    }
    // A window at the receiver, a buffer at the sender, and nothing in between.
    assertTrue(written <= 1000 + (64 << 10), "" + written);
    assertEquals(1000, pair.request().available(), 80);
  }

  @Test
  void responsesThatNeverHaveContentEndAtTheirHead() {
    for (ResponseHead head :
        List.of(
            new ResponseHead(204, Fields.EMPTY),
            new ResponseHead(304, Fields.of("content-length", "100")))) {
      Pair fresh = new Pair();
      RequestStream request = fresh.run().client.openRequest(Pair.get("/"), true);
      fresh.run().request().sendResponse(head, true);
      fresh.run();
      assertEquals(new RequestEnding.Complete(), request.ending());
    }
    RequestHead headRequest = RequestHead.of("HEAD", "https", "example.com", "/", Fields.EMPTY);
    RequestStream request = pair.run().client.openRequest(headRequest, true);
    RequestStream atServer = pair.run().request();
    atServer.sendResponse(Pair.ok("content-length", "5"), false);
    assertThrows(IllegalStateException.class, () -> atServer.writeData(new byte[1], 0, 1));
    atServer.finish();
    pair.run();
    assertEquals(new RequestEnding.Complete(), request.ending());
  }

  @Test
  @Requirement("RFC9114-4.2.1#2")
  void cookiesTravelInCrumbsAndArriveWhole() {
    RequestHead head =
        RequestHead.of(
            "GET", "https", "example.com", "/", Fields.of("cookie", "a=1; b=2", "x", "y"));
    pair.run().client.openRequest(head, true);
    pair.run();
    Fields received = pair.request().request().fields();
    assertEquals(List.of("a=1; b=2"), received.all("cookie"));
    assertEquals(2, received.size());
  }

  @Test
  void connectMakesATunnel() {
    RequestStream request =
        pair.run().client.openRequest(RequestHead.connect("example.com:443", Fields.EMPTY), false);
    RequestStream atServer = pair.run().request();
    assertTrue(atServer.request().isConnect());
    atServer.sendResponse(Pair.ok(), false);
    atServer.writeData(text("down"), 0, 4);
    request.writeData(text("up"), 0, 2);
    pair.run();
    assertArrayEquals(text("down"), Pair.readAll(request));
    assertArrayEquals(text("up"), Pair.readAll(atServer));
    assertThrows(IllegalStateException.class, () -> atServer.sendTrailers(Fields.EMPTY));
    assertThrows(IllegalStateException.class, () -> request.sendTrailers(Fields.EMPTY));
    request.finish();
    pair.run();
    assertEquals(new RequestEnding.Complete(), atServer.ending());
    assertNull(request.ending());
  }

  @Test
  @Requirement({"RFC9114-7.2.4.2#1", "RFC9114-9#4", "RFC9114-9#5"})
  void extendedConnectNeedsTheServersLeave() {
    RequestHead head =
        RequestHead.extendedConnect("websocket", "https", "example.com", "/chat", Fields.EMPTY);
    pair.run();
    assertThrows(IllegalStateException.class, () -> pair.client.openRequest(head, false));

    Pair open = new Pair(Http3Config.DEFAULT, Http3Config.DEFAULT.withConnectProtocol(true));
    assertThrows(IllegalStateException.class, () -> open.client.openRequest(head, false));
    open.run().client.openRequest(head, false);
    assertEquals(head, open.run().request().request());
  }

  @Test
  void malformedHeadsAreNotSent() {
    pair.run();
    assertThrows(
        IllegalArgumentException.class, () -> pair.client.openRequest(Pair.get("no slash"), true));
    assertThrows(
        IllegalArgumentException.class,
        () -> pair.client.openRequest(Pair.post("/", "connection", "close"), true));
    assertEquals(0, pair.client.activeRequests());
    pair.client.openRequest(Pair.get("/"), true);
    RequestStream atServer = pair.run().request();
    assertThrows(
        IllegalArgumentException.class, () -> atServer.sendResponse(Pair.ok("x", "a\nb"), true));
    assertThrows(
        IllegalArgumentException.class,
        () -> atServer.sendResponse(new ResponseHead(101, Fields.EMPTY), true));
    assertThrows(
        IllegalArgumentException.class,
        () -> atServer.sendInformational(new ResponseHead(200, Fields.EMPTY)));
    atServer.sendResponse(Pair.ok(), true);
    assertThrows(IllegalStateException.class, () -> atServer.sendResponse(Pair.ok(), true));
    assertThrows(IllegalStateException.class, () -> atServer.writeData(new byte[1], 0, 1));
  }

  @Test
  @Requirement("RFC9114-4.2.2#2")
  void thePeersLimitOnFieldSectionsIsKept() {
    Pair small =
        new Pair(
            Http3Config.DEFAULT.withMaxFieldSectionSize(300),
            Http3Config.DEFAULT.withMaxFieldSectionSize(300));
    small.run();
    String long300 = "v".repeat(300);
    assertThrows(
        FieldSectionTooLargeException.class,
        () -> small.client.openRequest(Pair.post("/", "x", long300), true));
    small.client.openRequest(Pair.get("/"), true);
    RequestStream atServer = small.run().request();
    assertThrows(
        FieldSectionTooLargeException.class,
        () -> atServer.sendResponse(Pair.ok("x", long300), true));
    atServer.sendResponse(Pair.ok(), true);
    small.run();
    assertEquals(200, small.clientEvent(Http3Event.Response.class).head().status());
  }

  @Test
  void aMessageShorterThanPromisedIsCut() {
    RequestStream request = pair.run().client.openRequest(Pair.get("/"), true);
    RequestStream atServer = pair.run().request();
    atServer.sendResponse(Pair.ok("content-length", "10"), false);
    atServer.writeData(new byte[4], 0, 4);
    assertThrows(IllegalStateException.class, () -> atServer.writeData(new byte[7], 0, 7));
    pair.run();
    assertEquals(4, Pair.readAll(request).length);
    atServer.finish();
    pair.run();
    assertEquals(RequestStream.ENDED, request.readData(new byte[1], 0, 1));
    assertEquals(
        new RequestEnding.ResetByPeer(Http3Error.H3_INTERNAL_ERROR.code(), true), request.ending());
  }

  @Test
  @Requirement("RFC9114-4.1.1#3")
  void cancellingEndsBothDirections() {
    RequestStream request = pair.run().client.openRequest(Pair.post("/"), false);
    RequestStream atServer = pair.run().request();
    request.cancel(Http3Error.H3_REQUEST_CANCELLED);
    pair.run();
    long code = Http3Error.H3_REQUEST_CANCELLED.code();
    assertEquals(new RequestEnding.Abandoned(code), request.ending());
    assertEquals(new RequestEnding.ResetByPeer(code, true), atServer.ending());
    assertEquals(code, pair.serverEvent(Http3Event.Stopped.class).code());
    assertTrue(atServer.isCut());
    atServer.sendResponse(Pair.ok(), true);
    assertEquals(0, atServer.writeData(new byte[1], 0, 1));
    pair.run();
    assertEquals(0, pair.client.activeRequests());
    assertEquals(0, pair.server.activeRequests());
  }

  @Test
  @Requirement("RFC9114-4.1#16")
  void anEarlyCompleteResponseIsKept() {
    RequestStream request = pair.run().client.openRequest(Pair.post("/"), false);
    RequestStream atServer = pair.run().request();
    atServer.sendResponse(Pair.ok(), false);
    atServer.writeData(text("no"), 0, 2);
    atServer.finish();
    atServer.stopReading(Http3Error.H3_NO_ERROR);
    pair.run();
    assertEquals(Http3Error.H3_NO_ERROR.code(), pair.clientEvent(Http3Event.Stopped.class).code());
    assertArrayEquals(text("no"), Pair.readAll(request));
    assertEquals(new RequestEnding.Complete(), request.ending());
    pair.run();
    assertEquals(0, pair.client.activeRequests());
  }

  @Test
  void noCreditForStreamsIsToldAndLaterGiven() {
    pair.link.client().allow(1, 100);
    pair.run();
    pair.client.openRequest(Pair.get("/1"), true);
    assertNull(pair.client.openRequest(Pair.get("/2"), true));
    pair.link.client().allow(2, 100);
    pair.run();
    pair.clientEvent(Http3Event.RequestsAvailable.class);
    assertFalse(pair.client.openRequest(Pair.get("/2"), true) == null);
  }

  @Test
  void manyExchangesUseTheDynamicTableBothWays() {
    pair.run();
    for (int i = 0; i < 50; i++) {
      Fields fields = Fields.of("x-common", "the same each time", "x-own", "value " + i);
      RequestStream request =
          pair.client.openRequest(
              RequestHead.of("GET", "https", "example.com", "/" + i, fields), true);
      pair.serverEvents.clear();
      RequestStream atServer = pair.run().request();
      assertEquals(fields, atServer.request().fields());
      atServer.sendResponse(new ResponseHead(200, fields), true);
      pair.clientEvents.clear();
      pair.run();
      assertEquals(fields, pair.clientEvent(Http3Event.Response.class).head().fields());
      assertEquals(new RequestEnding.Complete(), request.ending());
    }
    assertNull(pair.client.ending());
    assertNull(pair.server.ending());
  }

  @Test
  void attachmentsAreTheUsersOwn() {
    RequestStream request = pair.run().client.openRequest(Pair.get("/"), true);
    assertNull(request.attachment());
    request.attach("mine");
    assertEquals("mine", request.attachment());
  }
}
