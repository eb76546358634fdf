package dev.sluice.quic.endpoint;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.wire.ConnectionId;
import java.util.random.RandomGenerator;

/**
 * One of several endpoints that share a UDP port, each on a loop of its own. The system spreads
 * datagrams over them by the peer's address; when a peer's address changes, its datagrams reach
 * another one. So that it can be seen whose they are, a hash of a connection ID gives the number of
 * the endpoint that issued it: each tries IDs until one names it. So every kind of ID can be used,
 * and IDs of one endpoint have nothing in common for those who watch (RFC 9000 §5.1).
 *
 * <p>The hash has a secret in it but is no cipher: what it hides is worth little, one of a few
 * numbers that many connections have.
 *
 * @param number of this one, from 0
 * @param count how many there are, 1 to 64
 * @param secret the same for all of them
 */
public record Siblings(int number, int count, long secret) {

  /** An endpoint that has its port to itself. */
  public static final Siblings NONE = new Siblings(0, 1, 0);

  private static final int MOST = 64;

  /** Checks the numbers. */
  public Siblings {
    if (count < 1 || count > MOST || number < 0 || number >= count) {
      throw new IllegalArgumentException("number " + number + " of " + count);
    }
  }

  /** The first of so many; {@link #next} gives the others. */
  public static Siblings first(int count, RandomGenerator random) {
    return new Siblings(0, count, random.nextLong());
  }

  /** The one after this. */
  public Siblings next() {
    return new Siblings(number + 1, count, secret);
  }

  /** Whether an ID names this one. */
  boolean isOwn(ConnectionId id) {
    return count == 1 || id.isEmpty() || owner(id) == number;
  }

  /** The number of the endpoint that issued an ID; of one that none of them issued, anything. */
  int owner(ConnectionId id) {
    long h = secret;
    for (int i = 0; i < id.length(); i++) { // mixed as SplittableRandom mixes
      h = (h ^ id.at(i)) * 0xbf58476d1ce4e5b9L;
      h = (h ^ h >>> 27) * 0x94d049bb133111ebL;
      h ^= h >>> 31;
    }
    return (int) Long.remainderUnsigned(h, count);
  }

  /** Takes datagrams that the system brought to the wrong endpoint. */
  @FunctionalInterface
  public interface Strays {
    /**
     * A datagram is for another endpoint.
     *
     * @param owner that one's number
     * @param batch holds the datagram; what is kept of it has to be copied
     */
    void onStray(int owner, DatagramBatch batch, int index);
  }
}
