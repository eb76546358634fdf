package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.TooLarge;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The sockets of one endpoint as if they were one: nearly always a single one, and for connections
 * that move, or servers that prefer another address, one for each local address (RFC 9000 §9). A
 * datagram carries the address at which it came in, and leaves by the socket of the address that it
 * carries. Used on the loop's thread, where it says no other.
 */
final class SocketSet implements UdpSocket {
  private static final Logger LOG = System.getLogger(SocketSet.class.getName());

  /** A connection keeps four paths at the most; more sockets are for addresses long left. */
  private static final int MAX_MEMBERS = 8;

  /**
   * One of them.
   *
   * @param local what datagrams say that come in or leave by it
   * @param remote the only peer that it talks to, or null
   * @param kept whether it stays even if no connection uses it
   */
  private record Member(
      UdpSocket socket, InetSocketAddress local, InetSocketAddress remote, boolean kept) {

    boolean carries(InetSocketAddress from, InetSocketAddress to) {
      return (remote == null || remote.equals(to)) && isAt(from);
    }

    /**
     * Whether it is what was asked for with this address; the wildcards of both families are one.
     */
    boolean isOn(InetAddress asked) {
      InetAddress own = local.getAddress();
      return own.equals(asked)
          || own.isAnyLocalAddress() && asked != null && asked.isAnyLocalAddress();
    }

    /** A socket that is bound to no address in particular has every address of this host. */
    boolean isAt(InetSocketAddress from) {
      return from == null
          || local.equals(from)
          || local.getAddress().isAnyLocalAddress() && local.getPort() == from.getPort();
    }
  }

  private final Poller poller;
  private final List<Member> members = new CopyOnWriteArrayList<>();

  /** Who is asked first for what has come. */
  private int first;

  /** For those that have to part ways; null until there are some, since many sockets never do. */
  private DatagramBatch single;

  /** Whether what is for a socket without room is lost, since the others have waited for long. */
  private boolean passing;

  private Runnable ready = () -> {};
  private TooLarge tooLarge = (batch, index) -> {};

  /**
   * @param remote the only peer that the first socket talks to, or null
   */
  SocketSet(Poller poller, UdpSocket first, InetSocketAddress remote) {
    this.poller = poller;
    members.add(new Member(first, first.localAddress(), remote, remote == null));
  }

  /**
   * Opens a socket for a further local address. Any thread; {@link #listen} follows on the loop's.
   *
   * @param kept whether it stays even if no connection uses it
   * @return the address that it is bound to
   */
  InetSocketAddress add(Binding binding, boolean kept) throws IOException {
    if (members.size() >= MAX_MEMBERS) {
      throw new IOException("there are too many sockets for one endpoint");
    }
    UdpSocket opened = poller.open(binding);
    members.add(new Member(opened, opened.localAddress(), binding.remote(), kept));
    return opened.localAddress();
  }

  /**
   * Makes ready for a connection that moves. Connections that share a socket share those that they
   * move to as well: there may be thousands of them.
   *
   * @param peer whom the connection talks to
   * @param used whether it is at an address already, so that to go there would be no move
   * @return the address that it moves to
   */
  InetSocketAddress addFor(
      InetSocketAddress bind, InetSocketAddress peer, Predicate<InetSocketAddress> used)
      throws IOException {
    boolean sharing = members.getFirst().remote == null;
    if (sharing && bind != null && bind.getPort() == 0) {
      for (Member member : members) {
        if (!member.kept && member.isOn(bind.getAddress()) && !used.test(member.local)) {
          return member.local;
        }
      }
    }
    InetSocketAddress local = add(Binding.alone(bind, sharing ? null : peer), false);
    listen();
    return local;
  }

  /** Sockets that were added take part from now on. */
  void listen() {
    for (Member member : members) {
      member.socket.onReady(ready);
      member.socket.onTooLarge(tooLarge);
    }
  }

  /** Whether there is more than one. */
  boolean isSeveral() {
    return members.size() > 1;
  }

  /**
   * Closes sockets that no connection uses any more; one stays in any case.
   *
   * @param inUse whether there is a path with this local and this peer's address, which is null
   *     where any will do
   */
  void retire(BiPredicate<InetSocketAddress, InetSocketAddress> inUse) {
    for (Member member : members) {
      if (isSeveral() && !member.kept && !inUse.test(member.local, member.remote)) {
        remove(member);
      }
    }
  }

  private void remove(Member member) {
    members.remove(member);
    member.socket.close();
  }

  @Override
  public InetSocketAddress localAddress() {
    return members.getFirst().local;
  }

  @Override
  public String description() {
    return members.getFirst().socket.description();
  }

  /** Of the first; the others are opened in the same way. */
  @Override
  public boolean forbidsFragments() {
    return members.getFirst().socket.forbidsFragments();
  }

  @Override
  public boolean isReadable() {
    for (Member member : members) {
      if (member.socket.isReadable()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean isWritable() {
    boolean all = true;
    boolean any = false;
    for (Member member : members) {
      boolean writable = member.socket.isWritable();
      all &= writable;
      any |= writable;
    }
    passing &= !all;
    return passing ? any : all;
  }

  /**
   * Sockets that have no room keep the others waiting no more, until all have room again: what is
   * for them is lost meanwhile, as on a network that is gone.
   */
  void passOver() {
    passing = true;
  }

  @Override
  public void receive(DatagramBatch into) throws IOException {
    first++; // each has its turn to be the first: it may leave no room
    // By number, since an iterator would be garbage of each turn. Behind one that fails the next is
    // left for the next turn.
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get(Math.floorMod(first + i, members.size()));
      if (member.socket.isReadable()) {
        int from = into.count();
        receive(member, into);
        into.cameIn(from, member.local);
      }
    }
  }

  private void receive(Member member, DatagramBatch into) throws IOException {
    try {
      member.socket.receive(into);
    } catch (IOException e) {
      if (!isSeveral()) {
        throw e;
      }
      // One network has gone; the connection may have another.
      LOG.log(Level.DEBUG, "the socket at " + member.local + " fails", e);
      remove(member);
    }
  }

  @Override
  public int send(DatagramBatch batch, int from) {
    Member first = members.getFirst();
    if (!isSeveral() && first.remote == null) {
      return first.socket.send(batch, from);
    }
    return !passing && allBy(first, batch, from)
        ? first.socket.send(batch, from)
        : sendSingly(batch, from);
  }

  private static boolean allBy(Member member, DatagramBatch batch, int from) {
    for (int i = from; i < batch.count(); i++) {
      if (!member.carries(batch.local(i), batch.remote(i))) {
        return false;
      }
    }
    return true;
  }

  /** Only while paths are probed and left. */
  private int sendSingly(DatagramBatch batch, int from) {
    if (single == null || single.slotSize() < batch.slotSize()) {
      single = new DatagramBatch(1, batch.slotSize());
    }
    for (int i = from; i < batch.count(); i++) {
      Member member = memberFor(batch.local(i), batch.remote(i));
      single.clear();
      if (member != null) {
        single.append(batch, i, i + 1);
        if (member.socket.send(single, 0) == 0 && !passing) {
          return i;
        }
      }
    }
    return batch.count();
  }

  @Override
  public boolean isDrained() {
    return members.stream().allMatch(member -> member.socket.isDrained());
  }

  private Member memberFor(InetSocketAddress local, InetSocketAddress remote) {
    for (Member member : members) {
      if (member.carries(local, remote)) {
        return member;
      }
    }
    for (Member member : members) {
      if (member.isAt(local)) {
        return another(member, remote);
      }
    }
    return null; // its socket is gone, and what is sent there is lost
  }

  /**
   * A connection talks to another address of its server from the same address of its own: the
   * socket for it is like the one that it has, but for the port.
   */
  private Member another(Member like, InetSocketAddress remote) {
    try {
      if (members.size() >= MAX_MEMBERS) {
        return null;
      }
      InetSocketAddress bind = new InetSocketAddress(like.local.getAddress(), 0);
      UdpSocket opened = poller.open(Binding.alone(bind, remote));
      Member made = new Member(opened, like.local, remote, false);
      members.add(made);
      listen();
      return made;
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "no socket from " + like.local + " to " + remote, e);
      return null;
    }
  }

  @Override
  public String takeRefusal() {
    String refusal = null;
    for (Member member : members) {
      String own = member.socket.takeRefusal();
      refusal = refusal == null && !isSeveral() ? own : refusal;
    }
    return refusal;
  }

  @Override
  public void onReady(Runnable listener) {
    ready = listener;
    listen();
  }

  @Override
  public void onTooLarge(TooLarge listener) {
    tooLarge = listener;
    listen();
  }

  @Override
  public void close() {
    members.forEach(member -> member.socket.close());
  }
}
