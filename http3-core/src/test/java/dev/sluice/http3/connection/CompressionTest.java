package dev.sluice.http3.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.FieldLine;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.qpack.QpackException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Field sections and QPACK's streams do not arrive in order. */
class CompressionTest {
  private final RawPeer peer = RawPeer.ofServer();
  private final QpackEncoder encoder = new QpackEncoder(new EncoderLimits(4096, 100));

  private byte[] request(long stream) throws QpackException {
    encoder.onPeerSettings(4096, 100);
    return new HeadersFrame(
            encoder.encode(
                stream,
                List.of(
                    new FieldLine(":method", "GET"),
                    new FieldLine(":scheme", "https"),
                    new FieldLine(":authority", "a-host-that-is-in-no-static-table"),
                    new FieldLine(":path", "/"))))
        .encode();
  }

  @Test
  void aSectionWaitsForTheInstructionsItNeeds() throws QpackException {
    peer.bidi(request(0), RawPeer.data(4)).finish();
    peer.deliver();
    assertTrue(peer.events.isEmpty());
    MemorySendStream instructions = peer.uni(0x02);
    RawPeer.write(instructions, encoder.takeEncoderStream());
    peer.deliver();
    RequestStream request = peer.event(Http3Event.Request.class).stream();
    assertEquals("a-host-that-is-in-no-static-table", request.request().authority());
    assertEquals(4, Pair.readAll(request).length);
    // Section Acknowledgment for stream 0, after the stream's type.
    byte[] decoderStream = peer.peer.recvStream(11).readAll();
    assertArrayEquals(new byte[] {0x03, (byte) 0x80}, decoderStream);
  }

  @Test
  void aStreamThatIsResetWhileItWaitsIsCancelled() throws QpackException {
    MemorySendStream stream = peer.bidi(request(0));
    peer.deliver();
    stream.reset(Http3Error.H3_REQUEST_CANCELLED.code());
    peer.deliver();
    RawPeer.write(peer.uni(0x02), encoder.takeEncoderStream());
    peer.deliver();
    // The head had arrived, so it is delivered before the reset.
    assertEquals(2, peer.events.size() - peer.all(Http3Event.Stopped.class).size() - 1);
    peer.event(Http3Event.Request.class);
    peer.event(Http3Event.RequestEnded.class);
    assertNull(peer.own.ending());
  }

  /** Its trailers may be what was lost (RFC 9204 §2.2.2.2). */
  @Test
  void aResetBehindTheWholeContentIsToldToThePeersEncoder() {
    MemorySendStream stream = peer.bidi(RawPeer.postHeaders(4), RawPeer.data(4));
    peer.deliver();
    RequestStream request = peer.event(Http3Event.Request.class).stream();
    assertEquals(4, Pair.readAll(request).length);
    stream.reset(Http3Error.H3_REQUEST_CANCELLED.code());
    peer.deliver();
    assertEquals(new RequestEnding.Complete(), request.ending());
    assertArrayEquals(new byte[] {0x03, 0x40}, peer.peer.recvStream(11).readAll());
  }

  @Test
  void abandonedReadingIsToldToThePeersEncoder() {
    peer.bidi(RawPeer.getHeaders());
    peer.deliver();
    peer.event(Http3Event.Request.class).stream().stopReading(Http3Error.H3_NO_ERROR);
    peer.deliver();
    // Stream Cancellation for stream 0.
    assertArrayEquals(new byte[] {0x03, 0x40}, peer.peer.recvStream(11).readAll());
  }
}
