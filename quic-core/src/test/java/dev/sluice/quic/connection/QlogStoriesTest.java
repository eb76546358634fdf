package dev.sluice.quic.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.network.Link;
import dev.sluice.network.Simulation;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.testkit.qlog.QlogRecords;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What seldom happens, as the logs of both sides tell it; all of them are held to the schema. */
class QlogStoriesTest {
  private final Simulation sim = new Simulation(11);
  private final Scenario scenario = new Scenario(sim).bytes(100_000).qlog();

  private static List<JsonNode> headers(QlogRecords log, String event, String type) {
    return log.data("quic:" + event)
        .map(data -> data.get("header"))
        .filter(header -> header.get("packet_type").asText().equals(type))
        .toList();
  }

  private static Set<String> all(Stream<JsonNode> nodes, String field) {
    return nodes.map(node -> node.path(field).asText()).collect(Collectors.toSet());
  }

  private QlogRecords client() {
    return scenario.log(true);
  }

  private QlogRecords server() {
    return scenario.log(false);
  }

  @Test
  void anOrdinaryHandshake() {
    scenario.run();
    for (QlogRecords log : List.of(client(), server())) {
      assertEquals(
          Set.of("00000001"), all(headers(log, "packet_sent", "handshake").stream(), "version"));
      assertEquals(
          1,
          log.data("quic:parameters_set").filter(data -> data.has("tls_cipher")).count(),
          "the cipher suite");
      assertEquals(
          Set.of("test"),
          all(log.data("quic:alpn_information").map(d -> d.get("chosen_alpn")), "string_value"));
      assertTrue(all(log.data("quic:ecn_state_updated"), "new").contains("capable"));
      assertTrue(log.data("quic:mtu_updated").anyMatch(data -> data.get("new").asInt() > 1200));
    }
  }

  @Test
  void aRetry() {
    scenario.server(config -> config.withRetry(true)).run();
    JsonNode retry = headers(client(), "packet_received", "retry").getFirst();
    List<JsonNode> initials = headers(client(), "packet_sent", "initial");
    assertFalse(initials.getFirst().has("token"), "before the Retry");
    JsonNode token = initials.getLast().get("token");
    assertEquals("retry", token.get("type").asText());
    assertEquals(retry.at("/token/raw/length"), token.at("/raw/length"));
    JsonNode second = initials.stream().filter(i -> i.has("token")).findFirst().orElseThrow();
    assertEquals(retry.get("scid"), second.get("dcid"));
    assertEquals(
        "retry",
        headers(server(), "packet_received", "initial").getFirst().at("/token/type").asText());
  }

  @Test
  void aSessionResumedWithEarlyData() {
    scenario.resumed(true).run();
    assertEquals(1, client().data("quic:parameters_restored").count());
    assertFalse(headers(client(), "packet_sent", "0RTT").isEmpty());
    assertFalse(headers(server(), "packet_received", "0RTT").isEmpty());
    for (QlogRecords log : List.of(client(), server())) {
      JsonNode tls =
          log.data("quic:parameters_set")
              .filter(d -> d.has("tls_cipher"))
              .findFirst()
              .orElseThrow();
      assertTrue(
          tls.get("early_data_enabled").asBoolean() && tls.get("resumption_allowed").asBoolean());
    }
    assertTrue(all(client().data("quic:key_discarded"), "key_type").contains("client_0rtt_secret"));
  }

  @Test
  void keysUpdated() {
    scenario
        .links(() -> new Link().delay(Simulation.ms(10)).rate(10_000_000).queue(100_000))
        .meanwhile(() -> sim.at(Duration.ofMillis(70), () -> scenario.updateKeys(true)))
        .run();
    assertEquals(
        Set.of("0", "1"), all(headers(client(), "packet_sent", "1RTT").stream(), "key_phase"));
    assertEquals(
        Set.of("0", "1"), all(headers(server(), "packet_received", "1RTT").stream(), "key_phase"));
    assertTrue(triggers(client()).contains("local_update"));
    assertTrue(triggers(server()).contains("remote_update"));
  }

  private static Set<String> triggers(QlogRecords log) {
    return all(log.data("quic:key_updated"), "trigger");
  }

  @Test
  void aMove() {
    scenario
        .links(() -> new Link().delay(Simulation.ms(10)).rate(10_000_000).queue(100_000))
        .meanwhile(() -> sim.at(Duration.ofMillis(70), () -> scenario.migrate(false)))
        .run();
    List<JsonNode> there =
        client().events().stream()
            .filter(e -> e.has("tuple") && e.get("name").asText().equals("quic:packet_sent"))
            .toList();
    assertEquals(
        "path_challenge", there.getFirst().at("/data/frames/0/frame_type").asText(), "the first");
    assertNotEquals(
        headers(client(), "packet_sent", "1RTT").getFirst().get("dcid"),
        there.getFirst().at("/data/header/dcid"),
        "no two paths can be linked");
    Set<String> states = all(client().data("quic:migration_state_updated"), "new");
    assertTrue(
        states.containsAll(Set.of("probing_started", "probing_successful", "migration_complete")),
        states::toString);
    String tuple = there.getFirst().get("tuple").asText();
    assertTrue(all(client().data("quic:tuple_assigned"), "tuple_id").contains(tuple));
  }

  @Test
  void anotherVersionAfterAll() {
    Versions both = Versions.of(QuicVersion.V2, QuicVersion.V1);
    scenario
        .client(c -> c.withTransport(c.transport().withVersions(both.withOriginal(QuicVersion.V1))))
        .server(s -> s.withTransport(s.transport().withVersions(both)))
        .run();
    assertEquals(
        Set.of("00000001", "6b3343cf"),
        all(client().data("quic:version_information"), "chosen_version"));
    assertEquals(
        Set.of("6b3343cf"), all(headers(server(), "packet_sent", "handshake").stream(), "version"));
  }

  @Test
  void whoHasNoConnectionIds() {
    scenario.idLengths(0, 8).run();
    assertEquals(Set.of("0"), all(headers(server(), "packet_sent", "1RTT").stream(), "dcil"));
  }
}
