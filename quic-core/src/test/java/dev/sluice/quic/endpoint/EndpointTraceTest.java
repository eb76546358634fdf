package dev.sluice.quic.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.quic.DatagramBatch;
import dev.sluice.quic.connection.Admission.Decision;
import dev.sluice.quic.connection.ServerConfig;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.packet.PacketType;
import dev.sluice.quic.qlog.QlogTrace;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.trace.Tracers;
import dev.sluice.testkit.qlog.QlogRecords;
import dev.sluice.testkit.qlog.QlogSchema;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The qlog of an endpoint: what it does with datagrams of no connection. */
class EndpointTraceTest {
  private static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.98", 443);
  private static final InetSocketAddress CLIENT = new InetSocketAddress("192.0.2.1", 1000);

  private final SplittableRandom random = new SplittableRandom(1);
  private final Endpoint endpoint = TestPeers.endpoint(random.split());
  private final QlogRecords records = new QlogRecords();

  private final Tracers tracers =
      new Tracers() {
        @Override
        public Tracer get() {
          return Tracer.NONE;
        }

        @Override
        public Tracer endpoint() {
          return new QlogTrace(records::add, Instant.EPOCH);
        }
      };

  private void listen(UnaryOperator<ServerConfig> settings) {
    endpoint.listen(settings.apply(TestPeers.server(random.split())).withTracer(tracers));
    endpoint.announce(HERE, 0);
  }

  /** The names of what is told of a datagram, with the type of packet. */
  private List<String> told(byte[] datagram) {
    int before = records.events().size();
    DatagramBatch in = new DatagramBatch(1, 2048);
    System.arraycopy(datagram, 0, in.buffer(), in.nextOffset(), datagram.length);
    in.add(datagram.length, HERE, CLIENT, 0);
    endpoint.receive(in, 1_000_000);
    assertEquals(List.of(), QlogSchema.require().faults(records));
    return records.events().stream()
        .skip(before)
        .map(e -> e.get("name").asText() + " " + e.at("/data/header/packet_type").asText())
        .toList();
  }

  private JsonNode last(String name) {
    return records.data(name).toList().getLast();
  }

  private static byte[] unknownShort() {
    byte[] datagram = new byte[40];
    datagram[0] = 0x40;
    return datagram;
  }

  @Test
  void whereItListensAndHow() {
    listen(config -> config.withRetry(true));
    JsonNode listening = last("quic:server_listening");
    assertEquals("192.0.2.98", listening.get("ip_v4").asText());
    assertEquals(443, listening.get("port_v4").asInt());
    assertEquals(true, listening.get("retry_required").asBoolean());
    assertEquals("server", records.header().at("/trace/vantage_point/type").asText());
  }

  @Test
  void whatItAnswers() {
    listen(config -> config.withRetry(true));
    String dropped = "quic:packet_dropped unknown";
    assertEquals(
        List.of("quic:packet_sent version_negotiation", dropped),
        told(UnroutedTest.unknownVersion(1200)));
    assertEquals(3, last("quic:packet_sent").get("supported_versions").size());
    assertEquals(
        List.of("quic:packet_sent retry", dropped),
        told(UnroutedTest.packet(PacketType.INITIAL, UnroutedTest.DESTINATION, 1200)));
    assertEquals("09090909", last("quic:packet_sent").at("/header/dcid").asText());
    assertEquals(List.of("quic:packet_sent stateless_reset", dropped), told(unknownShort()));
    assertEquals(39, last("quic:packet_sent").at("/raw/length").asInt());
    assertEquals("from " + CLIENT, last("quic:packet_dropped").at("/details/reason").asText());
  }

  @Test
  void whomItRefuses() {
    listen(config -> config.withAdmission(client -> new Decision.Refuse("no")));
    assertEquals(
        List.of("quic:packet_sent initial", "quic:packet_dropped unknown"),
        told(UnroutedTest.packet(PacketType.INITIAL, UnroutedTest.DESTINATION, 1200)));
    assertEquals("no", last("quic:packet_sent").at("/frames/0/reason").asText());
  }

  @Test
  void whatWaitsForItsInitial() {
    listen(config -> config);
    byte[] early = UnroutedTest.packet(PacketType.ZERO_RTT, UnroutedTest.DESTINATION, 1200);
    assertEquals(List.of("quic:packet_buffered 0RTT"), told(early));
    byte[] initial = UnroutedTest.packet(PacketType.INITIAL, UnroutedTest.DESTINATION, 1200);
    assertEquals(List.of(), told(initial));
    assertEquals(List.of("quic:packet_dropped unknown"), told(new byte[5]));
  }

  /** Also where it fails again when the connection is given up for it. */
  @Test
  void aTracerThatFailsCostsNoMoreThanItsConnection() {
    AtomicBoolean fails = new AtomicBoolean();
    Tracer failing =
        (now, event) -> {
          if (fails.get()) {
            throw new NoClassDefFoundError("on purpose");
          }
        };
    endpoint.connect(HERE, CLIENT, TestPeers.client(random.split()).withTracer(() -> failing), 0);
    assertNotNull(endpoint.nextTouched());
    fails.set(true);
    assertThrows(NoClassDefFoundError.class, () -> endpoint.send(0, new DatagramBatch(16, 2048)));
    assertTrue(endpoint.giveUpFaulty(0));
    assertEquals(0, endpoint.connections().size());
  }
}
