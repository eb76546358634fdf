package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
import dev.sluice.quic.io.IoMode;
import dev.sluice.tls.KeyLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A transfer between our client and our server, as Wireshark's dissectors see it.
 *
 * <p>Both send one datagram a call ({@link IoMode#PORTABLE}). What Linux cuts into datagrams itself
 * passes a loopback interface in one piece, and a capture there shows it as one datagram: a packet
 * with a short header that nobody could decrypt, since such a packet reaches to the datagram's end.
 */
@Tag("interop")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class TsharkTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long PAUSE_NANOS = 20_000_000;
  private static final String LAST = "the end of the capture";
  private static final int END = 32;

  /** The streams of the two requests. */
  private static final int GET = 0;

  private static final int POST = 4;

  @TempDir Path folder;
  private Path capture;
  private Path keyLog;

  @Test
  void decryptsAndFindsNothingMalformed() throws Exception {
    Program.require("tshark", "tshark");
    PeerFiles files = PeerFiles.create(folder);
    capture = folder.resolve("capture.pcapng");
    keyLog = Files.createFile(folder.resolve("keys"));
    TestBody body = new TestBody(200_000);
    int port;
    try (OurServer server = OurServer.start(files, b -> b.io(IoMode.PORTABLE))) {
      port = server.address().getPort();
      try (PeerProcess dumpcap = capture(port)) {
        try (OurClient client =
            OurClient.to(port, files, b -> b.io(IoMode.PORTABLE).keyLog(this::log))) {
          assertEquals(body.digest(), client.get("/body/200000").body());
          assertEquals(body.digest(), client.post("/echo", body).body());
        }
        awaitEndOfCapture(port, dumpcap);
      }
    }
    assertEquals(List.of(), read("_ws.malformed || _ws.expert.severity == error", "frame.number"));
    assertEquals(List.of(), read("quic.decryption_failed", "frame.number"));
    assertTrue(read("http3", "frame.number").size() > 2, "no HTTP/3");
    requireBody(body, "udp.srcport == " + port + " && quic.stream.stream_id == " + GET);
    requireBody(body, "udp.srcport == " + port + " && quic.stream.stream_id == " + POST);
    requireBody(body, "udp.dstport == " + port + " && quic.stream.stream_id == " + POST);
  }

  /** Both ends of a body, once or, when a packet was late and sent again, more often. */
  private void requireBody(TestBody body, String filter) throws IOException {
    HexFormat hex = HexFormat.of();
    byte[] bytes = body.bytes();
    String seen = String.join("", read(filter, "quic.stream_data"));
    assertTrue(seen.contains(hex.formatHex(bytes, 0, END)), "no beginning: " + filter);
    assertTrue(
        seen.contains(hex.formatHex(bytes, bytes.length - END, bytes.length)), "no end: " + filter);
  }

  private void log(String label, byte[] clientRandom, byte[] secret) {
    try {
      String line = KeyLog.line(label, clientRandom, secret) + "\n";
      Files.writeString(keyLog, line, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PeerProcess capture(int port) throws IOException {
    String dumpcap = Program.require("dumpcap", "tshark (wireshark-common)");
    PeerProcess process =
        PeerProcess.start(
            folder, dumpcap, "-i", "lo", "-f", "udp port " + port, "-w", capture.toString());
    process.awaitLine("^File: ", LONG);
    return process;
  }

  /** Sends something that is no QUIC packet, and waits until that is in the file. */
  private void awaitEndOfCapture(int port, PeerProcess dumpcap) throws IOException {
    byte[] last = LAST.getBytes(StandardCharsets.US_ASCII);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(new DatagramPacket(last, last.length, InetAddress.getLoopbackAddress(), port));
    }
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!Files.readString(capture, StandardCharsets.ISO_8859_1).contains(LAST)) {
      if (System.nanoTime() > deadline) {
        throw dumpcap.failure("has not written the last datagram");
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** The given field of all frames that match. */
  private List<String> read(String filter, String field) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Program.require("tshark", "tshark"), "-Q", "-2"));
    command.addAll(List.of("-r", capture.toString()));
    command.addAll(List.of("-o", "tls.keylog_file:" + keyLog));
    command.addAll(List.of("-Y", filter, "-T", "fields", "-e", field));
    try (PeerProcess tshark = PeerProcess.start(folder, command.toArray(String[]::new))) {
      tshark.awaitSuccess(LONG);
      return tshark.output().lines().filter(line -> !line.startsWith("Running as")).toList();
    }
  }
}
