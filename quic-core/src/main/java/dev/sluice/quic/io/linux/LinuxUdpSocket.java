package dev.sluice.quic.io.linux;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.TooLarge;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A socket that moves whole runs of datagrams in one system call. */
final class LinuxUdpSocket implements UdpSocket {

  /** Errors of earlier datagrams that are cleared away in one call before it gives up for now. */
  private static final int STALE_ERRORS = 16;

  private final EpollPoller poller;
  private final int fd;
  private final int family;
  private final InetSocketAddress local;
  private final InetSocketAddress remote;

  /** Whether datagrams come to several addresses, so that it has to be told to which and from. */
  private final boolean wildcard;

  private volatile Features features;
  private TooLarge tooLarge = (batch, index) -> {};
  private Runnable ready = () -> {};
  private boolean readable;
  private boolean writable = true;
  private boolean closed;
  private String refusal;

  /** A run that was refused as a whole has its datagrams sent one by one as far as here. */
  private int singlyUntil;

  /**
   * What the kernel was taken to be able to do before it said EINVAL to a run or to a mark: it
   * cannot do that, or did not like the datagram. Null when there is no such doubt.
   */
  private Features beforeDoubt;

  LinuxUdpSocket(EpollPoller poller, Binding binding, SocketOpener.Opened opened) {
    this.poller = poller;
    this.fd = opened.fd();
    this.family = opened.family();
    this.local = opened.local();
    this.remote = binding.remote();
    this.wildcard = remote == null && local.getAddress().isAnyLocalAddress();
    this.features = opened.features();
  }

  int fd() {
    return fd;
  }

  @Override
  public InetSocketAddress localAddress() {
    return local;
  }

  @Override
  public String description() {
    return features.describe();
  }

  @Override
  public boolean forbidsFragments() {
    return features.dontFragment();
  }

  @Override
  public void onReady(Runnable listener) {
    ready = listener;
  }

  @Override
  public void onTooLarge(TooLarge listener) {
    tooLarge = listener;
  }

  /** The poller's word. */
  void onReady(boolean canRead, boolean canWrite) {
    readable |= canRead;
    if (canWrite && !writable) {
      writable = true;
      poller.watch(this, false);
    }
    ready.run();
  }

  @Override
  public boolean isReadable() {
    return readable;
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  // ---- receiving ----

  @Override
  public void receive(DatagramBatch into) throws IOException {
    ReceiveVector vector = poller.receiving();
    for (int errors = 0; errors < STALE_ERRORS; errors++) {
      int wanted = vector.prepare(into);
      if (wanted == 0) {
        return;
      }
      int count = poller.libc().recvmmsg(fd, vector.messages(), wanted);
      if (count >= 0) {
        readable = count == wanted;
        vector.unload(count, into, local, wildcard);
        return;
      }
      if (count == -Errno.EAGAIN) {
        readable = false;
        return;
      }
      onReceiveError(-count);
    }
  }

  /**
   * An ICMP message of before stands in the place of a datagram; there may be datagrams behind it.
   * On a socket that talks to everyone it says nothing about anyone in particular.
   */
  private void onReceiveError(int errno) throws IOException {
    switch (errno) {
      case Errno.ECONNREFUSED -> refuse("nobody listens at " + remote);
      case Errno.EHOSTUNREACH, Errno.ENETUNREACH, Errno.EHOSTDOWN, Errno.ENONET ->
          refuse(remote + ": " + Errno.describe(errno));
      case Errno.EINTR,
          Errno.ENOMEM,
          Errno.ENOBUFS,
          Errno.EMSGSIZE,
          Errno.EPROTO,
          Errno.EACCES,
          Errno.EPERM,
          Errno.ENOPROTOOPT,
          Errno.EOPNOTSUPP,
          Errno.ENETDOWN -> {
        // Of the network, and over; or of the moment.
      }
      default -> throw new IOException("receiving: " + Errno.describe(errno));
    }
  }

  // ---- sending ----

  @Override
  public int send(DatagramBatch batch, int from) {
    SendVector vector = poller.sending();
    singlyUntil = 0;
    int next = from;
    while (next < batch.count()) {
      boolean singly = next < singlyUntil;
      int to = singly ? singlyUntil : batch.count();
      int count =
          vector.load(
              batch,
              next,
              to,
              remote != null ? 0 : family,
              features.segments() && !singly,
              features.ecn(),
              wildcard);
      int reached = send(vector, count, batch, next);
      if (reached < 0) {
        return -reached - 1;
      }
      next = reached;
    }
    return next;
  }

  /**
   * Sends what was loaded.
   *
   * @return the number of the datagram to go on with; or, negated and less one, the one that the
   *     system's buffer has no room for
   */
  private int send(SendVector vector, int count, DatagramBatch batch, int first) {
    int next = first;
    int staleErrors = 0;
    for (int done = 0; done < count; ) {
      int sent = poller.libc().sendmmsg(fd, vector.from(done), count - done);
      if (sent > 0) {
        beforeDoubt = null; // without it the kernel takes them, so that was it
        done += sent;
        next = vector.end(done - 1);
        staleErrors = 0;
        continue;
      }
      if (sent == -Errno.EAGAIN) {
        writable = false;
        poller.watch(this, true);
        return -next - 1;
      }
      if (sent == -Errno.ECONNREFUSED) {
        refuse("nobody listens at " + remote);
      }
      if (staleErrors++ < timesOfEarlier(-sent, batch.length(next))) {
        continue;
      }
      int end = vector.end(done);
      if (end - next > 1) {
        onRunRefused(-sent, end);
        return next;
      }
      if (sent == -Errno.EINVAL && features.ecn() && batch.ecn(next) != 0) {
        doubt(features.withoutEcn()); // a kernel that takes no marks for one message
        return next;
      }
      onRefused(-sent, batch, next);
      done++;
      next = end;
      staleErrors = 0;
    }
    return next;
  }

  /**
   * How often in a row the system may say this although it has not tried to send the datagram: of
   * an earlier one, or of none. On a connected socket an ICMP message about a large datagram is
   * told to the next call, whatever that sends, and told once. A message must not make a path look
   * too narrow for QUIC (RFC 9000 §14.2.1), so for what fits everywhere it takes many.
   */
  private static int timesOfEarlier(int errno, int length) {
    return switch (errno) {
      case Errno.ECONNREFUSED, Errno.EINTR -> STALE_ERRORS;
      case Errno.EMSGSIZE -> length <= ALWAYS_FITS ? STALE_ERRORS : 1;
      default -> 0;
    };
  }

  /**
   * The kernel did not take a run. Its datagrams are tried one by one, which tells whether it was
   * one of them. Where the way out cannot cut (EIO: a device that does not compute checksums), no
   * more runs are sent.
   */
  private void onRunRefused(int errno, int end) {
    singlyUntil = end;
    if (errno == Errno.EINVAL) {
      doubt(features.withoutSegments());
    } else if (errno == Errno.EIO || errno == Errno.EOPNOTSUPP) {
      features = features.withoutSegments();
    }
  }

  /** Goes on with less, until it turns out that the kernel does not like the datagram anyway. */
  private void doubt(Features less) {
    beforeDoubt = beforeDoubt == null ? features : beforeDoubt;
    features = less;
  }

  /**
   * A single datagram was refused: too large for the path, forbidden by a filter, no route just
   * now, a full queue. It is lost, as far as QUIC is concerned, and repaired or given up by its own
   * timers. Only a handshake that cannot even leave this host ends at once.
   */
  private void onRefused(int errno, DatagramBatch batch, int index) {
    if (beforeDoubt != null) { // it was its size, or where it comes from or goes to
      features = beforeDoubt;
      beforeDoubt = null;
    }
    if (errno == Errno.EMSGSIZE) {
      tooLarge.onDatagramTooLarge(batch, index);
    } else if (errno != Errno.ENOBUFS && errno != Errno.ENOMEM) {
      refuse("sending to " + batch.remote(index) + ": " + Errno.describe(errno));
    }
  }

  @Override
  public boolean isDrained() {
    return true; // it keeps nothing
  }

  private void refuse(String why) {
    if (remote != null && refusal == null) {
      refusal = why;
    }
  }

  @Override
  public String takeRefusal() {
    String taken = refusal;
    refusal = null;
    return taken;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      readable = false;
      writable = false;
      poller.close(this);
    }
  }
}
