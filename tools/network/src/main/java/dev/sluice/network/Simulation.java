package dev.sluice.network;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
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

  private record Event(long time, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private record Route(InetSocketAddress from, InetSocketAddress to) {}

  /** A node with the address that it was attached with first, and its clock. */
  private static final class Host {
    final Node node;
    final InetSocketAddress address;

    /** By how much its clock is ahead of the simulation's. */
    long ahead;

    Host(Node node, InetSocketAddress address) {
      this.node = node;
      this.address = address;
    }
  }

  private final long seed;
  private final SplittableRandom random;
  private final long start;
  private long now;
  private long order;
  private int stuckSteps;

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Host> hosts = new ArrayList<>();
  private final Map<InetSocketAddress, Host> byAddress = new HashMap<>();
  private final Map<Route, Link[]> routes = new LinkedHashMap<>();
  private final Nat nat = new Nat();
  private final History history = new History();
  private final List<Watcher> watchers = new ArrayList<>();
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

  /**
   * Runs a scenario for seeds from a number on, as many as there is time for: so many minutes as
   * the system property {@code sluice.soak.minutes} says, one without it. The number is the
   * property {@code sluice.soak.from}, or the one given.
   */
  public static void soak(long from, Consumer<Simulation> scenario) {
    long end =
        System.nanoTime() + Duration.ofMinutes(Long.getLong("sluice.soak.minutes", 1)).toNanos();
    long seed = Long.getLong("sluice.soak.from", from);
    long first = seed;
    while (System.nanoTime() < end) {
      Simulation simulation = new Simulation(seed);
      try {
        scenario.accept(simulation);
      } catch (RuntimeException | AssertionError failure) {
        throw simulation.failure("failed", failure);
      }
      seed++;
    }
    System.out.println("seeds " + first + " to " + (seed - 1) + " ran without failure");
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

  /** The simulation's clock, in nanoseconds from an arbitrary origin. */
  public long now() {
    return now;
  }

  /**
   * The clock of the node at an attached address: ahead of the simulation's after {@link #leap}.
   */
  public long now(InetSocketAddress address) {
    return now + hostAt(address).ahead;
  }

  /** The time since the simulation began. */
  public Duration elapsed() {
    return Duration.ofNanos(now - start);
  }

  /** The address of host {@code number} (1 to 254), the same in every run. */
  public InetSocketAddress address(int number) {
    return new InetSocketAddress(host(number), 4433);
  }

  static InetAddress host(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) number});
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException(impossible);
    }
  }

  /** Gives a node an address, its first or a further one. */
  public <N extends Node> N attach(InetSocketAddress address, N node) {
    if (byAddress.containsKey(address)) {
      throw new IllegalArgumentException(address + " is taken");
    }
    Host host = hosts.stream().filter(known -> known.node == node).findAny().orElse(null);
    if (host == null) {
      host = new Host(node, address);
      hosts.add(host);
    }
    byAddress.put(address, host);
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

  /** Shows a watcher every datagram that is sent and that arrives. */
  public void watch(Watcher watcher) {
    watchers.add(watcher);
  }

  /**
   * The NAT before an attached address gives it a new port, and a new IP address if so wanted. What
   * is under way to the old one is lost.
   *
   * @return how others see the node from now on
   */
  public InetSocketAddress rebind(InetSocketAddress address, boolean newIp) {
    InetSocketAddress fresh = nat.rebind(address, newIp);
    history.incident(elapsed(), "rebind " + address + " to " + fresh);
    return fresh;
  }

  /** All clocks leap, as when the machine sleeps: nothing happens meanwhile, then all of it. */
  public void leap(Duration time) {
    now += time.toNanos();
    history.incident(elapsed(), "all clocks leap by " + time);
  }

  /**
   * The clock of one node leaps, as when its machine sleeps without the network: what is under way
   * to it is not delayed, its timers are overdue. From then on its clock is ahead of the others.
   *
   * @param time not negative: these clocks never go back
   */
  public void leap(InetSocketAddress address, Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("monotonic clocks never go back: " + time);
    }
    hostAt(address).ahead += time.toNanos();
    history.incident(elapsed(), "the clock of " + address + " leaps by " + time);
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
      if (host.node.nextDeadline() <= now + host.ahead) {
        host.node.onDeadline(now + host.ahead);
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
      long deadline = host.node.nextDeadline();
      if (deadline != Long.MAX_VALUE) {
        next = Math.min(next, deadline - host.ahead);
      }
    }
    return next == Long.MAX_VALUE ? next : Math.max(next, now);
  }

  private void flush() {
    for (Host host : hosts) {
      long[] sent = {0};
      long before;
      int rounds = 0;
      do {
        before = sent[0];
        host.node.send(
            now + host.ahead,
            (buffer, offset, length, local, remote, ecn) -> {
              sent[0]++;
              InetSocketAddress from = local == null ? host.address : local;
              emit(from, remote, Arrays.copyOfRange(buffer, offset, offset + length), ecn);
            });
        if (rounds++ > LIVELOCK_STEPS) {
          throw new AssertionError(host.address + " never stops sending");
        }
      } while (sent[0] > before);
    }
  }

  private void emit(InetSocketAddress from, InetSocketAddress to, byte[] bytes, int ecn) {
    Datagram datagram = new Datagram(0, bytes, nat.outsideOf(from), to, ecn);
    for (Watcher watcher : watchers) {
      watcher.sent(now, datagram);
    }
    Link[] links = routes.get(new Route(from, nat.insideOf(to)));
    if (links == null) {
      history.incident(elapsed(), "no route from " + from + " to " + to);
      return;
    }
    pass(datagram, links, 0);
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
    InetSocketAddress local = nat.insideOf(datagram.destination());
    Host host = byAddress.get(local);
    history.arrival(elapsed(), datagram, host == null);
    if (host == null) {
      return;
    }
    for (Watcher watcher : watchers) {
      watcher.arrived(now, datagram);
    }
    byte[] bytes = datagram.bytes().clone(); // a duplicate must not see what the first one became
    host.node.receive(
        bytes, 0, bytes.length, local, datagram.source(), datagram.ecn(), now + host.ahead);
  }

  private Host hostAt(InetSocketAddress address) {
    Host host = byAddress.get(address);
    if (host == null) {
      throw new IllegalArgumentException("nobody is attached at " + address);
    }
    return host;
  }

  private void schedule(long time, Runnable action) {
    events.add(new Event(time, order++, action));
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
    history.describe(text);
    return new SimulationFailure(text.toString(), cause);
  }

  /** A failure that already names its seed. */
  private static final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationFailure(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
