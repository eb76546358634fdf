package dev.sluice.quic.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** In what order streams share packets of 1200 bytes. */
class SchedulerTest {
  private static final StreamLimits LIMITS =
      new StreamLimits(1 << 30, 1 << 30, 1 << 30, 1 << 30, 100, 100);

  private final StreamsEnd end = new StreamsEnd(true, StreamConfig.DEFAULT, LIMITS);

  private SendStream stream(int packets) {
    SendStream stream = end.streams.openUni();
    stream.write(new byte[packets * 1100], 0, packets * 1100);
    return stream;
  }

  /** The ids of the streams that have the larger part of each packet. */
  private List<Long> order() {
    List<Long> ids = new ArrayList<>();
    for (StreamsEnd.Packet packet = end.send(); packet != null; packet = end.send()) {
      for (Frame frame : packet.frames()) {
        if (frame instanceof StreamFrame f && f.data().length() > 600) {
          ids.add(f.streamId());
        }
      }
    }
    return ids;
  }

  @Test
  @Requirement("RFC9000-2.3#1")
  void streamsTakeTurnsByDefault() {
    stream(3);
    stream(3);
    stream(3);
    assertEquals(List.of(2L, 6L, 10L), order().subList(0, 3));
  }

  @Test
  @Requirement("RFC9000-2.3#1")
  void lowerUrgencyNumbersGoFirst() {
    stream(2).setPriority(5, true);
    stream(2).setPriority(7, false);
    stream(2).setPriority(0, false);
    stream(2).setPriority(1, true);
    assertEquals(List.of(10L, 14L, 2L, 6L), order().stream().distinct().toList());
  }

  @Test
  void sequentialStreamsGoOneAfterAnotherById() {
    SendStream first = stream(1);
    SendStream second = stream(4);
    second.setPriority(3, false);
    first.setPriority(3, false);
    stream(4).setPriority(3, false);
    first.write(new byte[3300], 0, 3300);
    List<Long> order = order();
    assertEquals(List.of(2L, 6L, 10L), order.stream().distinct().toList());
    assertEquals(order.stream().sorted().toList(), order);
  }

  @Test
  void sequentialStreamsTakeOneTurnAmongTheIncrementalOnes() {
    stream(5).setPriority(3, false);
    stream(5).setPriority(3, false);
    stream(5);
    stream(5);
    assertEquals(List.of(10L, 14L, 2L, 10L, 14L, 2L), order().subList(0, 6));
  }

  @Test
  void aChangeOfPriorityCountsFromTheNextPacket() {
    SendStream first = stream(4);
    stream(4);
    end.send();
    first.setPriority(4, true);
    assertEquals(List.of(6L, 6L, 6L), order().subList(0, 3));
  }

  @Test
  void resetsGoBeforeData() {
    stream(2);
    SendStream second = stream(2);
    second.reset(9);
    assertEquals(new ResetStreamFrame(6, 9, 0), end.send().frames().get(0));
    assertEquals(List.of(2L), order().stream().distinct().toList());
  }

  @Test
  void whatWasLostGoesBeforeWhatIsNew() {
    SendStream stream = stream(3);
    StreamsEnd.Packet first = end.send();
    end.send();
    end.lost(first);
    StreamFrame again = (StreamFrame) end.send().frames().get(0);
    assertEquals(0, again.offset());
    assertEquals(2, stream.id());
  }

  /** Whatever happens with priorities, everything goes out once. */
  @Property(tries = 200)
  void nothingIsForgottenOrRepeated(
      @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 1023) Integer> steps) {
    StreamsEnd sender = new StreamsEnd(true, StreamConfig.DEFAULT, LIMITS);
    List<SendStream> streams = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      streams.add(sender.streams.openUni());
    }
    long written = 0;
    long sent = 0;
    for (int step : steps) {
      SendStream stream = streams.get(step & 3);
      switch ((step >> 2) & 3) {
        case 0, 1 -> written += stream.write(new byte[step], 0, step);
        case 2 -> stream.setPriority((step >> 4) & 7, (step >> 7 & 1) == 0);
        default -> sent += bytes(sender.send());
      }
    }
    for (StreamsEnd.Packet packet = sender.send(); packet != null; packet = sender.send()) {
      sent += bytes(packet);
    }
    assertEquals(written, sent);
  }

  private static long bytes(StreamsEnd.Packet packet) {
    if (packet == null) {
      return 0;
    }
    return packet.frames().stream().mapToLong(f -> ((StreamFrame) f).data().length()).sum();
  }
}
