package dev.sluice.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tls.TlsEvent.Direction;
import dev.sluice.tls.cert.PkixVerifier;
import dev.sluice.tls.psk.RotatingTicketProtector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A client and a server in one memory, and what passes between them. */
final class TlsPair {
  static final byte[] CLIENT_PARAMETERS = "client parameters".getBytes(StandardCharsets.US_ASCII);
  static final byte[] SERVER_PARAMETERS = "server parameters".getBytes(StandardCharsets.US_ASCII);
  static final TestAuthority ROOT = TestAuthority.create("Test Root", "P-256");
  static final Identity P256 = ROOT.issue("P-256", "example.org", "127.0.0.1", "::1");
  static final Identity P384 = ROOT.issue("P-384", "example.org");
  static final Identity ED25519 = ROOT.issue("Ed25519", "example.org");
  static final Identity RSA = ROOT.issue("RSA", "example.org");
  static final RotatingTicketProtector TICKETS =
      new RotatingTicketProtector(Duration.ofDays(1), new Random(9), TestAuthority.NOW);

  final Side client;
  final Side server;

  /** Cuts what is delivered into pieces of this many bytes. */
  int pieces = Integer.MAX_VALUE;

  /** May change a message on its way. */
  Tamper tamper = (fromClient, level, bytes) -> bytes;

  interface Tamper {
    byte[] change(boolean fromClient, EncryptionLevel level, byte[] bytes);
  }

  /** One endpoint and all that it has said to its transport. */
  static final class Side {
    final TlsEndpoint endpoint;
    final List<TlsEvent> events = new ArrayList<>();
    final Map<String, byte[]> secrets = new HashMap<>();
    final List<SessionTicket> tickets = new ArrayList<>();
    TlsException failure;
    TlsSession session;
    byte[] peerParameters;
    Boolean earlyData;

    Side(TlsEndpoint endpoint) {
      this.endpoint = endpoint;
    }

    /** Everything to send that has come up since. */
    List<TlsEvent.SendMessage> drain() {
      List<TlsEvent.SendMessage> messages = new ArrayList<>();
      TlsEvent event;
      while ((event = endpoint.nextEvent()) != null) {
        events.add(event);
        switch (event) {
          case TlsEvent.SendMessage message -> messages.add(message);
          case TlsEvent.TrafficSecret s -> secrets.put(s.level() + "/" + s.direction(), s.secret());
          case TlsEvent.PeerTransportParameters p -> peerParameters = p.bytes();
          case TlsEvent.HandshakeComplete c -> session = c.session();
          case TlsEvent.NewSessionTicket t -> tickets.add(t.ticket());
          case TlsEvent.EarlyDataDecision d -> earlyData = d.accepted();
          case TlsEvent.SignatureWanted w -> {}
        }
      }
      return messages;
    }
  }

  TlsPair(TlsClientConfig client, TlsServerConfig server) {
    this.client = new Side(new TlsClient(client, CLIENT_PARAMETERS));
    this.server = new Side(new TlsServer(server, offered -> SERVER_PARAMETERS));
  }

  static TlsClientConfig.Builder clientConfig() {
    return TlsClientConfig.builder()
        .serverName("example.org")
        .applicationProtocols("h3")
        .certificateVerifier(PkixVerifier.of(List.of(ROOT.certificate)))
        .random(new Random(1))
        .clock(InstantSource.fixed(TestAuthority.NOW));
  }

  /** A server with tickets that take early data. */
  static TlsServerConfig.Builder givingTickets() {
    return serverConfig()
        .ticketProtector(TICKETS)
        .earlyDataPolicy((parameters, state, key) -> true);
  }

  /** A ticket from a first visit. */
  static SessionTicket ticketOf(TlsServerConfig server) {
    TlsPair first = new TlsPair(clientConfig().build(), server).run().requireComplete();
    return first.client.tickets.getFirst();
  }

  static TlsServerConfig.Builder serverConfig() {
    return TlsServerConfig.builder()
        .identity(P256)
        .applicationProtocols("h3")
        .random(new Random(2))
        .clock(InstantSource.fixed(TestAuthority.NOW));
  }

  /** Runs until both are silent or one has failed. */
  TlsPair run() {
    client.endpoint.start();
    return proceed();
  }

  /** Goes on until both are silent or one has failed. */
  TlsPair proceed() {
    boolean moved = true;
    while (moved && client.failure == null && server.failure == null) {
      moved = deliver(client, server, true) | deliver(server, client, false);
    }
    return this;
  }

  private boolean deliver(Side from, Side to, boolean fromClient) {
    List<TlsEvent.SendMessage> messages = from.drain();
    for (TlsEvent.SendMessage message : messages) {
      byte[] bytes = tamper.change(fromClient, message.level(), message.bytes());
      receive(to, message.level(), bytes, pieces);
    }
    return !messages.isEmpty();
  }

  static void receive(Side to, EncryptionLevel level, byte[] bytes, int pieces) {
    try {
      for (int at = 0; at < bytes.length; at += pieces) {
        int n = Math.min(pieces, bytes.length - at);
        to.endpoint.receive(level, bytes, at, n);
        if (pieces > bytes.length) {
          return;
        }
      }
    } catch (TlsException e) {
      to.failure = e;
    }
  }

  /** Both are done and agree on everything. */
  TlsPair requireComplete() {
    if (client.failure != null || server.failure != null) {
      throw new AssertionError(client.failure != null ? client.failure : server.failure);
    }
    assertTrue(client.endpoint.isHandshakeComplete() && server.endpoint.isHandshakeComplete());
    for (EncryptionLevel level :
        new EncryptionLevel[] {EncryptionLevel.HANDSHAKE, EncryptionLevel.APPLICATION}) {
      for (Direction direction : Direction.values()) {
        Direction other = direction == Direction.SEND ? Direction.RECEIVE : Direction.SEND;
        assertArrayEquals(
            client.secrets.get(level + "/" + direction), server.secrets.get(level + "/" + other));
      }
    }
    assertArrayEquals(SERVER_PARAMETERS, client.peerParameters);
    assertArrayEquals(CLIENT_PARAMETERS, server.peerParameters);
    assertEquals(client.session.cipherSuite(), server.session.cipherSuite());
    assertEquals(client.session.group(), server.session.group());
    assertEquals(client.session.applicationProtocol(), server.session.applicationProtocol());
    assertEquals(client.session.resumed(), server.session.resumed());
    assertArrayEquals(
        client.endpoint.exportKeyingMaterial("EXPORTER-test", new byte[] {1}, 40),
        server.endpoint.exportKeyingMaterial("EXPORTER-test", new byte[] {1}, 40));
    return this;
  }

  /** The failure of one side, which must be with this alert. */
  static TlsException requireAlert(Side side, AlertDescription alert) {
    assertTrue(side.failure != null, "it has not failed");
    assertEquals(alert, side.failure.alert(), side.failure.getMessage());
    return side.failure;
  }
}
