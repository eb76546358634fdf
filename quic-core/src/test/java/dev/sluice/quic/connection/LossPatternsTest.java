package dev.sluice.quic.connection;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every pattern of loss among the first twelve datagrams of either direction: 4,096 each. */
class LossPatternsTest {
  private static final int DATAGRAMS = 12;

  private enum Direction {
    CLIENT_TO_SERVER,
    SERVER_TO_CLIENT
  }

  @ParameterizedTest
  @EnumSource
  void everyPattern(Direction lossy) {
    LongStream.range(0, 1L << DATAGRAMS).parallel().forEach(mask -> run(lossy, mask));
  }

  private static void run(Direction lossy, long mask) {
    Supplier<Link> whole = () -> new Link().delay(Simulation.ms(10));
    Supplier<Link> masked = () -> whole.get().lossMask(mask);
    try {
      new Scenario(new Simulation(1))
          .links(
              lossy == Direction.CLIENT_TO_SERVER ? masked : whole,
              lossy == Direction.SERVER_TO_CLIENT ? masked : whole)
          .client(
              c ->
                  c.withTransport(
                      c.transport()
                          .withHandshakeTimeout(Duration.ofMinutes(10))
                          .withIdleTimeout(Duration.ofMinutes(10))))
          .server(
              c ->
                  c.withTransport(
                      c.transport()
                          .withHandshakeTimeout(Duration.ofMinutes(10))
                          .withIdleTimeout(Duration.ofMinutes(10))))
          .bytes(5_000)
          .run();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          "%s, pattern 0x%03x: %s".formatted(lossy, mask, failure.getMessage()), failure);
    }
  }
}
