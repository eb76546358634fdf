package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.peers.PeerFiles;
import dev.sluice.peers.PeerProcess;
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

/** A transfer between our client and our server, as Wireshark's dissectors see it. */
@Tag("interop")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TsharkTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final long PAUSE_NANOS = 20_000_000;
  private static final String LAST = "the end of the capture";

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
    try (OurServer server = OurServer.start(files)) {
      port = server.address().getPort();
      // A first handshake is slow, and tshark does not follow one in which much is sent again.
      try (OurClient client = OurClient.to(port, files, b -> b)) {
        client.get("/body/1");
      }
      try (PeerProcess dumpcap = capture(port)) {
        try (OurClient client = OurClient.to(port, files, b -> b.keyLog(this::log))) {
          assertEquals(body.digest(), client.get("/body/200000").body());
          assertEquals(body.digest(), client.post("/echo", body).body());
        }
        awaitEndOfCapture(port, dumpcap);
      }
    }
    assertEquals(List.of(), read("_ws.malformed || _ws.expert.severity == error", "frame.number"));
    assertEquals(List.of(), read("quic.decryption_failed", "frame.number"));
    assertTrue(read("http3", "frame.number").size() > 2, "no HTTP/3");
    HexFormat hex = HexFormat.of();
    byte[] bytes = body.bytes();
    String first = hex.formatHex(bytes, 0, 32);
    String last = hex.formatHex(bytes, bytes.length - 32, bytes.length);
    String toClient = streamData("udp.srcport == " + port);
    String toServer = streamData("udp.dstport == " + port);
    assertEquals(3, toClient.split(first, -1).length, "both responses begin so");
    assertEquals(3, toClient.split(last, -1).length, "and end so");
    assertEquals(2, toServer.split(first, -1).length, "the request's body begins so");
    assertEquals(2, toServer.split(last, -1).length, "and ends so");
  }

  /** The decrypted data of all STREAM frames in the order of the capture, without repetitions. */
  private String streamData(String filter) throws IOException {
    return String.join(
        "", read(filter + " && !quic.retransmission && !quic.overlap", "quic.stream_data"));
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
