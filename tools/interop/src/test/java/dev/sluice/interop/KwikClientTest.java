package dev.sluice.interop;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.peers.Kwik;
import dev.sluice.peers.PeerFiles;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import tech.kwik.flupke.Http3Client;

/** The client of kwik and flupke with our server. */
@Tag("interop")
@Timeout(value = 330, unit = TimeUnit.SECONDS)
class KwikClientTest {
  @TempDir Path folder;
  private PeerFiles files;

  @BeforeEach
  void makeCertificate() throws IOException {
    files = PeerFiles.create(folder);
  }

  private HttpClient client() {
    return Http3Client.newBuilder()
        .trustManager(files.trustManager())
        .connectTimeout(Duration.ofSeconds(Kwik.PATIENCE))
        .build();
  }

  private static HttpRequest.Builder request(OurServer server, String path) {
    return HttpRequest.newBuilder(URI.create(server.uri(path)));
  }

  private static HttpResponse<InputStream> send(HttpClient client, HttpRequest request)
      throws Exception {
    return client
        .sendAsync(request, BodyHandlers.ofInputStream())
        .get(Kwik.PATIENCE, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 100_000, 10_000_000})
  void get(long length) throws Exception {
    try (OurServer server = OurServer.start(files)) {
      Kwik.patiently(
          () -> {
            HttpResponse<InputStream> got =
                send(client(), request(server, "/body/" + length).build());
            assertEquals(200, got.statusCode());
            assertEquals(new TestBody(length).digest(), Digest.of(got.body()));
          });
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 40_000, 200_000})
  void post(long length) throws Exception {
    TestBody body = new TestBody(length);
    byte[] bytes = body.bytes();
    try (OurServer server = OurServer.start(files)) {
      Kwik.patiently(
          () -> {
            HttpRequest post =
                request(server, "/digest").POST(BodyPublishers.ofByteArray(bytes)).build();
            HttpResponse<InputStream> answer = send(client(), post);
            assertEquals(200, answer.statusCode());
            assertEquals(
                body.digest().toString(), new String(answer.body().readAllBytes(), US_ASCII));
          });
    }
  }

  @Test
  void retryAndManyAtOnce() throws Exception {
    try (OurServer server = OurServer.start(files, builder -> builder.retry(true))) {
      Kwik.patiently(() -> getManyAtOnce(client(), server));
    }
  }

  private static void getManyAtOnce(HttpClient client, OurServer server) throws Exception {
    TestBody body = new TestBody(20_000);
    List<CompletableFuture<HttpResponse<InputStream>>> answers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      answers.add(
          client.sendAsync(request(server, "/body/20000").build(), BodyHandlers.ofInputStream()));
    }
    for (CompletableFuture<HttpResponse<InputStream>> answer : answers) {
      assertEquals(body.digest(), Digest.of(answer.get(Kwik.PATIENCE, TimeUnit.SECONDS).body()));
    }
  }
}
