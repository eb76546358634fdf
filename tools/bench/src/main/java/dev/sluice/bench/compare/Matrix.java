package dev.sluice.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.bench.compare.Peer.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who is measured in which task: every pair of a peer with itself, and of each peer with us. */
final class Matrix {
  private static final String PUMP = "dev.sluice.bench.pump.Pump";
  private static final Duration ROUND_TRIP = Duration.ofMillis(20);
  private static final double LOSS = 0.01;

  static final Sluice QUIC = new Sluice(Protocol.QUIC, null, null);
  static final Sluice HTTP3 = new Sluice(Protocol.HTTP3, null, null);
  static final Sluice PORTABLE = new Sluice(Protocol.QUIC, "portable", null);

  /** With the only group that quiche under Netty offers, so that both do the same work. */
  static final Sluice X25519 = new Sluice(Protocol.QUIC, null, "X25519");

  /** Its label in {@link Task#PUMP}. */
  static final String CEILING = "pump / sealed, linux";

  /** Its label in {@link Task#PORTABLE_DOWNLOAD}. */
  static final String BARE = "pump / bare, DatagramChannel";

  /** Its label in {@link Task#COLD_GET}. */
  static final String GET = "sluice get / sluice serve";

  private final List<Peer> peers;
  private final boolean cross;

  /**
   * @param peers without ourselves
   * @param cross whether our client is measured with their servers, and their clients with ours
   */
  Matrix(List<Peer> peers, boolean cross) {
    this.peers = peers;
    this.cross = cross;
  }

  /** Every peer there is: another one is a line here, and a file. */
  static List<Peer> allPeers() {
    return List.of(
        new Ngtcp2(),
        new Caddy(),
        JavaPeer.quiche(true),
        JavaPeer.quiche(false),
        JavaPeer.kwik(),
        JavaPeer.flupke());
  }

  /** The peers that can have a pair of their own in a task, of those that speak a protocol. */
  static List<String> pairs(Task task, Protocol protocol) {
    return allPeers().stream()
        .filter(peer -> peer.protocol() == protocol && does(peer, task, peer.speaksAsOurs()))
        .map(Peer::name)
        .toList();
  }

  /** The label of a pair of ours. */
  static String ours(Sluice peer) {
    return label(peer, peer);
  }

  static String label(Peer client, Peer server) {
    return name(client) + " / " + name(server);
  }

  private static String name(Peer peer) {
    return peer instanceof Sluice && peer.protocol() == Protocol.HTTP3
        ? peer.name() + " h3"
        : peer.name();
  }

  /** Those of one task, in the order in which they take turns. */
  List<Contender> contenders(Task task) {
    List<Contender> all = new ArrayList<>();
    switch (task) {
      case PUMP -> all.add(pump(task, CEILING));
      case COLD_GET -> all.add(alone(task, GET, ColdGet::measure));
      case ALLOCATION -> all.add(alone(task, ours(QUIC), AllocationProfile::measure));
      case PORTABLE_DOWNLOAD -> {
        all.add(pump(task, BARE, "--portable", "--bare"));
        all.add(pair(task, PORTABLE, PORTABLE));
      }
      case CONNECTS -> {
        all.add(pair(task, X25519, X25519));
        all.add(pair(task, QUIC, QUIC));
        all.add(pair(task, HTTP3, HTTP3));
        addPeers(task, all, false);
      }
      case IDLE_MEMORY -> all.add(pair(task, QUIC, QUIC));
      case NEQO_GET, NEQO_POST, NEQO_10000_REQUESTS, NEQO_ONE_REQUEST -> {
        all.add(neqo(task, true));
        all.add(neqo(task, false));
        addPeers(task, all, false);
      }
      default -> {
        all.add(pair(task, QUIC, QUIC));
        all.add(pair(task, HTTP3, HTTP3));
        addPeers(task, all, cross && crosses(task));
      }
    }
    return all;
  }

  private static boolean crosses(Task task) {
    return task == Task.DOWNLOAD || task == Task.UPLOAD || task == Task.REQUESTS;
  }

  private void addPeers(Task task, List<Contender> all, boolean crossed) {
    for (Peer peer : peers) {
      Sluice ours = peer.protocol() == Protocol.HTTP3 ? HTTP3 : QUIC;
      if (does(peer, task, peer.speaksAsOurs())) {
        all.add(pair(task, peer, peer));
      }
      if (crossed && does(peer, task, true)) {
        all.add(pair(task, peer, ours));
      }
      if (crossed && ours.does(task, peer.speaksAsOurs())) {
        all.add(pair(task, ours, peer));
      }
    }
  }

  private static boolean does(Peer peer, Task task, boolean ours) {
    return peer.client().filter(client -> client.does(task, ours)).isPresent();
  }

  private static Contender pump(Task task, String label, String... flags) {
    return alone(
        task,
        label,
        lab -> {
          // With our own flags, so that a share of it tells of the protocol and not of C2's
          // settings; without the cache of the launcher, which only makes the start quicker.
          List<String> command = Lab.java(Sluice.flags(), PUMP, flags);
          command.addAll(List.of("--warmup", Integer.toString(lab.scale().warmupSeconds())));
          command.addAll(List.of("--duration", Integer.toString(lab.scale().seconds())));
          JsonNode found = lab.json(command).getFirst();
          return found.get("rate").asDouble();
        });
  }

  /** One that is compared with nothing. */
  private static Contender alone(Task task, String label, Contender.Run run) {
    String[] names = label.split(" / ");
    return new Contender(task, names[0], names[1], null, run);
  }

  private static Contender pair(Task task, Peer client, Peer server) {
    String own = ours(reference(task, client));
    boolean isReference = label(client, server).equals(own);
    int divisor = Math.max(client.divisor(), server.divisor());
    return new Contender(
        task,
        name(client),
        name(server),
        isReference || PORTABLE.equals(client) ? null : own,
        lab -> run(lab.slow(divisor), task, client.client().orElseThrow(), server));
  }

  /** Our pair that does what a client's does. */
  private static Sluice reference(Task task, Peer client) {
    if (client.protocol() == Protocol.HTTP3) {
      return HTTP3;
    }
    return task == Task.CONNECTS ? X25519 : QUIC;
  }

  /** Like neqo's own benchmark: in a new process, or in one that has done the same before. */
  private static Contender neqo(Task task, boolean cold) {
    return new Contender(
        task,
        name(HTTP3),
        name(HTTP3) + (cold ? " cold" : ""),
        null,
        lab -> {
          try (Server server = HTTP3.serve(lab)) {
            return HTTP3.measure(lab, task, server, cold);
          }
        });
  }

  private static double run(Lab lab, Task task, Client client, Peer server)
      throws IOException, InterruptedException {
    if (task == Task.LOSSY_DOWNLOAD) {
      return lossy(lab, client, server);
    }
    long began = System.nanoTime();
    try (Server running = server.serve(lab)) {
      double value = client.measure(lab, task, running);
      // Cold is cold: both starts count, whatever the client says of its own time.
      return task == Task.COLD_DOWNLOAD || task == Task.COLD_UPLOAD
          ? lab.scale().coldBytes() / ((System.nanoTime() - began) / 1e9)
          : value;
    }
  }

  /**
   * What falls out of which flight makes a third of difference, so several relays count, one after
   * another, each with losses of its own: all bytes, over all the time that they took.
   */
  private static double lossy(Lab lab, Client client, Peer server)
      throws IOException, InterruptedException {
    List<Double> rates = new ArrayList<>();
    for (long seed : lab.relaySeeds()) {
      try (Server running = server.serve(lab);
          Relay relay = new Relay(running.port(), ROUND_TRIP, LOSS, seed)) {
        rates.add(client.measure(lab, Task.LOSSY_DOWNLOAD, running.by(relay.port())));
      }
    }
    return Statistics.ofEqualAmounts(rates);
  }
}
