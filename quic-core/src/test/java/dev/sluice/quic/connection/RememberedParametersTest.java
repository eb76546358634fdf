package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.testkit.Requirement;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Which transport parameters 0-RTT relies on, and what a server may do to them. */
class RememberedParametersTest {

  private static TransportParameters.Builder some() {
    TransportParameters.Builder some = new TransportParameters.Builder();
    some.maxIdleTimeoutMillis = 30_000;
    some.maxUdpPayloadSize = 2_000;
    some.initialMaxData = 10;
    some.initialMaxStreamDataBidiLocal = 10;
    some.initialMaxStreamDataBidiRemote = 10;
    some.initialMaxStreamDataUni = 10;
    some.initialMaxStreamsBidi = 10;
    some.initialMaxStreamsUni = 10;
    some.activeConnectionIdLimit = 10;
    some.maxDatagramFrameSize = 10;
    some.resetStreamAt = true;
    return some;
  }

  private static TransportParameters with(Consumer<TransportParameters.Builder> change) {
    TransportParameters.Builder changed = some();
    change.accept(changed);
    return changed.build();
  }

  private static byte[] sent(TransportParameters parameters) {
    return TransportParameterCodec.write(parameters, new SplittableRandom(1));
  }

  @Test
  @Requirement({
    "RFC9000-7.4.1#5",
    "RFC9000-7.4.1#6",
    "RFC9221-3#8",
    "RFC9221-3#9",
    "RESETAT10-3#2",
    "RESETAT10-3#3"
  })
  void noneMayBecomeSmaller() {
    Map<String, Consumer<TransportParameters.Builder>> reductions =
        Map.of(
            "active_connection_id_limit", p -> p.activeConnectionIdLimit--,
            "initial_max_data", p -> p.initialMaxData--,
            "initial_max_stream_data_bidi_local", p -> p.initialMaxStreamDataBidiLocal--,
            "initial_max_stream_data_bidi_remote", p -> p.initialMaxStreamDataBidiRemote--,
            "initial_max_stream_data_uni", p -> p.initialMaxStreamDataUni--,
            "initial_max_streams_bidi", p -> p.initialMaxStreamsBidi--,
            "initial_max_streams_uni", p -> p.initialMaxStreamsUni--,
            "max_datagram_frame_size", p -> p.maxDatagramFrameSize--,
            "reset_stream_at", p -> p.resetStreamAt = false);
    byte[] before = sent(some().build());
    reductions.forEach(
        (name, reduction) -> {
          TransportParameters reduced = with(reduction);
          assertEquals(name, reduced.reducedFrom(some().build()));
          assertFalse(reduced.keeps(before), name);
          assertNull(some().build().reducedFrom(reduced));
          assertTrue(some().build().keeps(sent(reduced)), name);
        });
  }

  @Test
  @Requirement("RFC9000-7.4.1#8")
  void aServerRefusesRatherThanHaveABadConnection() {
    byte[] before = sent(some().build());
    assertFalse(with(p -> p.maxIdleTimeoutMillis = 29_999).keeps(before));
    assertFalse(with(p -> p.maxUdpPayloadSize = 1_999).keeps(before));
    assertTrue(with(p -> p.maxIdleTimeoutMillis = 0).keeps(before), "0 is for ever");
    assertFalse(some().build().keeps(sent(with(p -> p.maxIdleTimeoutMillis = 0))));
    assertTrue(some().build().keeps(before));
  }

  /** A resumed connection begins where its program says, whatever the one before was told. */
  @Test
  @Requirement("RFC9000-9.6.2#6")
  void aPreferredAddressIsOfOneConnection() {
    TransportParameters told =
        with(p -> p.preferredAddress = Bytes.of(new byte[] {1, 2, 3})).remembered();
    assertNull(told.preferredAddress());
    assertEquals(10, told.initialMaxData());
  }

  @Property(tries = 300)
  void whatCannotBeReadIsNotKeptOrStandsForTheDefaults(@ForAll byte[] bytes) {
    boolean kept = some().build().keeps(bytes);
    assertEquals(kept, some().build().keeps(bytes));
  }
}
