package dev.sluice.bench.peer;

import dev.sluice.tools.perf.Connector;
import dev.sluice.tools.perf.PerfConnection;
import dev.sluice.tools.perf.PerfProtocol;
import dev.sluice.tools.perf.SinkSubscriber;
import dev.sluice.tools.perf.Usage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.flupke.Http3SingleConnectionClient;

/** flupke's client, on a connection of kwik's that is made as those of {@link KwikConnector}. */
final class FlupkeConnector implements Connector {
  private final InetSocketAddress server;

  FlupkeConnector(InetSocketAddress server) {
    this.server = server;
  }

  @Override
  public PerfConnection connect() throws IOException {
    QuicClientConnection connection = KwikConnector.build(server, PerfProtocol.ALPN_HTTP3, null);
    HttpClient client =
        new Http3SingleConnectionClient(connection, KwikConnector.PATIENCE, KwikProgram.WINDOW);
    return new Connection(connection, client, URI.create("https://localhost:" + server.getPort()));
  }

  /** kwik's handshakes are measured without it. */
  @Override
  public CompletableFuture<Handshake> handshake(boolean resumed) throws IOException {
    throw new IOException("no handshakes alone with flupke here");
  }

  @Override
  public void close() {}

  private record Connection(QuicClientConnection connection, HttpClient client, URI origin)
      implements PerfConnection {
    @Override
    public void exchange(Source source, long wanted, Sink sink)
        throws IOException, InterruptedException {
      HttpRequest.Builder request = HttpRequest.newBuilder(origin.resolve("/" + wanted));
      if (source != Source.NOTHING) {
        request.POST(
            BodyPublishers.fromPublisher(
                subscriber -> subscriber.onSubscribe(new FlupkeContent(source, subscriber))));
      }
      requireOk(client.send(request.build(), head -> new SinkSubscriber(sink)));
    }

    private static void requireOk(HttpResponse<?> response) throws IOException {
      if (response.statusCode() != 200) {
        throw new IOException("answered with status " + response.statusCode());
      }
    }

    @Override
    public boolean sendDatagram(byte[] data) {
      return false;
    }

    @Override
    public byte[] receiveDatagram() throws IOException {
      throw new IOException("no datagrams with flupke here");
    }

    @Override
    public Usage usage(boolean collect) throws IOException, InterruptedException {
      String path = collect ? PerfProtocol.USAGE_AFTER_COLLECTION_PATH : PerfProtocol.USAGE_PATH;
      HttpResponse<byte[]> response =
          client.send(
              HttpRequest.newBuilder(origin.resolve(path)).build(), BodyHandlers.ofByteArray());
      requireOk(response);
      return Usage.decode(response.body());
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
