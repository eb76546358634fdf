package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.quic.endpoint.Endpoint;
import dev.sluice.quic.trace.Footprint;
import java.util.Map;
import java.util.TreeMap;

/** Nothing that a peer can make grow is larger than whoever keeps it says that it can be. */
final class Bounds implements Footprint {
  private final Map<String, Long> largest = new TreeMap<>();

  @Override
  public void holds(String what, long amount, long most) {
    assertTrue(amount >= 0, () -> what + ": " + amount);
    assertTrue(amount <= most, () -> what + ": " + amount + ", beyond " + most);
    largest.merge(what, amount, Math::max);
  }

  /** Looks at everything that there is now. */
  void check(Endpoint endpoint) {
    endpoint.measure(this);
    for (Connection each : endpoint.connections()) {
      Holdings.measure(each, this);
    }
  }

  /** The most that there was of each thing. */
  Map<String, Long> largest() {
    return largest;
  }
}
