package dev.sluice.qpack;

import dev.sluice.testkit.Requirement;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ConversationTest {
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  @Requirement({
    "RFC9204-2.1#2",
    "RFC9204-2.1.1#1",
    "RFC9204-2.1.2#1",
    "RFC9204-2.2#1",
    "RFC9204-3.2.2#1"
  })
  void everySectionComesBackInOrderHoweverItTravels(
      @ForAll long seed,
      @ForAll @IntRange(min = 0, max = 1000) int ownCapacity,
      @ForAll @IntRange(min = 0, max = 1000) int peerCapacity,
      @ForAll @IntRange(min = 0, max = 10) int blockedStreams)
      throws QpackException {
    new Conversation(seed, ownCapacity, peerCapacity, blockedStreams).run();
  }
}
