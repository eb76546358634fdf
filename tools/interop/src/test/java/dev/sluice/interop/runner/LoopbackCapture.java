package dev.sluice.interop.runner;

import dev.sluice.network.Datagram;
import dev.sluice.peers.PeerProcess;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** What passes over the loopback interface in IPv4, captured by Wireshark's dumpcap. */
final class LoopbackCapture implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long PAUSE_NANOS = 20_000_000;
  private static final String LAST = "the end of the capture";

  /** Of the file format pcap, of Ethernet, of IPv4 without options, and of UDP, in bytes. */
  private static final int FILE_HEADER = 24;

  private static final int RECORD_HEADER = 16;
  private static final int ETHERNET = 14;
  private static final int IPV4 = 20;
  private static final int UDP = 8;

  private final Path file;
  private final int port;
  private final PeerProcess dumpcap;

  private LoopbackCapture(Path file, int port, PeerProcess dumpcap) {
    this.file = file;
    this.port = port;
    this.dumpcap = dumpcap;
  }

  /** What is not installed and would be needed. */
  static Optional<String> missing() {
    return PeerProcess.find("dumpcap").isPresent()
        ? Optional.empty()
        : Optional.of("dumpcap (package tshark)");
  }

  /** Begins to capture what goes from and to two ports. */
  static LoopbackCapture start(Path folder, int port, int otherPort) throws IOException {
    Path file = folder.resolve("capture.pcap");
    String program = PeerProcess.find("dumpcap").orElseThrow();
    String filter = "udp port " + port + " or udp port " + otherPort;
    PeerProcess dumpcap =
        PeerProcess.start(folder, program, "-i", "lo", "-P", "-f", filter, "-w", file.toString());
    dumpcap.awaitLine("^File: ", PATIENCE);
    return new LoopbackCapture(file, port, dumpcap);
  }

  /** Waits until all is in the file, and reads it. */
  void readInto(Capture capture) throws IOException {
    byte[] last = LAST.getBytes(StandardCharsets.US_ASCII);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(
          new DatagramPacket(
              last, last.length, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!Files.readString(file, StandardCharsets.ISO_8859_1).contains(LAST)) {
      if (System.nanoTime() > deadline) {
        throw dumpcap.failure("has not written the last datagram");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    in.position(FILE_HEADER);
    while (in.remaining() >= RECORD_HEADER) {
      int seconds = in.getInt();
      int micros = in.getInt();
      byte[] frame = new byte[in.getInt()];
      in.getInt();
      in.get(frame);
      Datagram datagram = datagram(frame);
      if (!new String(datagram.bytes(), StandardCharsets.US_ASCII).equals(LAST)) {
        long time = seconds * 1_000_000_000L + micros * 1_000L;
        capture.sent(time, datagram);
        capture.arrived(time, datagram);
      }
    }
  }

  private static Datagram datagram(byte[] frame) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(frame);
    byte[] source = new byte[Integer.BYTES];
    byte[] destination = new byte[Integer.BYTES];
    int ecn = in.get(ETHERNET + 1) & 0x3;
    in.position(ETHERNET + 12);
    in.get(source).get(destination);
    int sourcePort = Short.toUnsignedInt(in.getShort());
    int destinationPort = Short.toUnsignedInt(in.getShort());
    in.position(ETHERNET + IPV4 + UDP);
    byte[] payload = new byte[in.remaining()];
    in.get(payload);
    return new Datagram(
        0,
        payload,
        new InetSocketAddress(InetAddress.getByAddress(source), sourcePort),
        new InetSocketAddress(InetAddress.getByAddress(destination), destinationPort),
        ecn);
  }

  @Override
  public void close() {
    dumpcap.close();
  }
}
