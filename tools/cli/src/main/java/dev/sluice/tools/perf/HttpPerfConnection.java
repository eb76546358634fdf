package dev.sluice.tools.perf;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** {@link PerfProtocol} over HTTP/3, and downloads from any other server. */
final class HttpPerfConnection implements PerfConnection {
  /** The highest urgency (RFC 9218 §4.1). */
  private static final String NOW = "u=0";

  private final Http3Client client;
  private final URI origin;
  private final String path;
  private final boolean callbacks;

  /** The last of those without content: programs that ask again do not put it together again. */
  private volatile Get last = new Get(-1, null);

  private WebTransport session;

  private record Get(long wanted, HttpRequest request) {}

  /**
   * @param client whose only connection this is
   * @param path what is fetched in place of a number; null when the server is our own
   * @param callbacks whether the client's executor is its loop
   */
  HttpPerfConnection(Http3Client client, URI origin, String path, boolean callbacks) {
    this.client = client;
    this.origin = origin;
    this.path = path;
    this.callbacks = callbacks;
  }

  @Override
  public void exchange(Source source, long wanted, Sink sink)
      throws IOException, InterruptedException {
    HttpRequest request = get(wanted);
    if (source != Source.NOTHING) {
      request = HttpRequest.newBuilder(request.uri()).POST(publisher(source)).build();
    }
    requireOk(send(request, sink));
  }

  private HttpResponse<Void> send(HttpRequest request, Sink sink)
      throws IOException, InterruptedException {
    return callbacks
        ? Waiting.result(client.sendAsync(request, head -> new SinkSubscriber(sink)))
        : client.send(request, head -> new SinkSubscriber(sink));
  }

  @Override
  public Optional<Asker> asker() {
    return callbacks ? Optional.of(this::ask) : Optional.empty();
  }

  private CompletableFuture<Void> ask(long wanted) {
    return client
        .sendAsync(get(wanted), head -> new SinkSubscriber(received -> true))
        .thenCompose(
            response -> {
              try {
                requireOk(response);
                return CompletableFuture.completedFuture(null);
              } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
              }
            });
  }

  private HttpRequest get(long wanted) {
    Get get = last;
    if (get.wanted() != wanted) {
      URI uri = origin.resolve(path == null ? "/" + wanted : path);
      get = new Get(wanted, HttpRequest.newBuilder(uri).build());
      last = get;
    }
    return get.request();
  }

  private static void requireOk(HttpResponse<?> response) throws IOException {
    if (response.statusCode() != 200) {
      throw new IOException(response.uri() + " was answered with status " + response.statusCode());
    }
  }

  private static BodyPublisher publisher(Source source) {
    return BodyPublishers.fromPublisher(
        subscriber -> subscriber.onSubscribe(new SourcePublication(source, subscriber)));
  }

  @Override
  public boolean sendDatagram(byte[] data) throws IOException, InterruptedException {
    return session().sendDatagram(data);
  }

  @Override
  public byte[] receiveDatagram() throws IOException, InterruptedException {
    return session().receiveDatagram();
  }

  private synchronized WebTransport session() throws IOException, InterruptedException {
    if (session == null) {
      session = client.connect(origin.resolve(PerfProtocol.SESSION_PATH), SessionOptions.DEFAULT);
    }
    return session;
  }

  /** A request of the same urgency as a download's would be answered after it (RFC 9218 §10). */
  @Override
  public Usage usage(boolean collect) throws IOException, InterruptedException {
    if (path != null) {
      return null;
    }
    String which = collect ? PerfProtocol.USAGE_AFTER_COLLECTION_PATH : PerfProtocol.USAGE_PATH;
    HttpRequest request =
        HttpRequest.newBuilder(origin.resolve(which)).header("priority", NOW).build();
    HttpResponse<byte[]> response = client.send(request, BodyHandlers.ofByteArray());
    if (response.statusCode() != 200 || response.body().length != Usage.ENCODED) {
      throw new IOException(origin + " is not a 'sluice perf server'; --path measures others");
    }
    return Usage.decode(response.body());
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
