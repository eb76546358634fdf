package dev.sluice.quic.connection;

import dev.sluice.quic.ending.StreamEnding;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.stream.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * An application that both sides know by heart: streams of both types from both sides, whole ones
 * and such that either side gives up, and datagrams. Every byte is checked where it arrives. The
 * client closes when everything has come to its end.
 */
final class Conversation {

  /** What becomes of one direction of a stream. */
  enum Fate {
    /** All of it arrives. */
    FINISHED,
    /** The sender resets it once everything is written; a beginning arrives. */
    RESET,
    /** The sender resets it but for its beginning, which arrives. */
    RESET_AT,
    /** The receiver stops it after so many bytes. */
    STOPPED
  }

  /**
   * One direction of a stream.
   *
   * @param bytes that are written
   * @param at how many of them arrive before a reset, or are read before stopping
   */
  record Part(int bytes, Fate fate, int at) {
    static Part whole(int bytes) {
      return new Part(bytes, Fate.FINISHED, bytes);
    }

    private static Part any(SplittableRandom random, int most) {
      int bytes = random.nextInt(most + 1);
      Fate fate = random.nextInt(3) > 0 ? Fate.FINISHED : Fate.values()[random.nextInt(4)];
      return new Part(bytes, fate, random.nextInt(bytes + 1));
    }
  }

  /**
   * A stream.
   *
   * @param back null for a unidirectional one
   */
  record Plan(boolean byClient, Part forth, Part back) {}

  private static final int DATAGRAM = 100;

  private final List<Plan> plans;
  private final int datagrams;
  private final Map<Connection, Half> halves = new HashMap<>();

  /** The directions that have ended at their receivers: stream id and whether its opener sent. */
  private final Set<String> arrived = new HashSet<>();

  Conversation(List<Plan> plans, int datagrams) {
    this.plans = plans;
    this.datagrams = datagrams;
  }

  /** One stream of the client's, with so many bytes each way. */
  static Conversation transfer(int bytes) {
    return new Conversation(List.of(new Plan(true, Part.whole(bytes), Part.whole(bytes))), 0);
  }

  /** Some streams with some of everything, and some datagrams. */
  static Conversation any(SplittableRandom random, int bytes) {
    List<Plan> plans = new ArrayList<>();
    int count = 1 + random.nextInt(random.nextBoolean() ? 2 : 8);
    for (int i = 0; i < count; i++) {
      Part forth = Part.any(random, bytes / count);
      Part back = random.nextInt(3) == 0 ? null : Part.any(random, bytes / count);
      plans.add(new Plan(i == 0 || random.nextInt(3) > 0, forth, back));
    }
    return new Conversation(List.copyOf(plans), random.nextInt(3) == 0 ? random.nextInt(20) : 0);
  }

  /** Whether every direction of every stream has ended as planned where it was to arrive. */
  boolean isComplete() {
    int directions = plans.stream().mapToInt(plan -> plan.back() == null ? 1 : 2).sum();
    return arrived.size() == directions;
  }

  /** Whether no receiver gives up a stream, of which its peer may never hear before the close. */
  boolean isHeardOut() {
    return plans.stream()
        .flatMap(plan -> Stream.of(plan.forth(), plan.back()))
        .allMatch(part -> part == null || part.fate() != Fate.STOPPED);
  }

  /** A client that has a ticket begins at once. */
  void begin(Connection client) {
    halves.computeIfAbsent(client, Half::new).open();
  }

  /** Takes all events of a connection of either side. */
  void onEvents(Connection connection) {
    Half half = halves.computeIfAbsent(connection, Half::new);
    for (QuicEvent e = connection.nextEvent(); e != null; e = connection.nextEvent()) {
      half.on(e);
    }
  }

  private Plan plan(long id) {
    List<Plan> alike =
        plans.stream()
            .filter(plan -> plan.byClient() == StreamId.isClientInitiated(id))
            .filter(plan -> (plan.back() != null) == StreamId.isBidirectional(id))
            .toList();
    if (StreamId.index(id) >= alike.size()) {
      throw new AssertionError("nobody opens stream " + id);
    }
    return alike.get((int) StreamId.index(id));
  }

  private static byte pattern(long id, int index) {
    return (byte) (id * 7 + index * 31 + (index >> 8));
  }

  private static final class Outgoing {
    final SendStream stream;
    final Part part;
    int written;
    boolean ended;

    Outgoing(SendStream stream, Part part) {
      this.stream = stream;
      this.part = part;
    }
  }

  private static final class Incoming {
    final RecvStream stream;
    final Part part;
    int read;
    boolean stopped;

    Incoming(RecvStream stream, Part part) {
      this.stream = stream;
      this.part = part;
    }
  }

  /** One side's part. */
  private final class Half {
    private final Connection connection;
    private final byte[] chunk = new byte[8_192];
    private final Map<Long, Outgoing> outgoing = new HashMap<>();
    private final Map<Long, Incoming> incoming = new HashMap<>();
    private final Set<Integer> datagramsSeen = new HashSet<>();
    private int opened;
    private int sent;
    private int completed;
    private int received;

    Half(Connection connection) {
      this.connection = connection;
    }

    void on(QuicEvent event) {
      switch (event) {
        case QuicEvent.HandshakeComplete e -> {
          open();
          sendDatagrams();
        }
        case QuicEvent.StreamsAvailable e -> open();
        case QuicEvent.PeerOpened(RecvStream in, SendStream out) -> {
          Plan plan = plan(in.id());
          incoming.put(in.id(), new Incoming(in, plan.forth()));
          if (out != null) {
            write(add(out, plan.back()));
          }
        }
        case QuicEvent.Writable(SendStream out) -> write(outgoing.get(out.id()));
        case QuicEvent.Readable(RecvStream in) -> {
          Incoming known = incoming.get(in.id());
          if (!known.stopped) { // else its final size is known, which is nothing new here
            read(known);
          }
        }
        case QuicEvent.SendCompleted(SendStream out) -> {
          completed++;
          closeWhenDone();
        }
        case QuicEvent.DatagramReceived(byte[] data) -> onDatagram(data);
        default -> {}
      }
    }

    /** Opens as many of this side's streams as the peer lets it. */
    void open() {
      List<Plan> own = plans.stream().filter(p -> p.byClient() == connection.isClient()).toList();
      while (opened < own.size()) {
        Plan plan = own.get(opened);
        SendStream out;
        if (plan.back() == null) {
          out = connection.openUni();
        } else {
          BidiStream both = connection.openBidi();
          out = both == null ? null : both.send();
          if (both != null) {
            incoming.put(both.id(), new Incoming(both.recv(), plan.back()));
          }
        }
        if (out == null) {
          return; // StreamsAvailable follows
        }
        opened++;
        write(add(out, plan.forth()));
      }
    }

    private Outgoing add(SendStream out, Part part) {
      Outgoing added = new Outgoing(out, part);
      outgoing.put(out.id(), added);
      out.setPriority((int) (out.id() % 8), out.id() % 3 == 0);
      sent++;
      return added;
    }

    private void write(Outgoing out) {
      while (out.written < out.part.bytes()) {
        int length = Math.min(chunk.length, out.part.bytes() - out.written);
        for (int i = 0; i < length; i++) {
          chunk[i] = pattern(out.stream.id(), out.written + i);
        }
        int taken = out.stream.write(chunk, 0, length);
        out.written += taken;
        if (taken < length) {
          return; // Writable follows, unless the peer has stopped it
        }
      }
      if (!out.ended) {
        out.ended = true;
        switch (out.part.fate()) {
          case FINISHED, STOPPED -> out.stream.finish();
          case RESET -> out.stream.reset(7);
          case RESET_AT -> out.stream.resetAt(7, out.part.at());
        }
      }
    }

    private void read(Incoming in) {
      while (true) {
        int n = in.stream.read(chunk, 0, chunk.length);
        if (n == RecvStream.ENDED) {
          onEnd(in);
          return;
        }
        for (int i = 0; i < n; i++) {
          if (chunk[i] != pattern(in.stream.id(), in.read + i)) {
            throw new AssertionError(
                "byte " + (in.read + i) + " of stream " + in.stream.id() + " is wrong");
          }
        }
        in.read += n;
        if (in.read > in.part.bytes()) {
          throw new AssertionError("stream " + in.stream.id() + " has too much");
        }
        if (n == RecvStream.NOTHING_NOW) {
          return;
        }
        if (in.part.fate() == Fate.STOPPED && in.read >= in.part.at()) {
          in.stopped = true;
          in.stream.stopSending(9);
        }
      }
    }

    private void onEnd(Incoming in) {
      StreamEnding ending = in.stream.ending();
      if (ending instanceof StreamEnding.ConnectionEnded) {
        return;
      }
      boolean asPlanned =
          switch (in.part.fate()) {
            case FINISHED -> ending instanceof StreamEnding.Finished && in.read == in.part.bytes();
            case RESET -> ending instanceof StreamEnding.ResetByPeer(long code) && code == 7;
            case RESET_AT ->
                ending instanceof StreamEnding.ResetByPeer(long code)
                    && code == 7
                    && in.read >= in.part.at();
            case STOPPED ->
                ending instanceof StreamEnding.AbandonedLocally
                    || (ending instanceof StreamEnding.Finished && in.read == in.part.bytes());
          };
      if (!asPlanned) {
        throw new AssertionError(
            "stream %d: %s, after %d bytes: %s"
                .formatted(in.stream.id(), in.part, in.read, ending));
      }
      boolean ofOpener = StreamId.isClientInitiated(in.stream.id()) != connection.isClient();
      if (!arrived.add(in.stream.id() + (ofOpener ? " forth" : " back"))) {
        throw new AssertionError("stream " + in.stream.id() + " ended twice");
      }
      received++;
      closeWhenDone();
    }

    private void sendDatagrams() {
      byte[] datagram = new byte[DATAGRAM];
      for (int i = 0; i < datagrams && connection.maxDatagramLength() >= DATAGRAM; i++) {
        for (int k = 0; k < DATAGRAM; k++) {
          datagram[k] = pattern(i, k);
        }
        datagram[0] = (byte) i;
        connection.sendDatagram(datagram, 0, DATAGRAM);
      }
    }

    private void onDatagram(byte[] data) {
      int number = data[0];
      if (data.length != DATAGRAM || number >= datagrams || !datagramsSeen.add(number)) {
        throw new AssertionError("nobody sent datagram " + number + " like that, or twice");
      }
      for (int k = 1; k < DATAGRAM; k++) {
        if (data[k] != pattern(number, k)) {
          throw new AssertionError("byte " + k + " of datagram " + number + " is wrong");
        }
      }
    }

    private void closeWhenDone() {
      boolean client = connection.isClient();
      long outs = plans.stream().filter(p -> p.byClient() == client || p.back() != null).count();
      long ins = plans.stream().filter(p -> p.byClient() != client || p.back() != null).count();
      if (client && sent == outs && completed == outs && received == ins) {
        connection.close(0, "done");
      }
    }
  }
}
