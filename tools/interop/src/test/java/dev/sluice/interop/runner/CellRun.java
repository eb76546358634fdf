package dev.sluice.interop.runner;

import dev.sluice.interop.runner.Peer.Exit;
import dev.sluice.interop.runner.Peer.Running;
import dev.sluice.network.Datagram;
import dev.sluice.network.Link;
import dev.sluice.network.Relay;
import dev.sluice.network.RelaySockets;
import dev.sluice.network.Watcher;
import dev.sluice.peers.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One case with one pair, once. */
final class CellRun {
  private static final int TAIL_LINES = 12;
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Case which;
  private final Peer client;
  private final Peer server;
  private final boolean http3;
  private final Path folder;
  private final long seed;
  private double megabits;

  CellRun(Case which, Peer client, Peer server, Path folder, long seed) {
    this.which = which;
    this.client = client;
    this.server = server;
    this.http3 = client.needsHttp3() || server.needsHttp3();
    this.folder = folder;
    this.seed = seed;
  }

  /** How much of the files came in a second, in Mbit/s; after the run. */
  double megabits() {
    return megabits;
  }

  /**
   * Runs it.
   *
   * @throws AssertionError what the case demands does not hold
   */
  void run() throws IOException {
    Site site = Site.create(folder, which, seed);
    InetAddress host = InetAddress.getByName(which == Case.IPV6 ? "::1" : "127.0.0.1");
    InetSocketAddress address = new InetSocketAddress(host, FreePort.udp());
    InetSocketAddress arrivals = new InetSocketAddress(host, FreePort.udp());
    Capture capture = new Capture(at -> at.equals(address) || at.equals(arrivals));
    Link toServer = which.network().link(true);
    Link toClient = which.network().link(false);
    try (Relay relay = Relay.start(sockets(), address, toServer, toClient, seed);
        Running running =
            server.serve(
                new ServerTask(which, address, relay.join(arrivals), arrivals, http3, folder))) {
      Exit exit = through(relay, toServer, toClient, capture, site);
      if (exit.code() != 0) {
        throw new AssertionError(
            "the client ended with code %d: %s%nthe server: %s"
                .formatted(exit.code(), tail(exit.output()), tail(running.output())));
      }
      site.requireDownloaded();
      megabits = megabits(capture);
      Secrets secrets =
          Secrets.read(
              List.of(
                  folder.resolve("logs/client/keys.log"), folder.resolve("logs/server/keys.log")));
      which
          .check()
          .hold(
              new Evidence(
                  which,
                  server instanceof SluicePeer,
                  capture,
                  Dissector.dissect(capture.sent(), secrets)));
    }
  }

  /** Linux' own sockets where ECN marks matter. */
  private RelaySockets sockets() throws IOException {
    return which == Case.ECN ? new MarkingSockets() : RelaySockets.ofJava();
  }

  private Exit through(Relay relay, Link toServer, Link toClient, Capture capture, Site site)
      throws IOException {
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      relay.watch(
          new Watcher() {
            private boolean begun;

            @Override
            public void sent(long now, Datagram datagram) {
              if (!begun) {
                begun = true;
                which.network().schedule().begin(relay, toServer, toClient, timer);
              }
              capture.sent(now, datagram);
            }

            @Override
            public void arrived(long now, Datagram datagram) {
              capture.arrived(now, datagram);
            }
          });
      ClientTask task = new ClientTask(which, relay.address(), site.names(), http3, folder);
      if (which == Case.CROSSTRAFFIC) {
        Competitor competitor = Competitor.start(relay, folder.resolve("certs"));
        try {
          return fetch(task);
        } finally {
          competitor.close();
        }
      }
      try {
        return fetch(task);
      } finally {
        timer.shutdownNow();
      }
    }
  }

  /** The client has its own limit; this is for those that hang within this process. */
  private Exit fetch(ClientTask task) throws IOException {
    FutureTask<Exit> fetching = new FutureTask<>(() -> client.fetch(task));
    Thread thread = Thread.ofPlatform().daemon().name("client " + which).start(fetching);
    try {
      return fetching.get(which.limit().plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AssertionError failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    } catch (TimeoutException | InterruptedException e) {
      thread.interrupt();
      throw new AssertionError("the client has not ended after " + which.limit(), e);
    }
  }

  private double megabits(Capture capture) {
    List<Capture.Seen> answers = capture.arrived().stream().filter(s -> !s.toServer()).toList();
    if (answers.size() < 2) {
      return 0;
    }
    long nanos = answers.getLast().time() - answers.getFirst().time();
    long bytes = which.sizes().stream().mapToLong(Integer::longValue).sum();
    return 8e3 * bytes / nanos;
  }

  private static String tail(String output) {
    List<String> lines = output.lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }
}
