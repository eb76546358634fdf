package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.AckFrame;
import dev.sluice.quic.frame.AckFrequencyFrame;
import dev.sluice.quic.frame.AckRanges;
import dev.sluice.quic.frame.DataBlockedFrame;
import dev.sluice.quic.frame.DatagramFrame;
import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.HandshakeDoneFrame;
import dev.sluice.quic.frame.ImmediateAckFrame;
import dev.sluice.quic.frame.MaxDataFrame;
import dev.sluice.quic.frame.MaxStreamDataFrame;
import dev.sluice.quic.frame.MaxStreamsFrame;
import dev.sluice.quic.frame.NewConnectionIdFrame;
import dev.sluice.quic.frame.NewTokenFrame;
import dev.sluice.quic.frame.PathChallengeFrame;
import dev.sluice.quic.frame.PathResponseFrame;
import dev.sluice.quic.frame.PingFrame;
import dev.sluice.quic.frame.ResetStreamAtFrame;
import dev.sluice.quic.frame.ResetStreamFrame;
import dev.sluice.quic.frame.RetireConnectionIdFrame;
import dev.sluice.quic.frame.StopSendingFrame;
import dev.sluice.quic.frame.StreamDataBlockedFrame;
import dev.sluice.quic.frame.StreamFrame;
import dev.sluice.quic.frame.StreamsBlockedFrame;
import dev.sluice.quic.stream.BidiStream;
import dev.sluice.quic.stream.RecvStream;
import dev.sluice.quic.stream.SendStream;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * A peer whose frames could each be right: small numbers, so that they meet in the same few streams
 * and connection IDs, while an application uses the connection. Most that is wrong among them is
 * wrong because of what came before.
 */
class PlausibleFramesTest {
  private static final int PAIRS = 300;
  private static final int PACKETS = 60;

  /** Begins with the name of a frame. */
  private static final String NAMED = "[A-Z_]{3,}.*";

  private SplittableRandom random;
  private Bounds bounds;

  @Test
  @Requirement({"RFC9000-12.4#3", "RFC9000-12.4#4"})
  void endWithTheRightErrorInWhicheverOrderTheyCome() {
    Simulation.seeds(PAIRS, this::converse);
  }

  private void converse(Simulation sim) {
    random = sim.random().split();
    bounds = new Bounds();
    Duo duo =
        new Duo(
            sim,
            TransportConfig.DEFAULTS,
            TransportConfig.DEFAULTS,
            () -> new Link().delay(Simulation.ms(1)));
    boolean toClient = random.nextBoolean();
    Connection target = toClient ? duo.client : duo.server;
    // The other side would close when it heard of packets that it has not sent.
    duo.sim.route(
        toClient ? duo.clientAddress : duo.serverAddress,
        toClient ? duo.serverAddress : duo.clientAddress,
        new Link().loss(1));
    List<QuicEvent> events = toClient ? duo.clientEvents : duo.serverEvents;
    List<SendStream> sends = new ArrayList<>();
    List<RecvStream> recvs = new ArrayList<>();
    for (int i = 0; i < PACKETS && target.ending() == null; i++) {
      byte[] payload = SealedPackets.payload(frames());
      if (toClient) {
        duo.toClient(duo.fromServer(payload));
      } else {
        duo.toServer(duo.fromClient(payload));
      }
      use(target, events, sends, recvs);
      duo.runFor(random.nextInt(3));
      bounds.check(duo.clientNode.endpoint());
      bounds.check(duo.serverNode.endpoint());
    }
    if (target.ending() instanceof TransportClose close && close.by() == Side.LOCAL) {
      assertNotEquals(TransportError.INTERNAL_ERROR.code(), close.code(), close::reason);
      assertTrue(close.reason().matches(NAMED), close::reason);
    }
  }

  /** An application that does a bit of everything. */
  private void use(
      Connection connection,
      List<QuicEvent> events,
      List<SendStream> sends,
      List<RecvStream> recvs) {
    BidiStream mine = random.nextInt(4) == 0 ? connection.openBidi() : null;
    SendStream uni = random.nextInt(4) == 0 ? connection.openUni() : null;
    if (mine != null) {
      sends.add(mine.send());
      recvs.add(mine.recv());
    }
    if (uni != null) {
      sends.add(uni);
    }
    for (QuicEvent.PeerOpened opened : Duo.events(events, QuicEvent.PeerOpened.class)) {
      recvs.add(opened.recv());
      if (opened.send() != null) {
        sends.add(opened.send());
      }
    }
    events.clear();
    if (!sends.isEmpty()) {
      write(sends.get(random.nextInt(sends.size())));
    }
    if (!recvs.isEmpty()) {
      RecvStream recv = recvs.get(random.nextInt(recvs.size()));
      if (random.nextInt(6) == 0) {
        recv.stopSending(small());
      } else {
        recv.read(new byte[100], 0, 1 + random.nextInt(100));
      }
    }
  }

  private void write(SendStream send) {
    switch (random.nextInt(8)) {
      case 0 -> send.finish();
      case 1 -> send.reset(small());
      default -> {
        if (send.writable() > 0) {
          send.write(new byte[20], 0, 1 + random.nextInt(20));
        }
      }
    }
  }

  private List<Frame> frames() {
    List<Frame> frames = new ArrayList<>();
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      frames.add(frame());
    }
    return frames;
  }

  private long small() {
    return random.nextInt(12);
  }

  private Frame frame() {
    return switch (random.nextInt(26)) {
      case 0 -> new ResetStreamFrame(small(), small(), small());
      case 1 -> {
        long size = small();
        yield new ResetStreamAtFrame(small(), small(), size, random.nextLong(size + 1));
      }
      case 2 -> new StopSendingFrame(small(), small());
      case 3 -> new MaxDataFrame(small());
      case 4 -> new MaxStreamDataFrame(small(), small());
      case 5 -> new MaxStreamsFrame(random.nextBoolean(), small());
      case 6 -> new DataBlockedFrame(small());
      case 7 -> new StreamDataBlockedFrame(small(), small());
      case 8 -> new StreamsBlockedFrame(random.nextBoolean(), small());
      case 9, 10, 11 -> newConnectionId();
      case 12 -> new RetireConnectionIdFrame(small() / 2);
      case 13 -> new PathChallengeFrame(small());
      case 14 -> new PathResponseFrame(small());
      case 15 -> ack();
      case 16 -> new AckFrequencyFrame(small(), small(), 1000 + small(), small());
      case 17 -> new ImmediateAckFrame();
      case 18 -> random.nextInt(10) == 0 ? new HandshakeDoneFrame() : new PingFrame();
      case 19 -> random.nextInt(10) == 0 ? new DatagramFrame(bytes(), true) : new PingFrame();
      case 20 ->
          random.nextInt(10) == 0 ? new NewTokenFrame(Bytes.of(new byte[9])) : new PingFrame();
      default -> new StreamFrame(small(), small(), bytes(), random.nextInt(4) == 0);
    };
  }

  private Frame ack() {
    long largest = small();
    return new AckFrame(
        largest, small(), AckRanges.of(random.nextLong(largest + 1), largest), null);
  }

  private Frame newConnectionId() {
    long sequence = small();
    ConnectionId id = ConnectionId.of(new byte[] {7, 7, 7, (byte) sequence});
    byte[] token = new byte[16];
    token[0] = (byte) sequence;
    return new NewConnectionIdFrame(sequence, random.nextLong(sequence + 1), id, Bytes.of(token));
  }

  private Bytes bytes() {
    return Bytes.of(new byte[random.nextInt(10)]);
  }
}
