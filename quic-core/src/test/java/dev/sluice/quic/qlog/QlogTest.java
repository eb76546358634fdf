package dev.sluice.quic.qlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.connection.QuicEvent;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.sim.EndpointNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The logs of both sides of a connection over a network that loses a tenth of the datagrams. */
class QlogTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<JsonNode> client = new ArrayList<>();
  private final List<JsonNode> server = new ArrayList<>();

  QlogTest() {
    Simulation sim = new Simulation(7);
    SplittableRandom random = sim.random();
    EndpointNode clientNode =
        sim.attach(
            sim.address(1),
            new EndpointNode(
                TestPeers.endpoint(random.split()),
                c -> {
                  for (QuicEvent e = c.nextEvent(); e != null; e = c.nextEvent()) {
                    if (e instanceof QuicEvent.HandshakeConfirmed) {
                      c.openUni().write(new byte[20_000], 0, 20_000);
                    }
                  }
                }));
    EndpointNode serverNode =
        sim.attach(sim.address(2), new EndpointNode(TestPeers.endpoint(random.split()), c -> {}));
    sim.bothWays(
        sim.address(1), sim.address(2), () -> new Link().delay(Simulation.ms(10)).loss(0.1));
    serverNode.endpoint().listen(TestPeers.server(random.split()).withTracer(() -> trace(server)));
    var connection =
        clientNode
            .endpoint()
            .connect(
                null,
                sim.address(2),
                TestPeers.client(random.split()).withTracer(() -> trace(client)),
                sim.now());
    sim.runFor(Duration.ofSeconds(5));
    connection.close(7, "the \"end\"\n");
    clientNode.endpoint().touch(connection);
    sim.runFor(Duration.ofMinutes(2));
  }

  private static QlogTrace trace(List<JsonNode> records) {
    return new QlogTrace(record -> records.add(parsed(record)), Instant.EPOCH);
  }

  /** RFC 7464: a record separator before, a line end after each text. */
  private static JsonNode parsed(String record) {
    assertEquals(0x1e, record.charAt(0));
    assertTrue(record.endsWith("}\n"));
    try {
      return JSON.readTree(record.substring(1));
    } catch (JsonProcessingException e) {
      throw new AssertionError(record, e);
    }
  }

  private static List<JsonNode> named(List<JsonNode> records, String name) {
    return records.stream().filter(r -> r.path("name").asText().equals("quic:" + name)).toList();
  }

  private static List<String> packets(List<JsonNode> records, String name) {
    return named(records, name).stream()
        .map(r -> r.at("/data/header"))
        .map(h -> h.path("packet_type").asText() + " " + h.path("packet_number").asText())
        .toList();
  }

  @Test
  void beginsWithWhoAndWhen() {
    JsonNode header = client.getFirst();
    assertEquals("urn:ietf:params:qlog:file:sequential", header.path("file_schema").asText());
    assertEquals("client", header.at("/trace/vantage_point/type").asText());
    assertEquals("server", server.getFirst().at("/trace/vantage_point/type").asText());
    assertEquals(
        header.at("/trace/common_fields/group_id"),
        server.getFirst().at("/trace/common_fields/group_id"));
  }

  @Test
  void bothSidesTellTheSameStory() {
    assertTrue(packets(client, "packet_sent").containsAll(packets(server, "packet_received")));
    assertTrue(packets(server, "packet_sent").containsAll(packets(client, "packet_received")));
    assertTrue(packets(client, "packet_sent").containsAll(packets(client, "packet_lost")));
    assertFalse(packets(client, "packet_lost").isEmpty());
  }

  @Test
  void framesStandWithTheirPackets() {
    long sent =
        named(client, "packet_sent").stream()
            .flatMap(p -> p.at("/data/frames").valueStream())
            .filter(f -> f.path("frame_type").asText().equals("stream"))
            .mapToLong(f -> f.path("offset").asLong() + f.at("/raw/length").asLong())
            .max()
            .orElseThrow();
    assertEquals(20_000, sent);
  }

  @Test
  void timeNeverGoesBack() {
    double before = 0;
    for (JsonNode record : server.subList(1, server.size())) {
      assertTrue(record.path("time").asDouble() >= before);
      before = record.path("time").asDouble();
    }
    assertTrue(before > 5_000);
  }

  @Test
  void endsWithTheEnd() {
    JsonNode closed = named(server, "connection_closed").getFirst().path("data");
    assertEquals("remote", closed.path("initiator").asText());
    assertEquals("the \"end\"\n", closed.path("reason").asText());
    assertEquals(7, closed.path("error_code").asLong());
    assertEquals("closed", server.getLast().at("/data/new").asText());
  }

  @Test
  void tellsNoSecrets() {
    String all = client + "" + server;
    assertFalse(all.contains("stateless_reset_token"));
  }
}
