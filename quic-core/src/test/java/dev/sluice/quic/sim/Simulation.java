package dev.sluice.quic.sim;

import dev.sluice.quic.DatagramBatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Nodes, the links between them, and a clock that jumps from event to event.
 *
 * <pre>{@code
 * Simulation.seeds(1000, sim -> {
 *   var here = sim.address(1);
 *   var there = sim.address(2);
 *   var client = sim.attach(here, new ClientNode(here, there, sim.random()));
 *   var server = sim.attach(there, new ServerNode(there, sim.random()));
 *   sim.bothWays(here, there, () -> new Link().delay(ms(50)).loss(0.2));
 *   sim.run(Duration.ofMinutes(5), () -> client.isDone() && server.isDone());
 * });
 * }</pre>
 *
 * <p>Datagrams that arrive at the same instant are delivered together before anybody sends, as a
 * batch from a socket would be.
 */
public final class Simulation {
  /** So many steps without the clock moving, and somebody is chasing their own tail. */
  private static final int LIVELOCK_STEPS = 10_000;

  private static final int HISTORY = 40;
  private static final int BATCH = 64;
  private static final int SLOT = 2048;

  private record Event(long time, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private record Route(InetSocketAddress from, InetSocketAddress to) {}

  private record Host(Node node, InetSocketAddress address) {}

  private record Arrival(long time, Datagram datagram, boolean nobody) {}

  private final long seed;
  private final SplittableRandom random;
  private final long start;
  private long now;
  private long order;
  private int stuckSteps;
  private int nextRebinding = 1000;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Host> hosts = new ArrayList<>();
  private final Map<InetSocketAddress, Node> byAddress = new HashMap<>();
  private final Map<Route, Link[]> routes = new HashMap<>();

  /** Where a node behind a NAT can be reached, and which node answers to an outside address. */
  private final Map<InetSocketAddress, InetSocketAddress> outside = new HashMap<>();

  private final Map<InetSocketAddress, InetSocketAddress> inside = new HashMap<>();
  private final DatagramBatch batch = new DatagramBatch(BATCH, SLOT);

  /** The last arrivals and incidents, for the report of a failure. */
  private final ArrayDeque<Object> recent = new ArrayDeque<>();

  private final List<Runnable> invariants = new ArrayList<>();

  /**
   * @param seed decides everything that happens by chance
   */
  public Simulation(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    // Anywhere on the number line, as System.nanoTime may be: no code may take 0 for a beginning.
    this.start = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
    this.now = start;
  }

  /**
   * Runs a scenario for the seeds from 1 to {@code count}; for one seed only when the system
   * property {@code sluice.seed} names it.
   */
  public static void seeds(int count, Consumer<Simulation> scenario) {
    Long only = Long.getLong("sluice.seed");
    for (long seed = only == null ? 1 : only; seed <= (only == null ? count : only); seed++) {
      Simulation simulation = new Simulation(seed);
      try {
        scenario.accept(simulation);
      } catch (RuntimeException | AssertionError failure) {
        throw simulation.failure("failed", failure);
      }
    }
  }

  /** So many milliseconds. */
  public static Duration ms(long millis) {
    return Duration.ofMillis(millis);
  }

  /** The seed of this run. */
  public long seed() {
    return seed;
  }

  /** A source of chance for a node, apart from all others of this run. */
  public SplittableRandom random() {
    return random.split();
  }

  /** The clock that nodes see, in nanoseconds from an arbitrary origin. */
  public long now() {
    return now;
  }

  /** The time since the simulation began. */
  public Duration elapsed() {
    return Duration.ofNanos(now - start);
  }

  /** The address of host {@code number} (1 to 254), the same in every run. */
  public InetSocketAddress address(int number) {
    try {
      byte[] ip = {10, 0, 0, (byte) number};
      return new InetSocketAddress(InetAddress.getByAddress(ip), 4433);
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }

  /** Gives a node an address, its first or a further one. */
  public <N extends Node> N attach(InetSocketAddress address, N node) {
    if (byAddress.putIfAbsent(address, node) != null) {
      throw new IllegalArgumentException(address + " is taken");
    }
    if (hosts.stream().noneMatch(host -> host.node == node)) {
      hosts.add(new Host(node, address));
    }
    return node;
  }

  /** Lets datagrams from one attached address to another pass through these links in turn. */
  public void route(InetSocketAddress from, InetSocketAddress to, Link... links) {
    for (Link link : links) {
      link.seed(random.split());
    }
    routes.put(new Route(from, to), links);
  }

  /** Connects two attached addresses by a link of the same kind each way. */
  public void bothWays(InetSocketAddress one, InetSocketAddress other, Supplier<Link> kind) {
    route(one, other, kind.get());
    route(other, one, kind.get());
  }

  /** Does something at a time from the beginning, for example changes a link. */
  public void at(Duration time, Runnable action) {
    schedule(start + time.toNanos(), action);
  }

  /** Checks something after every step; it throws when it does not hold. */
  public void always(Runnable invariant) {
    invariants.add(invariant);
  }

  /**
   * The NAT before an attached address gives it a new port, and a new IP address if so wanted. What
   * is under way to the old one is lost.
   *
   * @return how others see the node from now on
   */
  public InetSocketAddress rebind(InetSocketAddress address, boolean newIp) {
    InetSocketAddress old = outside.getOrDefault(address, address);
    int number = nextRebinding++;
    InetAddress ip = newIp ? address(100 + number % 100).getAddress() : old.getAddress();
    InetSocketAddress fresh = new InetSocketAddress(ip, 10_000 + number);
    inside.remove(old);
    inside.put(fresh, address);
    outside.put(address, fresh);
    note("rebind " + address + " to " + fresh);
    return fresh;
  }

  /** The clock leaps, as when a machine sleeps: nothing happens meanwhile, then all of it. */
  public void jump(Duration time) {
    now += time.toNanos();
    note("the clock leaps by " + time);
  }

  /**
   * Runs until something is reached.
   *
   * @throws AssertionError with the seed, when the limit is exceeded, when nothing will ever happen
   *     any more, or when a node throws
   */
  public void run(Duration limit, BooleanSupplier reached) {
    long end = now + limit.toNanos();
    try {
      flush();
      while (!reached.getAsBoolean()) {
        long next = nextTime();
        if (next == Long.MAX_VALUE) {
          throw new AssertionError("nothing is under way and nobody has a deadline");
        }
        if (next > end) {
          throw new AssertionError("not done after " + limit);
        }
        step(next);
      }
    } catch (RuntimeException | AssertionError failure) {
      throw failure("failed", failure);
    }
  }

  /** Runs for a time, whatever happens or does not. */
  public void runFor(Duration time) {
    boolean[] over = {false};
    schedule(now + time.toNanos(), () -> over[0] = true);
    run(time, () -> over[0]);
  }

  private void step(long next) {
    if (next > now) {
      now = next;
      stuckSteps = 0;
    } else if (++stuckSteps > LIVELOCK_STEPS) {
      throw new AssertionError("livelock: " + LIVELOCK_STEPS + " steps and the clock stands");
    }
    while (!events.isEmpty() && events.peek().time <= now) {
      events.poll().action.run();
    }
    for (Host host : hosts) {
      if (host.node.nextDeadline() <= now) {
        host.node.onDeadline(now);
      }
    }
    flush();
    for (Runnable invariant : invariants) {
      invariant.run();
    }
  }

  private long nextTime() {
    long next = events.isEmpty() ? Long.MAX_VALUE : events.peek().time;
    for (Host host : hosts) {
      next = Math.min(next, host.node.nextDeadline());
    }
    return next == Long.MAX_VALUE ? next : Math.max(next, now);
  }

  private void flush() {
    for (Host host : hosts) {
      for (int rounds = 0; ; rounds++) {
        batch.clear();
        host.node.send(now, batch);
        if (batch.count() == 0) {
          break;
        }
        if (rounds > LIVELOCK_STEPS) {
          throw new AssertionError(host.address + " never stops sending");
        }
        for (int i = 0; i < batch.count(); i++) {
          emit(host, i);
        }
      }
    }
  }

  private void emit(Host host, int i) {
    InetSocketAddress from = batch.local(i) == null ? host.address : batch.local(i);
    InetSocketAddress to = batch.remote(i);
    InetSocketAddress receiver = inside.getOrDefault(to, outside.containsKey(to) ? null : to);
    Link[] links = routes.get(new Route(from, receiver));
    if (links == null) {
      note("no route from " + from + " to " + to);
      return;
    }
    byte[] bytes = new byte[batch.length(i)];
    System.arraycopy(batch.buffer(), batch.offset(i), bytes, 0, bytes.length);
    InetSocketAddress source = outside.getOrDefault(from, from);
    pass(new Datagram(0, bytes, source, to, batch.ecn(i)), links, 0);
  }

  private void pass(Datagram datagram, Link[] links, int hop) {
    links[hop].enter(
        datagram,
        now,
        (time, out) ->
            schedule(
                time,
                () -> {
                  if (hop + 1 < links.length) {
                    pass(out, links, hop + 1);
                  } else {
                    arrive(out);
                  }
                }));
  }

  private void arrive(Datagram datagram) {
    InetSocketAddress to = datagram.destination();
    InetSocketAddress local = inside.getOrDefault(to, outside.containsKey(to) ? null : to);
    Node node = byAddress.get(local);
    note(datagram, node == null);
    if (node != null) {
      byte[] bytes = datagram.bytes().clone(); // a duplicate must not see what the first one became
      node.receive(bytes, 0, bytes.length, local, datagram.source(), datagram.ecn(), now);
    }
  }

  private void schedule(long time, Runnable action) {
    events.add(new Event(time, order++, action));
  }

  private void note(Datagram datagram, boolean nobody) {
    keep(new Arrival(now, datagram, nobody));
  }

  private void note(String what) {
    keep(elapsed() + " " + what);
  }

  private void keep(Object entry) {
    if (recent.size() == HISTORY) {
      recent.removeFirst();
    }
    recent.addLast(entry);
  }

  private AssertionError failure(String what, Throwable cause) {
    if (cause instanceof SimulationFailure already) {
      return already;
    }
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(seed).append(" (replay with -Dsluice.seed=").append(seed);
    text.append(") ").append(what).append(" at ").append(elapsed()).append(": ").append(cause);
    for (Host host : hosts) {
      text.append("\n  ").append(host.address).append(": ").append(host.node);
    }
    routes.forEach(
        (route, links) -> {
          for (Link link : links) {
            text.append("\n  ").append(route.from).append(" to ").append(route.to);
            text.append(": ").append(link);
          }
        });
    for (Object entry : recent) {
      text.append("\n    ").append(entry instanceof Arrival a ? describe(a) : entry);
    }
    return new SimulationFailure(text.toString(), cause);
  }

  private String describe(Arrival arrival) {
    Datagram d = arrival.datagram;
    return "%s %s to %s: datagram %d of %d bytes%s"
        .formatted(
            Duration.ofNanos(arrival.time - start),
            d.source(),
            d.destination(),
            d.number(),
            d.bytes().length,
            arrival.nobody ? ", nobody there" : "");
  }

  /** A failure that already names its seed. */
  private static final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
