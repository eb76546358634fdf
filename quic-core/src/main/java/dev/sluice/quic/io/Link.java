package dev.sluice.quic.io;

import dev.sluice.quic.stream.ReturnedChunks;

/**
 * A link of a {@link ByteQueue}'s chain, with an array and the part of it that holds bytes. The
 * producer adds to it, until the next one hangs on it; the consumer takes from it.
 */
final class Link {
  private static final byte[] NOTHING = {};

  /** Replaced by the consumer when it needs them no more. */
  byte[] bytes = NOTHING;

  /** Whether the array was made by the queue, and may be filled to its end. */
  boolean own;

  /** Where the array goes when it was read to its end; null for nowhere. Set before that end. */
  ReturnedChunks home;

  /** Consumer only: some of the bytes were given away where they lie, for good. */
  boolean lent;

  /** Consumer only: some of the bytes were handed over to who gives the array back. */
  boolean adopted;

  /** Consumer only. */
  int read;

  volatile int written;
  volatile Link next;

  /** Producer: begins anew, with what is put into the array from an index on. */
  Link hold(byte[] array, int from, boolean isOwn) {
    bytes = array;
    own = isOwn;
    home = null;
    lent = false;
    adopted = false;
    read = from;
    written = from;
    next = null;
    return this;
  }

  /** Consumer: whoever holds bytes of the link before holds this one's array, if it is the same. */
  void inherit(Link before) {
    if (bytes == before.bytes) {
      lent |= before.lent;
      adopted |= before.adopted;
    }
  }

  /** Consumer: the array is somebody else's from here on, or nobody's. */
  void forget() {
    bytes = NOTHING;
  }

  /** Consumer: whether nobody else holds bytes of it. */
  boolean isOurs() {
    return !lent && !adopted;
  }
}
