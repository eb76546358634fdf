package dev.sluice.quic.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.wire.WireReader;
import dev.sluice.testkit.Requirement;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ConnectionCloseFrameTest {

  @Test
  @Requirement("RFC9000-19.19#1")
  void malformedReasonsAreReplacedNotRefused() {
    byte[] bytes = HexFormat.of().parseHex("1d4100046fc328ff");
    ConnectionCloseFrame close = (ConnectionCloseFrame) FrameReader.read(WireReader.of(bytes));
    assertEquals("o\ufffd(\ufffd", close.reason());
    assertTrue(close.application());
    assertEquals(0x100, close.errorCode());
  }

  @Test
  void theFrameTypeTravelsInTheTransportsCloseOnly() {
    byte[] bytes = HexFormat.of().parseHex("1c070600");
    assertEquals(new ConnectionCloseFrame(false, 7, 6, ""), FrameReader.read(WireReader.of(bytes)));
    assertThrows(IllegalArgumentException.class, () -> new ConnectionCloseFrame(true, 7, 6, ""));
  }

  @Property(tries = 300)
  void reasonsAreCutToFitWithoutBreakingACharacter(@ForAll @IntRange(max = 130) int room) {
    ConnectionCloseFrame close = new ConnectionCloseFrame(false, 7, 6, "aä€😀".repeat(10));
    ConnectionCloseFrame cut = close.fitting(room);
    assertTrue(cut.encodedLength() <= Math.max(room, 4));
    assertTrue(close.reason().startsWith(cut.reason()));
    assertFalse(cut.reason().contains("\ufffd"));
    assertSame(cut, cut.fitting(room));
  }
}
