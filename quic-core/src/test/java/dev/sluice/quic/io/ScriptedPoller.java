package dev.sluice.quic.io;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.TooLarge;
import dev.sluice.quic.io.udp.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A system of a test's own: sockets that take what they are told to, and a count of the calls. */
final class ScriptedPoller implements Poller {
  final AtomicInteger wakeUps = new AtomicInteger();
  final AtomicInteger waits = new AtomicInteger();
  final List<Socket> sockets = new ArrayList<>();
  private final Semaphore woken = new Semaphore(0);

  @Override
  public synchronized UdpSocket open(Binding binding) {
    Socket socket = new Socket(10_000 + sockets.size());
    sockets.add(socket);
    return socket;
  }

  @Override
  public String description() {
    return "scripted";
  }

  @Override
  public DatagramBatch newReceiveBatch(int largest) {
    return new DatagramBatch(256, 2048);
  }

  @Override
  public void await(long nanos) {
    waits.incrementAndGet();
    try {
      if (nanos > 0 && woken.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
        woken.drainPermits();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void wakeUp() {
    wakeUps.incrementAndGet();
    woken.release();
  }

  @Override
  public void close() {}

  /** Takes as many datagrams as it has room for. */
  static final class Socket implements UdpSocket {
    final List<byte[]> sent = new ArrayList<>();

    /** How many datagrams each call of {@link #send} took that took any. */
    final List<Integer> calls = new ArrayList<>();

    int room = Integer.MAX_VALUE;
    int sendCalls;
    int receiveCalls;
    private final InetSocketAddress local;
    private Runnable ready = () -> {};
    private boolean writable = true;

    /** What the system will say of the peer. */
    private String refusal;

    /** What {@link #receive} fails with, or null. */
    private IOException failure;

    boolean closed;

    /** Nothing of what it takes has left. */
    boolean keeping;

    /** There is always more to receive. */
    boolean endless;

    /** What the next call of {@link #receive} brings. */
    private DatagramBatch arriving = new DatagramBatch(1, 1);

    Socket(int port) {
      this.local = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** On the loop's thread: there is room again. */
    void makeRoom(int datagrams) {
      room = datagrams;
      writable = true;
      ready.run();
    }

    /** On the loop's thread: datagrams have come, all at once. */
    void arrive(DatagramBatch datagrams) {
      arriving = datagrams;
      ready.run();
    }

    /** On the loop's thread: what it was given is out. */
    void leave() {
      keeping = false;
      ready.run();
    }

    /** On the loop's thread: the peer cannot be reached. */
    void refuse(String why) {
      refusal = why;
      ready.run();
    }

    /** On the loop's thread: the system gives nothing any more. */
    void fail(IOException why) {
      failure = why;
      ready.run();
    }

    @Override
    public InetSocketAddress localAddress() {
      return local;
    }

    @Override
    public String description() {
      return "scripted";
    }

    @Override
    public boolean forbidsFragments() {
      return true;
    }

    @Override
    public boolean isReadable() {
      return endless || failure != null || refusal != null || arriving.count() > 0;
    }

    @Override
    public boolean isWritable() {
      return writable;
    }

    @Override
    public void receive(DatagramBatch into) throws IOException {
      receiveCalls++;
      if (failure != null) {
        throw failure;
      }
      if (arriving.count() <= into.datagramsFree()) {
        into.append(arriving, 0, arriving.count());
        arriving.clear();
      }
      while (endless && into.hasRoom()) {
        into.add(1, null, local, 0);
      }
    }

    @Override
    public int send(DatagramBatch batch, int from) {
      sendCalls++;
      int next = from;
      for (; next < batch.count() && room > 0; next++, room--) {
        int offset = batch.offset(next);
        sent.add(Arrays.copyOfRange(batch.buffer(), offset, offset + batch.length(next)));
      }
      if (next > from) {
        calls.add(next - from);
      }
      writable = next == batch.count();
      return next;
    }

    @Override
    public boolean isDrained() {
      return !keeping;
    }

    @Override
    public String takeRefusal() {
      String taken = refusal;
      refusal = null;
      return taken;
    }

    @Override
    public void onReady(Runnable listener) {
      ready = listener;
    }

    @Override
    public void onTooLarge(TooLarge listener) {}

    @Override
    public void close() {
      closed = true;
    }
  }
}
