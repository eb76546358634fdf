package dev.sluice.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.peers.PeerFiles;
import io.netty.handler.codec.quic.QuicChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client and our server with quiche under Netty. */
@Tag("interop")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class QuicheTest {
  @TempDir Path folder;
  private PeerFiles files;

  @BeforeEach
  void makeCertificate() throws IOException {
    files = PeerFiles.create(folder);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000})
  void ourClient(long length) throws Exception {
    TestBody body = new TestBody(length);
    try (Quiche server = Quiche.server(files, false);
        OurClient client = OurClient.to(server.port(), files)) {
      OurClient.Answer got = client.get("/" + length);
      assertEquals(200, got.status());
      assertEquals(body.digest(), got.body());
      OurClient.Answer posted = client.post("/echo", body);
      assertEquals(200, posted.status());
      assertEquals(body.digest(), posted.body());
    }
  }

  @Test
  void ourClientAfterRetryWithManyAtOnce() throws Exception {
    TestBody body = new TestBody(20_000);
    try (Quiche server = Quiche.server(files, true);
        OurClient client = OurClient.to(server.port(), files)) {
      for (OurClient.Answer answer : client.getAll(Collections.nCopies(300, "/20000"))) {
        assertEquals(200, answer.status());
        assertEquals(body.digest(), answer.body());
      }
    }
  }

  /** When the server has closed the connection, the next one resumes its TLS session. */
  @Test
  void ourClientResumes() throws Exception {
    TestBody body = new TestBody(20_000);
    try (Quiche server = Quiche.server(files, false);
        OurClient client = OurClient.to(server.port(), files)) {
      OurClient.Answer first = client.get("/20000");
      assertFalse(first.connection().resumed());
      server.closeConnections();
      OurClient.Answer second = first;
      while (second.connection().label().equals(first.connection().label())) {
        try {
          second = client.get("/20000");
        } catch (IOException e) {
          // Sent before the client knew of the end.
          assertTrue(e.getMessage().contains("code 0x100"), e.getMessage());
        }
      }
      assertTrue(second.connection().resumed());
      assertEquals(body.digest(), second.body());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000})
  void ourServer(long length) throws Exception {
    TestBody body = new TestBody(length);
    try (OurServer server = OurServer.start(files);
        Quiche client = Quiche.client(files)) {
      QuicChannel quic = client.connect(server.address());
      assertEquals(body.digest(), Quiche.request(quic, "/body/" + length, null).get());
      assertEquals(body.digest(), Quiche.request(quic, "/echo", body.bytes()).get());
      quic.close().sync();
    }
  }

  @Test
  void ourServerAfterRetryWithManyAtOnce() throws Exception {
    TestBody body = new TestBody(20_000);
    try (OurServer server = OurServer.start(files, builder -> builder.retry(true));
        Quiche client = Quiche.client(files)) {
      QuicChannel quic = client.connect(server.address());
      List<CompletableFuture<Digest>> answers = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        answers.add(Quiche.request(quic, "/body/20000", null));
      }
      for (CompletableFuture<Digest> answer : answers) {
        assertEquals(body.digest(), answer.get());
      }
      quic.close().sync();
    }
  }
}
