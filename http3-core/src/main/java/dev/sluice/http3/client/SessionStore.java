package dev.sluice.http3.client;

import dev.sluice.tls.SessionTicket;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What servers gave for the next connection to them: session tickets, with which a handshake needs
 * no certificates and requests can go out as 0-RTT, and address tokens. Each is used once, so that
 * nobody can see by them that two connections are from one client (RFC 8446 §C.4, RFC 9000 §8.1.3).
 * Any thread may use it, and several clients may share one; they also share then what servers think
 * of who they are.
 *
 * <p>It can be kept over the end of a program: {@link #toBytes} holds secrets that allow to resume
 * the sessions, and belongs where private keys are.
 */
public final class SessionStore {

  /** Origins remembered, the latest ones: some kilobytes each. */
  private static final int ORIGINS = 200;

  /** Tickets kept for one origin: servers send two or so at a time. */
  private static final int TICKETS = 4;

  /** The first byte of {@link #toBytes}; a new form gets a new number. */
  private static final int FORMAT = 1;

  private static final class Gifts {
    final ArrayDeque<SessionTicket> tickets = new ArrayDeque<>();
    byte[] token;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  private final Map<Origin, Gifts> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Origin, Gifts> eldest) {
          return size() > ORIGINS;
        }
      };

  /** An empty one. */
  public SessionStore() {}

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException the bytes are something else
   */
  public static SessionStore fromBytes(byte[] bytes) {
    SessionStore store = new SessionStore();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readUnsignedByte() != FORMAT) {
        throw new IllegalArgumentException("not stored sessions: unknown format");
      }
      for (int origins = in.readUnsignedShort(); origins > 0; origins--) {
        Origin origin = new Origin(in.readUTF(), in.readUnsignedShort());
        for (int tickets = in.readUnsignedByte(); tickets > 0; tickets--) {
          store.remember(origin, SessionTicket.fromBytes(block(in)));
        }
        byte[] token = block(in);
        if (token.length > 0) {
          store.remember(origin, token);
        }
      }
      return store;
    } catch (IOException e) {
      throw new IllegalArgumentException("not stored sessions: cut short", e);
    }
  }

  private static byte[] block(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] block = length < 0 ? new byte[0] : in.readNBytes(length);
    if (block.length != length) {
      throw new IOException("cut short");
    }
    return block;
  }

  /** A form for storing, read back by {@link #fromBytes}. Contains secrets in the clear. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    lock.lock();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      Instant now = Instant.now();
      out.writeByte(FORMAT);
      out.writeShort(entries.size());
      for (Map.Entry<Origin, Gifts> entry : entries.entrySet()) {
        Gifts gifts = entry.getValue();
        gifts.tickets.removeIf(ticket -> !ticket.isUsableAt(now));
        out.writeUTF(entry.getKey().host());
        out.writeShort(entry.getKey().port());
        out.writeByte(gifts.tickets.size());
        for (SessionTicket ticket : gifts.tickets) {
          writeBlock(out, ticket.toBytes());
        }
        writeBlock(out, gifts.token == null ? new byte[0] : gifts.token);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes everything", e);
    } finally {
      lock.unlock();
    }
  }

  private static void writeBlock(DataOutputStream out, byte[] block) throws IOException {
    out.writeInt(block.length);
    out.write(block);
  }

  /** Whether the next connection to the origin of this URI, an absolute "https" one, can resume. */
  public boolean canResume(URI uri) {
    lock.lock();
    try {
      Gifts gifts = entries.get(Origin.of(uri));
      return gifts != null && gifts.tickets.stream().anyMatch(t -> t.isUsableAt(Instant.now()));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until {@link #canResume} holds: tickets come a little after the handshake.
   *
   * @param limit how long at most
   * @return whether it holds now
   */
  public boolean awaitSession(URI uri, Duration limit) throws InterruptedException {
    long nanos = TimeUnit.NANOSECONDS.convert(limit); // saturates
    lock.lockInterruptibly();
    try {
      while (!canResume(uri) && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return canResume(uri);
    } finally {
      lock.unlock();
    }
  }

  void remember(Origin origin, SessionTicket ticket) {
    lock.lock();
    try {
      ArrayDeque<SessionTicket> tickets = gifts(origin).tickets;
      if (tickets.size() == TICKETS) {
        tickets.removeFirst();
      }
      tickets.addLast(ticket);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void remember(Origin origin, byte[] token) {
    lock.lock();
    try {
      gifts(origin).token = token;
    } finally {
      lock.unlock();
    }
  }

  private Gifts gifts(Origin origin) {
    return entries.computeIfAbsent(origin, o -> new Gifts());
  }

  /** The latest ticket, which is then forgotten; null for none. */
  SessionTicket takeTicket(Origin origin) {
    lock.lock();
    try {
      Gifts gifts = entries.get(origin);
      return gifts == null ? null : gifts.tickets.pollLast();
    } finally {
      lock.unlock();
    }
  }

  /** The token, which is then forgotten; null for none. */
  byte[] takeToken(Origin origin) {
    lock.lock();
    try {
      Gifts gifts = entries.get(origin);
      if (gifts == null) {
        return null;
      }
      byte[] token = gifts.token;
      gifts.token = null;
      return token;
    } finally {
      lock.unlock();
    }
  }
}
