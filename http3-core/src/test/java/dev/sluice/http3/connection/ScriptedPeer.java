package dev.sluice.http3.connection;

import dev.sluice.http3.memory.MemorySendStream;
import dev.sluice.qpack.EncoderLimits;
import dev.sluice.qpack.QpackDecoder;
import dev.sluice.qpack.QpackEncoder;
import dev.sluice.qpack.QpackException;
import dev.sluice.quic.ending.ConnectionEnding;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A peer that sends scripted messages, and knows how much of each has been delivered. */
final class ScriptedPeer {
  private final boolean toClient;
  private final List<ScriptedMessage> messages = new ArrayList<>();
  private final List<MemorySendStream> streams = new ArrayList<>();
  private final List<byte[]> bytes = new ArrayList<>();
  private final byte[] encoderBytes;
  private final int[] delivered;
  private final boolean[] finDelivered;
  private int encoderDelivered;
  private MemorySendStream encoderStream;
  private RawPeer peer;

  ScriptedPeer(boolean toClient, List<ScriptedMessage.Item> items, int count, Random random) {
    this.toClient = toClient;
    delivered = new int[count];
    finDelivered = new boolean[count];
    QpackEncoder encoder = new QpackEncoder(new EncoderLimits(4096, 100));
    ByteArrayOutputStream instructions = new ByteArrayOutputStream();
    try {
      encoder.onPeerSettings(4096, 100);
    } catch (QpackException e) {
      throw new AssertionError(e);
    }
    for (int i = 0; i < count; i++) {
      ScriptedMessage message = new ScriptedMessage(toClient, items, i, encoder, random);
      messages.add(message);
      bytes.add(message.bytes());
      instructions.writeBytes(encoder.takeEncoderStream());
    }
    encoderBytes = instructions.toByteArray();
  }

  /** Opens the streams and writes everything; nothing of it is delivered yet. */
  List<MemorySendStream> open(RawPeer rawPeer) {
    peer = rawPeer;
    for (int i = 0; i < messages.size(); i++) {
      if (toClient) {
        peer.connection.openRequest(Pair.get("/"), true);
      }
    }
    peer.deliver();
    encoderStream = peer.uni(0x02);
    RawPeer.write(encoderStream, encoderBytes);
    peer.link.deliver(peer.peer, encoderStream.id(), 1);
    for (int i = 0; i < messages.size(); i++) {
      MemorySendStream stream =
          toClient ? peer.peer.sendStream(4L * i) : (MemorySendStream) peer.peer.openBidi().send();
      RawPeer.write(stream, bytes.get(i));
      if (messages.get(i).fin()) {
        stream.finish();
      }
      streams.add(stream);
    }
    return streams;
  }

  /** Delivers a random piece of a random stream. */
  void deliverSome(Random random) {
    int which = random.nextInt(streams.size() + 1);
    int piece = 1 + random.nextInt(random.nextBoolean() ? 3 : 300);
    if (which == streams.size()) {
      peer.link.deliver(peer.peer, encoderStream.id(), piece);
      encoderDelivered = Math.min(encoderBytes.length, encoderDelivered + piece);
    } else {
      peer.link.deliver(peer.peer, streams.get(which).id(), piece);
      delivered[which] = Math.min(bytes.get(which).length, delivered[which] + piece);
      finDelivered[which] =
          messages.get(which).fin() && delivered[which] == bytes.get(which).length;
    }
  }

  /** Whether a reset would come before the end. */
  boolean mayReset(int i) {
    return !finDelivered[i] && delivered[i] > 0;
  }

  void deliverEnd(int i) {
    peer.link.deliver(peer.peer, streams.get(i).id(), 0);
  }

  /** What the application must see of a message. */
  Expectation model(int i, Long reset, ConnectionEnding ending) {
    if (!toClient && delivered[i] == 0) {
      return new Expectation(List.of());
    }
    QpackDecoder oracle = new QpackDecoder(4096, 100, 1 << 20);
    try {
      oracle.onEncoderStream(encoderBytes, 0, encoderDelivered);
    } catch (QpackException e) {
      throw new AssertionError(e);
    }
    return new Expectation(
        messages.get(i).seen(delivered[i], finDelivered[i], oracle, reset, ending));
  }

  record Expectation(List<String> expected) {}
}
