package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A UDP socket that moves many datagrams a call. It never blocks; whoever drives it waits with the
 * {@link Poller} that it was made by. Used on the loop's thread.
 */
public interface UdpSocket {

  /** Bytes that every path takes (RFC 9000 §14.1). */
  int ALWAYS_FITS = 1200;

  /** The address that it is bound to. Any thread. */
  InetSocketAddress localAddress();

  /** What it is built on, for people: the system's features that it makes use of. Any thread. */
  String description();

  /**
   * Whether no datagram of this socket is taken apart on its way, neither by this host nor by
   * routers: where the system could not be told so, nothing may be sent that is larger than every
   * path carries (RFC 9000 §14). Any thread.
   */
  boolean forbidsFragments();

  /** Whether datagrams may be waiting: set by the poller, until {@link #receive} finds no more. */
  boolean isReadable();

  /** Whether the system's buffer has, as far as is known, room for a datagram. */
  boolean isWritable();

  /**
   * Adds what has arrived to the batch, as far as there is room.
   *
   * @param into a batch of {@link Poller#newReceiveBatch}; one with less room may get nothing
   * @throws IOException the socket does not work; a datagram that went wrong is no reason
   */
  void receive(DatagramBatch into) throws IOException;

  /**
   * Sends datagrams of the batch, beginning with number {@code from}. One that the system refuses
   * counts as sent: to QUIC it is lost. A socket may keep copies that leave a moment later, in the
   * order of the calls.
   *
   * @return the number of the first that was not taken, since the system's buffer is full, or the
   *     socket has as many copies as it keeps, and the poller will wake the loop when that has
   *     changed; the batch's count when all were
   */
  int send(DatagramBatch batch, int from);

  /** Whether nothing that it was given waits here to leave; the poller tells when that changes. */
  boolean isDrained();

  /**
   * Why the peer of a connected socket cannot be reached, if the system has said so since this was
   * last asked; else null.
   */
  String takeRefusal();

  /**
   * Says who is told, out of {@link Poller#await}, that the socket has become readable or writable.
   * To be called on the loop's thread, or before the poller waits for the first time.
   */
  void onReady(Runnable listener);

  /** Says who hears of datagrams that are too large to leave. Default: nobody. */
  void onTooLarge(TooLarge listener);

  /** Closes the socket; what it was given before still leaves, if the system has room for it. */
  void close();
}
