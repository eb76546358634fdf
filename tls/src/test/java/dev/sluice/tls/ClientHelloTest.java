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
import dev.sluice.tls.extension.EarlyData;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.OfferedVersions;
import dev.sluice.tls.extension.PreSharedKeyOffer;
import dev.sluice.tls.extension.PskKeyExchangeModes;
import dev.sluice.tls.extension.QuicTransportParameters;
import dev.sluice.tls.extension.ServerName;
import dev.sluice.tls.extension.SignatureAlgorithms;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.HandshakeType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
  @Requirement({
    "RFC8446-4.2.3#2",
    "RFC8446-9.2#1",
    "RFC8446-9.2#2",
    "RFC8446-9.2#3",
    "RFC8446-9.2#4",
    "RFC8446-9.2#5",
    "RFC8446-9.2#6",
    "RFC8446-9.2#9"
  })
  void hasTheMandatoryExtensions() throws TlsException {
    List<ClientHello> all =
        new ArrayList<>(
            hellos(clientConfig().build(), serverConfig().groups(NamedGroup.SECP384R1).build()));
    all.addAll(hellos(clientConfig().keyShares().grease(false).build(), serverConfig().build()));
    assertEquals(4, all.size());
    for (ClientHello hello : all) {
      assertTrue(OfferedVersions.in(hello.extensions()).versions().contains(0x0304));
      assertFalse(SignatureAlgorithms.in(hello.extensions()).known().isEmpty());
      assertFalse(SupportedGroups.in(hello.extensions()).codes().isEmpty());
      assertTrue(hello.extensions().contains(ExtensionType.KEY_SHARE));
      assertEquals("example.org", ServerName.in(hello.extensions()).name());
    }
  }

  @Test
  @Requirement({
    "RFC8446-4.2.9#1",
    "RFC8446-4.2.9#2",
    "RFC8446-4.2.10#1",
    "RFC8446-4.2.10#2",
    "RFC8446-9.2#7",
    "RFC8446-9.2#8"
  })
  void offersATicketWithAllThatBelongsToIt() throws TlsException {
    TlsServerConfig server = TlsPair.givingTickets().build();
    SessionTicket ticket = TlsPair.ticketOf(server);
    for (boolean early : new boolean[] {true, false}) {
      Extensions extensions =
          hellos(clientConfig().ticket(ticket).earlyData(early).build(), server)
              .getFirst()
              .extensions();
      assertEquals(early, EarlyData.in(extensions));
      assertTrue(
          PskKeyExchangeModes.in(extensions).modes().contains(PskKeyExchangeModes.PSK_DHE_KE));
      assertArrayEquals(
          ticket.ticket(), PreSharedKeyOffer.in(extensions).identities().getFirst().ticket());
    }
  }

  @Test
  @Requirement({
    "RFC8446-4.2.3#20",
    "RFC8446-4.2.3#21",
    "RFC8446-B.3.1.4#1",
    "RFC8446-D.5#2",
    "RFC8446-D.5#3",
    "RFC8446-D.5#9"
  })
  void offersNothingObsoleteWhateverIsConfigured() throws TlsException {
    ClientHello hello =
        hellos(
                clientConfig()
                    .grease(false)
                    .cipherSuites(CipherSuite.values())
                    .groups(NamedGroup.values())
                    .signatureSchemes(SignatureScheme.values())
                    .build(),
                serverConfig().build())
            .getFirst();
    assertEquals(0x0303, hello.legacyVersion());
    assertEquals(Set.of(0x1301, 0x1302, 0x1303), Set.copyOf(hello.cipherSuites()));
    assertEquals(
        Set.of(0x17, 0x18, 0x1d, 0x11ec),
        Set.copyOf(SupportedGroups.in(hello.extensions()).codes()));
    assertEquals(
        Set.of(0x0401, 0x0501, 0x0601, 0x0403, 0x0503, 0x0804, 0x0805, 0x0806, 0x0807),
        Set.copyOf(SignatureAlgorithms.in(hello.extensions()).codes()));
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
  @Requirement({
    "RFC8446-4.1.2#2",
    "RFC8446-4.2.8#11",
    "RFC8446-4.2.10#6",
    "RFC8446-4.2.11#15",
    "RFC8446-4.2.2#3",
    "RFC8446-9.2#1"
  })
  void theSecondRepeatsTheFirst() throws TlsException {
    TlsServerConfig tickets =
        serverConfig()
            .ticketProtector(TlsPair.TICKETS)
            .earlyDataPolicy((parameters, state, key) -> true)
            .build();
    SessionTicket ticket =
        new TlsPair(clientConfig().build(), tickets).run().client.tickets.getFirst();
    List<ClientHello> both =
        hellos(
            clientConfig().ticket(ticket).earlyData(true).build(),
            tickets.toBuilder().groups(NamedGroup.SECP384R1).helloRetryCookie(true).build());
    ClientHello first = both.get(0);
    ClientHello second = both.get(1);
    assertArrayEquals(first.random(), second.random());
    assertEquals(first.cipherSuites(), second.cipherSuites());
    List<KeyShareEntry> shares = KeyShareOffer.in(second.extensions()).entries();
    assertEquals(
        List.of(NamedGroup.SECP384R1.code()), shares.stream().map(KeyShareEntry::group).toList());
    assertEquals(32, Cookie.in(second.extensions()).value().length);
    assertTrue(first.extensions().contains(ExtensionType.EARLY_DATA));
    assertFalse(second.extensions().contains(ExtensionType.EARLY_DATA));
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

  @Test
  @Requirement("RFC8446-4.2.8#6")
  void aGroupIsOfferedOnce() {
    TlsClientConfig.Builder twice = clientConfig().groups(NamedGroup.X25519, NamedGroup.X25519);
    assertThrows(IllegalArgumentException.class, twice::build);
  }
}
