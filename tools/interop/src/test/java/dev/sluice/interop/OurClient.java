package dev.sluice.interop;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.client.Http3Response;
import dev.sluice.peers.PeerFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Our client, as it talks to one peer on a loopback port under the name "localhost". */
final class OurClient implements AutoCloseable {

  /**
   * A response whose body was read to its end.
   *
   * @param connection what it came over
   */
  record Answer(int status, Digest body, ConnectionInfo connection) {}

  /** Shorter than what a test waits for: it then tells what is missing. */
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final Http3Client client;
  private final int port;
  private final Duration patience;

  private OurClient(Http3Client client, int port, Duration patience) {
    this.client = client;
    this.port = port;
    this.patience = patience;
  }

  /** A client that trusts the peer's certificate, and no other. */
  static OurClient to(int port, PeerFiles files) {
    return to(port, files, UnaryOperator.identity());
  }

  /** A client that is configured further. */
  static OurClient to(int port, PeerFiles files, UnaryOperator<Http3Client.Builder> options) {
    Http3Client.Builder builder =
        Http3Client.newBuilder()
            .trustManager(files.trustManager())
            .resolve("localhost", port, List.of(InetAddress.getLoopbackAddress()));
    return new OurClient(options.apply(builder).build(), port, PATIENCE);
  }

  /** The same with other patience for each request. */
  OurClient withPatience(Duration other) {
    return new OurClient(client, port, other);
  }

  /** GET. */
  Answer get(String path) throws IOException, InterruptedException {
    return answer(client.send(request(path).build(), BodyHandlers.ofInputStream()));
  }

  /** GET of several at once, small ones; the patience is for the whole responses. */
  List<Answer> getAll(List<String> paths) throws InterruptedException, IOException {
    List<CompletableFuture<HttpResponse<Digest>>> responses = new ArrayList<>();
    for (String path : paths) {
      responses.add(client.sendAsync(request(path).build(), collected()));
    }
    List<Answer> answers = new ArrayList<>();
    for (CompletableFuture<HttpResponse<Digest>> response : responses) {
      try {
        answers.add(answer(response.get(), HttpResponse::body));
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      }
    }
    return answers;
  }

  private static BodyHandler<Digest> collected() {
    return head ->
        BodySubscribers.mapping(
            BodySubscribers.ofByteArray(), bytes -> Digest.of(new ByteArrayInputStream(bytes)));
  }

  /** POST. */
  Answer post(String path, TestBody body) throws IOException, InterruptedException {
    HttpRequest request =
        request(path)
            .POST(
                BodyPublishers.fromPublisher(
                    BodyPublishers.ofInputStream(body::open), body.length()))
            .build();
    return answer(client.send(request, BodyHandlers.ofInputStream()));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + port + path)).timeout(patience);
  }

  private static Answer answer(HttpResponse<InputStream> response) {
    return answer(response, whole -> Digest.of(whole.body()));
  }

  private static <T> Answer answer(
      HttpResponse<T> response, Function<HttpResponse<T>, Digest> digest) {
    ConnectionInfo connection = ((Http3Response<T>) response).connection();
    return new Answer(response.statusCode(), digest.apply(response), connection);
  }

  /** Closes its connections; what is under way is given up. */
  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
