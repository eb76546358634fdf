package dev.sluice.quic.connection;

import dev.sluice.tls.EarlyDataPolicy;
import dev.sluice.tls.ReplayGuard;
import dev.sluice.tls.TlsServerConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * That a server takes 0-RTT, and on which terms (RFC 9001 §4.6.3). What arrives early may be a
 * replay that the guard has missed, in another process or after a restart: the application has to
 * decide what it does with it before the handshake is complete (§9.2).
 *
 * @param replays tells a replayed handshake from a new one; one for all connections of a server
 * @param applicationState what the application protocol has to find unchanged, or compatible, when
 *     a session is resumed; goes into every ticket, at most 4 KiB
 * @param compatible whether early data may be taken that was sent under the given earlier state; on
 *     the thread of the connection
 */
public record EarlyDataConfig(
    ReplayGuard replays, byte[] applicationState, Predicate<byte[]> compatible) {

  /** Nothing may be null. */
  public EarlyDataConfig {
    Objects.requireNonNull(replays, "replays");
    Objects.requireNonNull(applicationState, "applicationState");
    Objects.requireNonNull(compatible, "compatible");
  }

  /** Without state of an application protocol. */
  public static EarlyDataConfig of(ReplayGuard replays) {
    return new EarlyDataConfig(replays, new byte[0], state -> state.length == 0);
  }

  /** The same with state of which only an equal one is compatible. */
  public EarlyDataConfig withApplicationState(byte[] state) {
    byte[] own = state.clone();
    return withApplicationState(own, earlier -> Arrays.equals(own, earlier));
  }

  /** The same with state, and what is compatible with it. */
  public EarlyDataConfig withApplicationState(byte[] state, Predicate<byte[]> isCompatible) {
    return new EarlyDataConfig(replays, state, isCompatible);
  }

  /**
   * The TLS of a server that takes 0-RTT on these terms, and whose transport has these settings.
   */
  TlsServerConfig applyTo(TlsServerConfig tls, TransportConfig transport) {
    return tls.toBuilder()
        .ticketApplicationState(applicationState)
        .earlyDataPolicy(policy(transport))
        .build();
  }

  private EarlyDataPolicy policy(TransportConfig transport) {
    TransportParameters present = LocalParameters.limits(transport).build();
    return new EarlyDataPolicy() {
      @Override
      public boolean accept(byte[] transportParameters, byte[] state, byte[] replayKey) {
        // The guard comes last: it remembers whom it was asked about.
        return present.keeps(transportParameters)
            && compatible.test(state)
            && replays.admit(replayKey);
      }

      @Override
      public Duration freshness() {
        return replays.freshness();
      }
    };
  }
}
