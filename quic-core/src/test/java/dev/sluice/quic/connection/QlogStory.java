package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.network.Datagram;
import dev.sluice.network.Watcher;
import dev.sluice.quic.qlog.QlogTrace;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.testkit.qlog.QlogRecords;
import dev.sluice.testkit.qlog.QlogSchema;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The qlog that one side of a connection writes, to be held against the schema of the drafts, the
 * network, the connection's statistics, and what the other side tells.
 */
final class QlogStory implements Tracer, Watcher {
  private final QlogRecords records = new QlogRecords();
  private final QlogTrace qlog = new QlogTrace(records::add, Instant.EPOCH);
  private final boolean client;
  private final Set<InetSocketAddress> server;

  /** The lengths of datagrams that the network saw. */
  private final List<Long> left = new ArrayList<>();

  private final List<Long> arrived = new ArrayList<>();

  /**
   * @param server the server's addresses, which tell the directions apart
   */
  QlogStory(boolean client, Set<InetSocketAddress> server) {
    this.client = client;
    this.server = server;
  }

  @Override
  public void on(long now, TraceEvent event) {
    qlog.on(now, event);
  }

  @Override
  public void sent(long now, Datagram datagram) {
    if (server.contains(datagram.destination()) == client) {
      left.add((long) datagram.length());
    }
  }

  @Override
  public void arrived(long now, Datagram datagram) {
    if (server.contains(datagram.destination()) != client) {
      arrived.add((long) datagram.length());
    }
  }

  /** The records so far. */
  QlogRecords records() {
    return records;
  }

  /** The file is what the drafts say that it is, where they are at hand. */
  void assertValid() {
    List<String> faults = QlogSchema.find().map(schema -> schema.faults(records)).orElse(List.of());
    assertTrue(faults.isEmpty(), () -> String.join("\n", faults.subList(0, 1)) + records.events());
  }

  /** What the connection counts and what the network saw is what the log tells. */
  void assertAddsUp(Connection connection) {
    ConnectionStats stats = connection.stats();
    List<JsonNode> sent = records.data("quic:packet_sent").toList();
    assertEquals(stats.packetsSent(), sent.size(), "packets sent");
    assertEquals(
        stats.packetsReceived(),
        records.data("quic:packet_received").filter(QlogStory::isNumbered).count(),
        "packets received");
    List<Long> out = datagrams("quic:udp_datagrams_sent");
    List<Long> in = datagrams("quic:udp_datagrams_received");
    long bytes = sum(out);
    assertEquals(stats.datagramsSent(), out.size(), "datagrams sent");
    assertEquals(stats.datagramsReceived(), in.size() + dropped(), "datagrams received");
    assertEquals(stats.bytesSent(), bytes, "bytes sent");
    assertTrue(sum(in) <= stats.bytesReceived(), "bytes received");
    assertEquals(bytes, sent.stream().mapToLong(QlogStory::length).sum(), "packets in datagrams");
    assertWithin(left, out);
    assertWithin(arrived, in);
    assertLossesAddUp(stats);
    // A server that never had more of the first flight than its end has only acknowledged.
    assertEquals(
        sent.stream().anyMatch(QlogStory::isEliciting),
        records.data("quic:recovery_parameters_set").findAny().isPresent());
    assertEquals(
        connection.ending() == null ? 0 : 1, records.data("quic:connection_closed").count());
  }

  /** What the application wrote and read of each stream is from its beginning on, once. */
  private Map<String, Long> moved() {
    Map<String, Long> ends = new HashMap<>();
    for (JsonNode data : records.data("quic:stream_data_moved").toList()) {
      String way = data.get("stream_id").asText() + " to " + data.get("to").asText();
      long offset = data.get("offset").asLong();
      assertEquals(ends.getOrDefault(way, 0L), offset, way);
      ends.put(way, offset + length(data));
    }
    return ends;
  }

  private long dropped() {
    return records.data("quic:udp_datagram_dropped").count();
  }

  private List<Long> datagrams(String event) {
    return records
        .data(event)
        .flatMap(data -> data.get("raw").valueStream())
        .map(raw -> raw.get("length").asLong())
        .toList();
  }

  private static long sum(List<Long> lengths) {
    return lengths.stream().mapToLong(Long::longValue).sum();
  }

  /**
   * All that the log tells passed the network in that order, among what endpoints answer without a
   * connection and what no connection is made for.
   */
  private static void assertWithin(List<Long> network, List<Long> log) {
    Iterator<Long> passed = network.iterator();
    for (long length : log) {
      boolean found = false;
      while (!found && passed.hasNext()) {
        found = passed.next() == length;
      }
      assertTrue(found, () -> "a datagram of " + length + " that the network did not see");
    }
  }

  private static long length(JsonNode packet) {
    return packet.at("/raw/length").asLong();
  }

  private static boolean isNumbered(JsonNode packet) {
    return packet.get("header").has("packet_number");
  }

  /** Whether a packet has anything in it that makes the peer acknowledge it (RFC 9002 §2). */
  private static boolean isEliciting(JsonNode packet) {
    Set<String> others = Set.of("ack", "padding", "connection_close");
    return packet
        .get("frames")
        .valueStream()
        .anyMatch(frame -> !others.contains(frame.get("frame_type").asText()));
  }

  /** What only asks for a path or its size does not count as lost for recovery. */
  private void assertLossesAddUp(ConnectionStats stats) {
    Map<String, JsonNode> sent = new HashMap<>();
    records.data("quic:packet_sent").forEach(data -> sent.put(key(data.get("header")), data));
    long counted = 0;
    long perhaps = 0;
    for (JsonNode lost : records.data("quic:packet_lost").toList()) {
      JsonNode packet = sent.get(key(lost.get("header")));
      assertTrue(packet != null, () -> "never sent, but lost: " + lost);
      List<String> frames =
          packet.get("frames").valueStream().map(f -> f.get("frame_type").asText()).toList();
      if (!Set.of("ack", "connection_close").containsAll(frames)
          && !lost.path("is_mtu_probe_packet").asBoolean()) {
        boolean probes = frames.stream().allMatch(f -> f.startsWith("pa")); // path_, padding
        counted += probes ? 0 : 1;
        perhaps += probes ? 1 : 0;
      }
    }
    assertTrue(
        counted <= stats.packetsLost() && stats.packetsLost() <= counted + perhaps,
        () -> "lost: " + stats.packetsLost());
  }

  /** Space and number of a packet. */
  private static String key(JsonNode header) {
    String type = header.get("packet_type").asText();
    return (type.equals("0RTT") ? "1RTT" : type) + ' ' + header.get("packet_number").asText();
  }

  private Set<String> packets(String event) {
    Set<String> keys = new HashSet<>();
    records
        .data(event)
        .filter(QlogStory::isNumbered)
        .forEach(data -> assertTrue(keys.add(key(data.get("header"))), "twice in " + event));
    return keys;
  }

  /**
   * What one side received or has acknowledged is what the other sent or received.
   *
   * @param complete whether all that was said has arrived
   */
  void assertAgreesWith(QlogStory other, boolean complete) {
    Set<String> received = packets("quic:packet_received");
    assertTrue(other.packets("quic:packet_sent").containsAll(received), "received, but never sent");
    Set<String> acked = new HashSet<>();
    for (JsonNode event : other.records.data("quic:packets_acked").toList()) {
      String space = event.get("packet_number_space").asText();
      for (JsonNode number : event.get("packet_numbers")) {
        String type = space.equals("application_data") ? "1RTT" : space;
        assertTrue(acked.add(type + ' ' + number.asText()), "acknowledged twice");
      }
    }
    assertTrue(received.containsAll(acked), "acknowledged, but never received");
    assertStreamsAgree(other, complete);
  }

  /** Of each stream no byte came that was not sent, and up to its end each did. */
  private void assertStreamsAgree(QlogStory other, boolean complete) {
    Set<Long> broken = new HashSet<>();
    for (QlogStory one : List.of(this, other)) {
      for (String frame : List.of("reset_stream", "reset_stream_at", "stop_sending")) {
        for (JsonNode f : one.records.frames("quic:packet_sent", frame).toList()) {
          broken.add(f.get("stream_id").asLong());
        }
      }
    }
    Map<Long, BitSet> sent = other.streamBytes("quic:packet_sent");
    Map<String, Long> theirs = other.moved();
    moved()
        .forEach(
            (way, end) -> {
              String written = way.replace("application", "transport");
              assertTrue(
                  way.endsWith("transport") || end <= theirs.getOrDefault(written, 0L),
                  () -> way + ": read up to " + end);
            });
    Map<Long, Long> ends = streamEnds();
    Map<String, Long> read = moved();
    streamBytes("quic:packet_received")
        .forEach(
            (id, came) -> {
              BitSet missing = (BitSet) came.clone();
              missing.andNot(sent.getOrDefault(id, new BitSet()));
              assertTrue(missing.isEmpty(), () -> "bytes of stream " + id + " from nowhere");
              if (complete && ends.containsKey(id) && !broken.contains(id)) {
                assertEquals(
                    ends.get(id), read.getOrDefault(id + " to application", 0L), "what was read");
                assertEquals(ends.get(id), came.cardinality(), () -> "bytes of stream " + id);
              }
            });
  }

  private Map<Long, BitSet> streamBytes(String event) {
    Map<Long, BitSet> covered = new HashMap<>();
    for (JsonNode frame : records.frames(event, "stream").toList()) {
      int offset = frame.get("offset").asInt();
      covered
          .computeIfAbsent(frame.get("stream_id").asLong(), id -> new BitSet())
          .set(offset, offset + frame.at("/raw/length").asInt());
    }
    return covered;
  }

  /** Where each stream ends, of which the end has come. */
  private Map<Long, Long> streamEnds() {
    Map<Long, Long> ends = new HashMap<>();
    for (JsonNode frame : records.frames("quic:packet_received", "stream").toList()) {
      if (frame.get("fin").asBoolean()) {
        ends.put(
            frame.get("stream_id").asLong(),
            frame.get("offset").asLong() + frame.at("/raw/length").asLong());
      }
    }
    return ends;
  }
}
