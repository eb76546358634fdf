package dev.sluice.quic.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.quic.QuicClient;
import dev.sluice.quic.QuicConnection;
import dev.sluice.quic.QuicServer;
import dev.sluice.quic.connection.TestPeers;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.ConnectionState;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.testkit.qlog.QlogRecords;
import dev.sluice.testkit.qlog.QlogSchema;
import dev.sluice.tls.cert.PinnedVerifier;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QlogDirectoryTest {
  private static final ConnectionId ID =
      ConnectionId.of(new byte[] {0, 1, 2, 3, 4, 5, 6, (byte) 0xff});

  @TempDir private Path folder;

  private static void begin(Tracer tracer, boolean client) {
    tracer.on(
        5, new TraceEvent.ConnectionStarted(client, null, new InetSocketAddress("::1", 443), ID));
  }

  private static void end(Tracer tracer) {
    tracer.on(7_000_000, new TraceEvent.ConnectionEnded(new ConnectionEnding.IdleTimeout(1)));
  }

  @Test
  void aFileForEachSideOfEachConnection() throws IOException {
    Path made = folder.resolve("logs/here");
    QlogDirectory directory = new QlogDirectory(made);
    for (boolean client : List.of(true, false)) {
      Tracer tracer = directory.get();
      assertTrue(tracer.isEnabled());
      begin(tracer, client);
      end(tracer);
      tracer.on(8_000_000, new TraceEvent.ConnectionStateUpdated(ConnectionState.CLOSED));
      assertTrue(!tracer.isEnabled(), "it is complete");
    }
    QlogSchema schema = QlogSchema.require();
    for (String side : List.of("client", "server")) {
      Path file = made.resolve("00010203040506ff_" + side + ".sqlog");
      QlogRecords records = QlogRecords.of(Files.readString(file));
      assertEquals(List.of(), schema.faults(records));
      assertEquals(side, records.header().at("/trace/vantage_point/type").asText());
      assertEquals(
          "00010203040506ff", records.header().at("/trace/common_fields/group_id").asText());
      assertEquals(3, records.events().size());
    }
  }

  /** Who closes a connection often ends the program with it. */
  @Test
  void theEndIsOnDiskAtOnce() throws IOException {
    Tracer tracer = new QlogDirectory(folder).get();
    begin(tracer, true);
    end(tracer);
    assertTrue(Files.readString(folder.resolve("00010203040506ff_client.sqlog")).endsWith("}\n"));
  }

  @Test
  void aLogThatCannotBeWrittenIsGivenUp() throws IOException {
    Path gone = folder.resolve("gone");
    Tracer tracer = new QlogDirectory(gone).get();
    Files.delete(gone);
    begin(tracer, true);
    assertTrue(!tracer.isEnabled());
    end(tracer);
  }

  @Test
  void aFileForEachEndpoint() throws IOException {
    InetSocketAddress here = new InetSocketAddress("127.0.0.1", 4433);
    for (String name : List.of("endpoint_4433.sqlog", "endpoint_4433_2.sqlog")) {
      Tracer tracer = new QlogDirectory(folder).endpoint();
      tracer.on(5, new TraceEvent.ServerListening(here, false));
      tracer.on(6, new TraceEvent.StatelessResetSent(40));
      QlogRecords records = QlogRecords.of(Files.readString(folder.resolve(name)));
      assertEquals(List.of(), QlogSchema.require().faults(records));
      assertEquals(2, records.events().size());
    }
  }

  @Test
  void aServerWritesOne() throws IOException {
    try (QuicServer server =
        QuicServer.builder()
            .identity(TestPeers.IDENTITY)
            .applicationProtocols("test")
            .tls(tls -> tls.clock(TestPeers.CLOCK))
            .tracer(new QlogDirectory(folder))
            .handler(connection -> {})
            .start()) {
      Path file = folder.resolve("endpoint_" + server.localAddress().getPort() + ".sqlog");
      try (QuicClient client =
              QuicClient.builder()
                  .remote(server.localAddress())
                  .serverName("localhost")
                  .applicationProtocols("test")
                  .certificateVerifier(
                      PinnedVerifier.of(TestPeers.IDENTITY.certificateChain().getFirst()))
                  .tls(tls -> tls.clock(TestPeers.CLOCK))
                  .build();
          QuicConnection connection = client.connect()) {
        assertTrue(connection.remoteAddress() != null);
        assertTrue(Files.readString(file).contains("quic:server_listening"));
      }
    }
  }

  /** The last packet is the one with CONNECTION_CLOSE, and the program may end behind it. */
  @Test
  void itIsCompleteWhenTheClientIsClosed() throws Exception {
    try (QuicServer server =
        QuicServer.builder()
            .identity(TestPeers.IDENTITY)
            .applicationProtocols("test")
            .tls(tls -> tls.clock(TestPeers.CLOCK))
            .handler(connection -> {})
            .start()) {
      QuicClient client =
          QuicClient.builder()
              .remote(server.localAddress())
              .serverName("localhost")
              .applicationProtocols("test")
              .certificateVerifier(
                  PinnedVerifier.of(TestPeers.IDENTITY.certificateChain().getFirst()))
              .tls(tls -> tls.clock(TestPeers.CLOCK))
              .tracer(new QlogDirectory(folder))
              .build();
      client.connect();
      client.close();
    }
    try (Stream<Path> files = Files.list(folder)) {
      String text = Files.readString(files.findFirst().orElseThrow());
      assertTrue(text.contains("\"connection_close\""), text);
      JsonNode last = QlogRecords.of(text).events().getLast();
      assertEquals("closed", last.at("/data/new").asText(), last::toString);
    }
  }

  /** A client chooses the ID, and may choose one that was used. */
  @Test
  void noConnectionWritesOverTheLogOfAnother() throws IOException {
    QlogDirectory directory = new QlogDirectory(folder);
    Tracer first = directory.get();
    begin(first, false);
    end(first);
    Path file = folder.resolve("00010203040506ff_server.sqlog");
    String written = Files.readString(file);
    Tracer second = directory.get();
    begin(second, false);
    end(second);
    assertEquals(written, Files.readString(file));
    assertEquals(
        2,
        QlogRecords.of(Files.readString(folder.resolve("00010203040506ff_server_2.sqlog")))
            .events()
            .size());
  }
}
