package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.testkit.Requirement;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the two sides say of their versions, and what is wrong about it (RFC 9368 §4). */
class VersionNegotiationTest {
  private static final QuicVersion V1 = QuicVersion.V1;
  private static final QuicVersion V2 = QuicVersion.V2;
  private static final int ONE = 1;
  private static final int TWO = 0x6b3343cf;
  private static final int FIFTEEN = 15;

  private final Versions both = Versions.of(V2, V1);

  private static VersionInformation says(int chosen, Integer... available) {
    return new VersionInformation(chosen, List.of(available));
  }

  private VersionNegotiation client(QuicVersion original) {
    return new VersionNegotiation(true, both, original);
  }

  private VersionNegotiation reaction(Versions config, QuicVersion original) {
    VersionNegotiation again = new VersionNegotiation(true, config, original == V1 ? V2 : V1);
    again.react(original);
    return again;
  }

  private static void refused(VersionNegotiation client, VersionInformation said) {
    TransportException e = assertThrows(TransportException.class, () -> client.onServer(said));
    assertEquals(TransportError.VERSION_NEGOTIATION_ERROR.code(), e.code());
    assertEquals(0x11, e.code());
  }

  @Test
  @Requirement({"RFC9368-4#8", "RFC9368-4#9", "RFC9368-4#10", "RFC9368-4#7"})
  void aServerRefusesAClientThatHasChosenAnotherVersion() {
    for (QuicVersion spoken : QuicVersion.values()) {
      QuicVersion other = spoken == V1 ? V2 : V1;
      VersionNegotiation server = new VersionNegotiation(false, both, spoken);
      TransportException e =
          assertThrows(
              TransportException.class, () -> server.onClient(says(other.number(), ONE, TWO)));
      assertEquals(0x11, e.code());
    }
  }

  @Test
  @Requirement({"RFC9368-4#11", "RFC9368-2.3#1", "RFC9368-2.2#1"})
  void aServerTakesOnlyWhatTheClientOffers() {
    VersionNegotiation silent = new VersionNegotiation(false, both, V1);
    silent.onClient(null);
    assertSame(V1, silent.current());
    VersionNegotiation server = new VersionNegotiation(false, both, V1);
    server.onClient(says(ONE, ONE, FIFTEEN, 0x1a2a3a4a));
    assertSame(V1, server.current());
    server.onClient(says(ONE, ONE, TWO));
    assertSame(V2, server.current());
    assertSame(V1, server.forSending(PacketType.ZERO_RTT));
    assertSame(V2, server.forSending(PacketType.HANDSHAKE));
  }

  @Test
  @Requirement({"RFC9368-4#13", "RFC9368-4#18"})
  void aClientRefusesAVersionThatSomebodyElseHasChosen() {
    refused(client(V1), says(TWO, ONE, TWO));
    refused(client(V1), says(FIFTEEN, ONE, FIFTEEN));
    refused(new VersionNegotiation(true, Versions.of(V1), V1), says(TWO, ONE, TWO));
    VersionNegotiation switched = client(V1);
    switched.become(V2);
    refused(switched, says(ONE, ONE, TWO));
    VersionNegotiation agreed = client(V1);
    agreed.become(V2);
    agreed.onServer(says(TWO));
    client(V1).onServer(says(ONE, TWO));
  }

  @Test
  @Requirement({"RFC9368-4#12", "RFC9368-4#14", "RFC9369-4#2"})
  void aServerThatSaysNothing() {
    client(V1).onServer(null);
    client(V2).onServer(null);
    VersionNegotiation switched = client(V1);
    switched.become(V2);
    refused(switched, null);
    refused(reaction(both, V2), null);
  }

  /** §8: whoever says nothing knows of version 1 and of nothing else. */
  @Test
  @Requirement("RFC9368-7.3#2")
  void aServerOfVersion1AloneSaysNothing() {
    reaction(both, V1).onServer(null);
    VersionNegotiation switched = reaction(both, V1);
    switched.become(V2);
    refused(switched, null);
  }

  @Test
  @Requirement({"RFC9368-4#15", "RFC9368-4#16", "RFC9368-4#17", "RFC8999-7#1"})
  void aForgedOfferComesToLight() {
    // Somebody has hidden version 2, which the client likes better.
    refused(reaction(both, V1), says(ONE, ONE, TWO));
    refused(reaction(both, V1), says(ONE));
    reaction(both, V1).onServer(says(ONE, ONE));
    reaction(both, V2).onServer(says(TWO, TWO));
    // The version in use counts as spoken though the deployment is about to forget it.
    reaction(both, V2).onServer(says(TWO, ONE));
    reaction(Versions.of(V1, V2), V1).onServer(says(ONE, ONE, TWO, FIFTEEN, 0x1a2a3a4a));
  }

  /** The example at the end of RFC 9368 §4, with the two versions that there are. */
  @Test
  @Requirement({"RFC9368-2.1#3", "RFC9368-2.1#4", "RFC9368-2.1#5"})
  void whatAClientChoosesFromAnOffer() {
    assertSame(V2, both.choose(List.of(ONE, FIFTEEN, TWO)));
    assertSame(V1, both.choose(List.of(FIFTEEN, ONE)));
    assertNull(both.choose(List.of(FIFTEEN, 0x0a0a0a0a)));
    assertNull(Versions.of(V1).choose(List.of(TWO)));
  }

  @Test
  @Requirement({"RFC9368-3#2", "RFC9368-3#5", "RFC9368-3#4"})
  void whatIsSaid() {
    SplittableRandom random = new SplittableRandom(1);
    VersionInformation ofClient = client(V1).information(random);
    assertEquals(ONE, ofClient.chosen());
    assertEquals(List.of(TWO, ONE), known(ofClient));
    assertEquals(3, ofClient.available().size());
    Versions leaving = both.withDeployed(List.of());
    VersionInformation ofServer = new VersionNegotiation(false, leaving, V2).information(random);
    assertEquals(new VersionInformation(TWO, List.of()), ofServer);
  }

  private static List<Integer> known(VersionInformation said) {
    return said.available().stream().filter(v -> !QuicVersion.isGrease(v)).toList();
  }

  @Test
  @Requirement("RFC9369-4.1#10")
  void earlyDataStaysInTheOriginalVersion() {
    VersionNegotiation client = client(V1);
    client.become(V2);
    assertSame(V1, client.forSending(PacketType.ZERO_RTT));
    assertSame(V2, client.forSending(PacketType.INITIAL));
  }

  @Test
  void aClientIsOpenToAnotherVersionOnlyAtFirst() {
    VersionNegotiation client = client(V1);
    assertTrue(client.mayBecome(V2));
    assertFalse(client.mayBecome(V1));
    client.settle();
    assertFalse(client.mayBecome(V2));
    assertFalse(new VersionNegotiation(true, Versions.of(V1), V1).mayBecome(V2));
    assertFalse(new VersionNegotiation(false, both, V1).mayBecome(V2));
  }

  @Test
  void versionsThatMakeNoSense() {
    assertThrows(IllegalArgumentException.class, () -> Versions.of(V1, V1));
    assertThrows(IllegalArgumentException.class, () -> Versions.of(V1).withOriginal(V2));
    assertThrows(IllegalArgumentException.class, () -> both.withOffered(List.of()));
    assertSame(V1, both.original());
    assertSame(V2, Versions.of(V2).original());
  }
}
