package dev.sluice.quic.io;

/**
 * The chain of a {@link ByteQueue}'s links from one thread to another: the producer hangs links on
 * its tail, the consumer passes those at its head, and the producer uses them again.
 */
@SuppressWarnings("NonAtomicOperationOnVolatileField") // each is written by one of the two alone
final class LinkChain {
  /** Links that wait to be used again: as many as a steady flow has between its threads. */
  private static final int IDLE_LINKS = 64;

  /** Written by the consumer: what lies before it in the chain nobody looks at any more. */
  private volatile Link head;

  private Link tail; // producer only

  /**
   * Producer only: the first link of the chain, free to be its last again if it is not the head.
   */
  private Link oldest;

  /** Links that the consumer has let go of, ever. Written by it alone. */
  private volatile int passed;

  /** How many of those were used again, or lost. Written by the producer alone. */
  private volatile int reused;

  /** A chain of one link without bytes. */
  LinkChain() {
    oldest = new Link();
    head = oldest;
    tail = oldest;
  }

  /** Producer: the last link. */
  Link tail() {
    return tail;
  }

  /** Consumer: the first link that it has not passed. */
  Link head() {
    return head;
  }

  /** Producer: another last link, {@link Link#hold holding} this array. */
  Link append(byte[] bytes, int from, boolean own) {
    Link free = oldest;
    if (free == head) {
      free = new Link();
    } else if (free.next != null) {
      oldest = free.next;
      reused++;
    } else { // it was cut off
      reused = passed;
      oldest = head;
    }
    Link before = tail;
    tail = free.hold(bytes, from, own);
    before.next = free;
    return free;
  }

  /**
   * Consumer: from here on the link is the producer's. Behind enough of them the chain is cut,
   * while the link is still the consumer's: who once had thousands of them waiting does not keep
   * them.
   *
   * @param next what hangs on it
   */
  void pass(Link link, Link next) {
    link.forget();
    if (++passed - reused >= IDLE_LINKS) {
      link.next = null;
    }
    head = next;
  }

  /** Links behind the head that can be used again. On a thread that does both. */
  int idle() {
    int count = 0;
    for (Link link = oldest; link != null && link != head; link = link.next) {
      count++;
    }
    return count;
  }
}
