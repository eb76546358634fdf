package dev.sluice.http3.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.memory.MemoryLink;
import dev.sluice.http3.memory.MemorySendStream;
import java.io.ByteArrayOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LocalUniStreamTest {
  private final MemoryLink link = new MemoryLink();

  @Test
  void whatIsWrittenBeforeTheStreamOpensWaits() {
    LocalUniStream stream = new LocalUniStream(0x40);
    assertFalse(stream.isOpen());
    stream.write(new byte[] {1, 2});
    assertEquals(0, stream.credit());
    MemorySendStream out = link.client().openUni();
    stream.open(out);
    stream.write(new byte[] {3});
    assertTrue(stream.is(out.id()));
    link.deliverAll();
    assertArrayEquals(
        new byte[] {0x40, 0x40, 1, 2, 3}, link.server().recvStream(out.id()).readAll());
  }

  @Property(tries = 200)
  void bytesGoOutInOrderThroughAnyBuffer(
      @ForAll @IntRange(min = 1, max = 50) int buffer,
      @ForAll @Size(max = 20) byte[][] writes,
      @ForAll @IntRange(min = 0, max = 20) int openAt) {
    MemoryLink own = new MemoryLink();
    own.client().sendBuffer(buffer);
    LocalUniStream stream = new LocalUniStream(0x02);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    ByteArrayOutputStream actual = new ByteArrayOutputStream();
    expected.write(0x02);
    for (int i = 0; i < writes.length; i++) {
      if (i == openAt) {
        stream.open(own.client().openUni());
      }
      stream.write(writes[i]);
      expected.writeBytes(writes[i]);
    }
    if (!stream.isOpen()) {
      stream.open(own.client().openUni());
    }
    for (int i = 0; i < 10_000 && actual.size() < expected.size(); i++) {
      own.deliverAll();
      actual.writeBytes(own.server().recvStream(2).readAll());
      stream.flush();
    }
    assertArrayEquals(expected.toByteArray(), actual.toByteArray());
  }

  @Test
  void whatWaitsIsBounded() {
    LocalUniStream stream = new LocalUniStream(0x03);
    for (int i = 0; i < 255; i++) {
      stream.write(new byte[1024]);
      assertDoesNotThrow(stream::requireModest);
    }
    stream.write(new byte[1024]);
    ConnectionErrorException e =
        assertThrows(ConnectionErrorException.class, stream::requireModest);
    assertEquals(Http3Error.H3_EXCESSIVE_LOAD, e.error());
  }
}
