package dev.sluice.quic.endpoint;

import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.crypto.InitialKeys;
import dev.sluice.quic.crypto.PacketCiphers;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.crypto.RetryIntegrity;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.frame.ConnectionCloseFrame;
import dev.sluice.quic.packet.LongHeader;
import dev.sluice.quic.packet.LongHeaderWriter;
import dev.sluice.quic.packet.PacketParser;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.packet.RetryPacket;
import dev.sluice.quic.packet.VersionNegotiationPacket;
import dev.sluice.quic.trace.Footprint;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.quic.wire.WireWriter;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What an endpoint answers to datagrams that belong to no connection: Version Negotiation, Retry,
 * refusals and stateless resets. Each is smaller than what it answers.
 */
final class StatelessAnswers {

  /**
   * Answers that may wait for the socket. They repay no effort of the peer's, so a flood gets no
   * more than this many a turn and the rest is dropped.
   */
  private static final int MAX_WAITING = 64;

  private record Answer(byte[] datagram, InetSocketAddress local, InetSocketAddress remote) {}

  private final AnswerLimit limit = new AnswerLimit();
  private final Deque<Answer> waiting = new ArrayDeque<>();
  private final RandomGenerator random;
  private final PacketCiphers ciphers;
  private final EndpointTrace trace;

  StatelessAnswers(RandomGenerator random, PacketCiphers ciphers, EndpointTrace trace) {
    this.trace = trace;
    this.random = random;
    this.ciphers = ciphers;
  }

  /** Whether one more answer may be given now that serves nobody but the peer. */
  boolean mayAnswer(long now) {
    return waiting.size() < MAX_WAITING && limit.take(now);
  }

  void add(byte[] datagram, InetSocketAddress local, InetSocketAddress remote) {
    if (waiting.size() < MAX_WAITING) {
      waiting.add(new Answer(datagram, local, remote));
    }
  }

  void measure(Footprint out) {
    out.holds("answers without a connection", waiting.size(), MAX_WAITING);
  }

  boolean isPending() {
    return !waiting.isEmpty();
  }

  void send(DatagramBatch out) {
    while (!waiting.isEmpty() && out.hasRoom()) {
      Answer answer = waiting.poll();
      System.arraycopy(
          answer.datagram(), 0, out.buffer(), out.nextOffset(), answer.datagram().length);
      out.add(answer.datagram().length, answer.local(), answer.remote(), 0);
    }
  }

  /**
   * RFC 9000 §6.1: the versions on offer here, and a reserved one so that nobody counts on the
   * list.
   *
   * @param destination of the client's packet
   * @param source of the client's packet
   */
  void versionNegotiation(
      ConnectionId destination,
      ConnectionId source,
      List<QuicVersion> offered,
      InetSocketAddress local,
      InetSocketAddress remote) {
    int[] versions = new int[offered.size() + 1];
    versions[0] = QuicVersion.grease(random);
    for (int i = 0; i < offered.size(); i++) {
      versions[i + 1] = offered.get(i).number();
    }
    byte[] datagram =
        new byte[VersionNegotiationPacket.length(source, destination, versions.length)];
    VersionNegotiationPacket.write(
        new WireWriter(datagram, 0, datagram.length),
        source,
        destination,
        versions,
        random.nextInt());
    trace.onVersionNegotiation(source, destination, versions, datagram.length);
    add(datagram, local, remote);
  }

  /** §8.1.2: asks the client to prove its address by coming back with a token. */
  void retry(
      LongHeader initial,
      ConnectionId chosen,
      byte[] token,
      InetSocketAddress local,
      InetSocketAddress remote) {
    Bytes sealed = Bytes.of(token);
    byte[] datagram = new byte[RetryPacket.length(initial.source(), chosen, sealed)];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    RetryPacket.write(out, initial.version(), initial.source(), chosen, sealed, random.nextInt());
    out.bytes(
        RetryIntegrity.tag(
            initial.version(),
            initial.destination(),
            datagram,
            0,
            datagram.length - PacketParser.RETRY_TAG_LENGTH));
    trace.onRetry(initial, chosen, token.length, datagram.length);
    add(datagram, local, remote);
  }

  /**
   * §10.3: there is no connection with this ID, if one may say so.
   *
   * @param length of the datagram that asked for one
   */
  void reset(
      StatelessResets resets,
      ConnectionId unknown,
      int length,
      InetSocketAddress local,
      InetSocketAddress remote,
      long now) {
    byte[] reset = unknown.length() == 0 ? null : resets.answer(unknown, length);
    if (reset != null && mayAnswer(now)) {
      trace.onReset(reset.length);
      add(reset, local, remote);
    }
  }

  /** An Initial with CONNECTION_CLOSE, under keys that need no state (§10.2.3). */
  void refuse(
      LongHeader initial,
      TransportError error,
      String reason,
      InetSocketAddress local,
      InetSocketAddress remote) {
    PacketKeys keys = InitialKeys.server(initial.version(), initial.destination());
    byte[] datagram = new byte[256];
    WireWriter out = new WireWriter(datagram, 0, datagram.length);
    int lengthField =
        LongHeaderWriter.begin(
            out,
            PacketType.INITIAL,
            initial.version(),
            initial.source(),
            initial.destination(),
            Bytes.EMPTY,
            0,
            1);
    int payload = out.position();
    int room = datagram.length - payload - PacketKeys.TAG_LENGTH;
    ConnectionCloseFrame close =
        new ConnectionCloseFrame(false, error.code(), 0, reason).fitting(room);
    close.write(out);
    int end = out.position() + PacketKeys.TAG_LENGTH;
    LongHeaderWriter.finishLength(datagram, lengthField, end);
    keys.seal(datagram, 0, payload, out.position() - payload, 0);
    keys.protectHeader(datagram, 0, payload - 1, 1);
    keys.destroy();
    trace.onRefused(initial, close, end);
    add(Arrays.copyOf(datagram, end), local, remote);
  }

  /** Whether an Initial was made by someone who knows the keys, and not at random or in error. */
  boolean isAuthentic(LongHeader initial, byte[] buffer) {
    byte[] copy = Arrays.copyOfRange(buffer, initial.start(), initial.end());
    int numberOffset = initial.packetNumberOffset() - initial.start();
    PacketKeys keys = InitialKeys.client(initial.version(), initial.destination(), ciphers);
    int numberLength = keys.unprotectHeader(copy, 0, numberOffset, copy.length);
    boolean authentic = false;
    if (numberLength > 0) {
      long number = 0;
      for (int i = 0; i < numberLength; i++) {
        number = number << 8 | copy[numberOffset + i] & 0xff;
      }
      int header = numberOffset + numberLength;
      // A client's first packet numbers are small, so that truncation changes nothing (§12.3).
      int length = copy.length - header;
      authentic = keys.open(copy, 0, header, length, number, new byte[length]) >= 0;
    }
    keys.destroy();
    return authentic;
  }
}
