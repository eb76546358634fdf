package dev.sluice.interop.runner;

import dev.sluice.network.Link;
import dev.sluice.network.Relay;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What lies between client and server: the scenarios of the runner's simulator.
 *
 * @param delay one way
 * @param loss share of the datagrams that get lost, each way, no more than three in a row
 * @param corruption share of the datagrams that get damaged, likewise
 * @param droppedUntil the client's datagrams from the second to this one vanish; 0 for none
 * @param schedule what happens as time passes, from the first datagram on
 */
record Network(
    Duration delay, double loss, double corruption, int droppedUntil, Schedule schedule) {

  /** The runner's default link. */
  static final Network SIMPLE =
      new Network(Duration.ofMillis(15), 0, 0, 0, (relay, toServer, toClient, timer) -> {});

  private static final long RATE = 10_000_000;
  private static final int QUEUE = 25;
  private static final int LONGEST_BURST = 3;

  /** What happens as time passes. */
  interface Schedule {
    void begin(Relay relay, Link toServer, Link toClient, ScheduledExecutorService timer);
  }

  Network withDelay(Duration other) {
    return new Network(other, loss, corruption, droppedUntil, schedule);
  }

  Network withLoss(double other) {
    return new Network(delay, other, corruption, droppedUntil, schedule);
  }

  Network withCorruption(double other) {
    return new Network(delay, loss, other, droppedUntil, schedule);
  }

  Network droppingUntil(int other) {
    return new Network(delay, loss, corruption, other, schedule);
  }

  private Network withSchedule(Schedule other) {
    return new Network(delay, loss, corruption, droppedUntil, other);
  }

  /** Dead in both directions for a while. */
  Network withBlackHole(Duration after, Duration length) {
    return withSchedule(
        (relay, toServer, toClient, timer) -> {
          Runnable cut = () -> cut(toServer, toClient);
          Runnable mend = () -> mend(toServer, toClient);
          timer.schedule(() -> relay.change(cut), after.toMillis(), TimeUnit.MILLISECONDS);
          timer.schedule(
              () -> relay.change(mend), after.plus(length).toMillis(), TimeUnit.MILLISECONDS);
        });
  }

  private static void cut(Link toServer, Link toClient) {
    toServer.cut();
    toClient.cut();
  }

  private static void mend(Link toServer, Link toClient) {
    toServer.mend();
    toClient.mend();
  }

  /** The NAT forgets the client, again and again. */
  Network withRebinding(Duration first, Duration then, boolean newHost) {
    return withSchedule(
        (relay, toServer, toClient, timer) ->
            timer.scheduleAtFixedRate(
                () -> relay.rebind(newHost),
                first.toMillis(),
                then.toMillis(),
                TimeUnit.MILLISECONDS));
  }

  /** A link in one of the directions. */
  Link link(boolean toServer) {
    Link link =
        new Link()
            .delay(delay)
            .rate(RATE)
            .queuePackets(QUEUE)
            .loss(loss)
            .corrupt(corruption)
            .longestBurst(LONGEST_BURST);
    return toServer && droppedUntil > 0
        ? link.drop(datagram -> datagram.number() > 0 && datagram.number() < droppedUntil)
        : link;
  }
}
