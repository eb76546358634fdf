package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tunnels for other protocols (RFC 9220, RFC 8441 §4). */
class ExtendedConnectTest {
  private final Pair pair =
      new Pair(Http3Config.DEFAULT, Http3Config.DEFAULT.withConnectProtocol(true));

  private static RequestHead connect(String protocol) {
    return RequestHead.extendedConnect(protocol, "https", "example.com", "/chat", Fields.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"websocket", "connect-udp", "anything-else"})
  void bytesBothWaysForAnyProtocol(String protocol) {
    RequestStream client = pair.run().client.openRequest(connect(protocol), false);
    pair.run();
    RequestStream server = pair.request();
    assertEquals(protocol, server.request().protocol());
    assertEquals("/chat", server.request().path());
    client.writeData(new byte[] {1, 2}, 0, 2);
    server.sendResponse(new ResponseHead(200, Fields.EMPTY), false);
    server.writeData(new byte[] {3}, 0, 1);
    pair.run();
    assertArrayEquals(new byte[] {1, 2}, Pair.readAll(server));
    assertArrayEquals(new byte[] {3}, Pair.readAll(client));
    client.finish();
    server.finish();
    pair.run();
    Pair.readAll(server);
    Pair.readAll(client);
    pair.run();
    assertEquals(new RequestEnding.Complete(), client.ending());
    assertEquals(new RequestEnding.Complete(), server.ending());
  }

  @Test
  void notBeforeTheServerHasOfferedIt() {
    pair.client.process();
    assertThrows(
        IllegalStateException.class, () -> pair.client.openRequest(connect("websocket"), false));
    Pair without = new Pair();
    without.run();
    assertThrows(
        IllegalStateException.class, () -> without.client.openRequest(connect("websocket"), false));
  }

  @Test
  void aServerThatHasNotOfferedItTakesItAsMalformed() {
    RawPeer peer = RawPeer.ofServer();
    peer.bidi(
        RawPeer.headers(
            ":method",
            "CONNECT",
            ":protocol",
            "websocket",
            ":scheme",
            "https",
            ":authority",
            "a",
            ":path",
            "/"));
    peer.deliver();
    assertEquals(Http3Error.H3_MESSAGE_ERROR.code(), peer.own.sendStream(0).resetCode());
  }
}
