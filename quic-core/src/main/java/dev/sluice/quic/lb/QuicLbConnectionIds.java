package dev.sluice.quic.lb;

import dev.sluice.quic.endpoint.ConnectionIdGenerator;
import dev.sluice.quic.wire.ConnectionId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.random.RandomGenerator;

/**
 * Connection IDs of a server behind a load balancer (draft-ietf-quic-load-balancers §5.4), for
 * {@code EndpointConfig.withConnectionIds}. Any number of endpoints of the server may share one, on
 * any threads.
 *
 * <pre>{@code
 * var config = new QuicLbConfig(0, 3, 5, key); // as the load balancer has it
 * var ids = QuicLbConnectionIds.of(config, serverId);
 * QuicServer.builder().endpoint(e -> e.withConnectionIds(ids))…
 * }</pre>
 *
 * <p>{@link #configure} changes to another configuration. New IDs are of that from then on; {@code
 * Endpoint.renewConnectionIds} gives the clients of present connections such too.
 *
 * <p>With a key, nonces count from a random start. After a restart with the same key the count
 * begins elsewhere, so that a nonce of 4 or 5 bytes is for configurations that change often (§9.6).
 */
public final class QuicLbConnectionIds implements ConnectionIdGenerator {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  /** Bytes of a nonce that count; more than eight will not be used up. */
  private static final int MAX_COUNTING = 8;

  private final int length;

  /** At 0 the present configuration, so that every thread sees an exchange as a whole. */
  private final Object[] present = new Object[1];

  /** A configuration at work: where its nonces begin, and how many there were. */
  private record Active(
      QuicLbConfig config, byte[] serverId, boolean tellLength, long[] start, long[] issued) {

    /** The count of this nonce; -1 when there is none left. */
    long take() {
      long before = (long) COUNT.getAndAdd(issued, 0, 1L);
      return isLeft(before) ? before : -1;
    }

    /**
     * Whether another ID can be made: without a key any nonce will do, and as often as it comes.
     */
    boolean hasNonce() {
      return config.key() == null || isLeft((long) COUNT.getAcquire(issued, 0));
    }

    private boolean isLeft(long count) {
      int counting = Math.min(MAX_COUNTING, config.nonceLength());
      return counting == MAX_COUNTING ? count >= 0 : count < 1L << 8 * counting;
    }
  }

  private QuicLbConnectionIds(int length) {
    this.length = length;
  }

  /** IDs of a configuration that tell their length in the first octet. */
  public static QuicLbConnectionIds of(QuicLbConfig config, byte[] serverId) {
    QuicLbConnectionIds ids = new QuicLbConnectionIds(config.length());
    ids.configure(config, serverId);
    return ids;
  }

  /**
   * IDs before there is a configuration: they lead nowhere in particular, so that clients get one
   * each and must not move (§3.2).
   *
   * @param length of the IDs, now and later; 8 to 20
   */
  public static QuicLbConnectionIds unconfigured(int length) {
    if (length < 8 || length > ConnectionId.MAX_LENGTH) {
      throw new IllegalArgumentException("IDs that are not routable have 8 to 20 bytes");
    }
    return new QuicLbConnectionIds(length);
  }

  /**
   * Uses another configuration from now on, with IDs that tell their length.
   *
   * @param serverId this server's, as the load balancer knows it; of the configured length
   * @throws IllegalArgumentException its IDs are of another length than those before, or the server
   *     ID is
   */
  public void configure(QuicLbConfig config, byte[] serverId) {
    configure(config, serverId, true);
  }

  /**
   * The same with a choice.
   *
   * @param tellLength whether IDs tell their length in the first octet (§3.3)
   */
  public void configure(QuicLbConfig config, byte[] serverId, boolean tellLength) {
    if (config.length() != length) {
      throw new IllegalArgumentException("the IDs of an endpoint are all of " + length + " bytes");
    }
    if (serverId.length != config.serverIdLength()) {
      throw new IllegalArgumentException("the server ID has another length");
    }
    SLOT.setRelease(
        present, 0, new Active(config, serverId.clone(), tellLength, new long[1], new long[1]));
  }

  /** Has no configuration from now on. */
  public void withdraw() {
    SLOT.setRelease(present, 0, (Object) null);
  }

  /** As if so many nonces of the present configuration were used. */
  void used(long nonces) {
    COUNT.setRelease(((Active) SLOT.getAcquire(present, 0)).issued, 0, nonces);
  }

  @Override
  public ConnectionId next(RandomGenerator random) {
    Active active = (Active) SLOT.getAcquire(present, 0);
    byte[] nonce = active == null ? null : nonce(active, random);
    if (nonce == null) {
      return unroutable(random);
    }
    int lowBits = active.tellLength ? length - 1 : random.nextInt();
    return active.config.encode(active.serverId, nonce, lowBits);
  }

  @Override
  public int length() {
    return length;
  }

  /** Whether clients can move: not with IDs that lead nowhere in particular. */
  @Override
  public boolean isRoutable() {
    Active active = (Active) SLOT.getAcquire(present, 0);
    return active != null && active.hasNonce();
  }

  /** The next nonce; null when they are used up (§9.6). */
  private static byte[] nonce(Active active, RandomGenerator random) {
    byte[] nonce = new byte[active.config.nonceLength()];
    if (active.config.key() == null) {
      // Whoever can read them must not see which follows which.
      random.nextBytes(nonce);
      return nonce;
    }
    long count = active.take();
    if (count < 0) {
      return null;
    }
    long value = start(active, random) + count;
    int counting = Math.min(MAX_COUNTING, nonce.length);
    for (int i = 0; i < counting; i++) {
      nonce[nonce.length - 1 - i] = (byte) (value >>> 8 * i);
    }
    return nonce;
  }

  /** Chosen by whoever comes first; 0 means that nobody has. */
  private static long start(Active active, RandomGenerator random) {
    long known = (long) COUNT.getAcquire(active.start, 0);
    if (known != 0) {
      return known;
    }
    long chosen = random.nextLong() | 1;
    long before = (long) COUNT.compareAndExchange(active.start, 0, 0L, chosen);
    return before == 0 ? chosen : before;
  }

  /** §3.2: all bits set, and its length. */
  private ConnectionId unroutable(RandomGenerator random) {
    byte[] id = new byte[length];
    random.nextBytes(id);
    id[0] = (byte) (QuicLbConfig.UNROUTABLE << 5 | length - 1);
    return ConnectionId.of(id);
  }
}
