package dev.sluice.tls;

import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.extension.Cookie;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.OfferedVersions;
import dev.sluice.tls.extension.QuicTransportParameters;
import dev.sluice.tls.extension.ServerName;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.HandshakeType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What our ClientHello looks like on the wire. */
class ClientHelloTest {
  /** All ClientHellos of a handshake. */
  private static List<ClientHello> hellos(TlsClientConfig client, TlsServerConfig server) {
    List<ClientHello> seen = new ArrayList<>();
    TlsPair pair = new TlsPair(client, server);
    pair.tamper =
        Rewrite.message(
            HandshakeType.CLIENT_HELLO,
            m -> {
              seen.add(Rewrite.parse(m, ClientHello::read));
              return m;
            });
    pair.run().requireComplete();
    return seen;
  }

  private static List<ClientHello> hellos() {
    return hellos(clientConfig().build(), serverConfig().build());
  }

  @Test
  @Requirement({
    "RFC8446-4.1.2#6",
    "RFC8446-4.1.2#10",
    "RFC8446-4.1.2#13",
    "RFC8446-4.2.1#1",
    "RFC9001-4.2#1",
    "RFC9001-8.4#1"
  })
  void offersNothingButTls13() throws TlsException {
    ClientHello hello = hellos().getFirst();
    assertEquals(0x0303, hello.legacyVersion());
    assertEquals(0, hello.legacySessionId().length);
    assertArrayEquals(new byte[] {0}, hello.legacyCompressionMethods());
    List<Integer> versions = OfferedVersions.in(hello.extensions()).versions();
    assertEquals(List.of(0x0304), versions.stream().filter(version -> !isGrease(version)).toList());
    assertArrayEquals(
        TlsPair.CLIENT_PARAMETERS, QuicTransportParameters.in(hello.extensions()).encoded());
    assertEquals("example.org", ServerName.in(hello.extensions()).name());
    assertNull(Cookie.in(hello.extensions()));
  }

  @Test
  @Requirement({"RFC8446-4.2.8#3", "RFC8446-4.2.8#6", "RFC8446-4.2.8#7"})
  void offersTheHybridShareFirst() throws TlsException {
    ClientHello hello = hellos().getFirst();
    List<Integer> shares =
        KeyShareOffer.in(hello.extensions()).entries().stream().map(KeyShareEntry::group).toList();
    List<Integer> groups = SupportedGroups.in(hello.extensions()).codes();
    assertEquals(
        List.of(NamedGroup.X25519MLKEM768.code(), NamedGroup.X25519.code()),
        shares.stream().filter(group -> !isGrease(group)).toList());
    assertEquals(new HashSet<>(shares).size(), shares.size());
    assertEquals(groups.stream().filter(shares::contains).toList(), shares);
  }

  @Test
  void greaseIsSprinkledOnlyWhenWanted() throws TlsException {
    ClientHello greased = hellos().getFirst();
    assertTrue(isGrease(greased.cipherSuites().getFirst()));
    assertEquals(2, greased.extensions().all().stream().filter(e -> isGrease(e.code())).count());
    ClientHello plain =
        hellos(clientConfig().grease(false).build(), serverConfig().build()).getFirst();
    assertFalse(plain.cipherSuites().stream().anyMatch(ClientHelloTest::isGrease));
    assertFalse(plain.extensions().all().stream().anyMatch(e -> isGrease(e.code())));
  }

  private static boolean isGrease(int value) {
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
  }

  @Test
  @Requirement({"RFC8446-4.1.2#2", "RFC8446-4.2.8#11", "RFC8446-4.2.11#15", "RFC8446-4.2.2#3"})
  void theSecondRepeatsTheFirst() throws TlsException {
    TlsServerConfig tickets = serverConfig().ticketProtector(TlsPair.TICKETS).build();
    SessionTicket ticket =
        new TlsPair(clientConfig().build(), tickets).run().client.tickets.getFirst();
    List<ClientHello> both =
        hellos(
            clientConfig().ticket(ticket).build(),
            tickets.toBuilder().groups(NamedGroup.SECP384R1).helloRetryCookie(true).build());
    ClientHello first = both.get(0);
    ClientHello second = both.get(1);
    assertArrayEquals(first.random(), second.random());
    assertEquals(first.cipherSuites(), second.cipherSuites());
    List<KeyShareEntry> shares = KeyShareOffer.in(second.extensions()).entries();
    assertEquals(
        List.of(NamedGroup.SECP384R1.code()), shares.stream().map(KeyShareEntry::group).toList());
    assertEquals(32, Cookie.in(second.extensions()).value().length);
    for (ClientHello hello : both) {
      assertTrue(hello.extensions().isLast(ExtensionType.PRE_SHARED_KEY));
    }
  }

  @Test
  void refusesToBeConfiguredWithWhatIsNoHost() {
    for (String name : List.of("", "a..b", "x".repeat(64) + ".example")) {
      assertThrows(
          IllegalArgumentException.class, () -> clientConfig().serverName(name).build(), name);
    }
    clientConfig().serverName("bücher.example").build();
  }
}
