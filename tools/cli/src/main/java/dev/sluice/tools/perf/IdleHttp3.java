package dev.sluice.tools.perf;

import dev.sluice.http3.client.Http3Client;
import dev.sluice.http3.client.Http3Response;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connections of an HTTP/3 client that has many and does not use them. It has one for each
 * origin, so each is to a name of its own, and makes it for the first request, so each has carried
 * one. They end with the client.
 */
final class IdleHttp3 implements Connector.Idle {
  private final Http3Client client;
  private final int port;
  private final String path;
  private final AtomicInteger names = new AtomicInteger();

  /**
   * @param builder of a client that has nothing else to do
   * @param address where all the names lead to
   * @param path what is fetched once on each
   * @param most how many there will be
   */
  IdleHttp3(Http3Client.Builder builder, InetAddress address, int port, String path, int most) {
    this.port = port;
    this.path = path;
    for (int i = 0; i < most; i++) {
      builder.resolve(name(i), port, List.of(address));
    }
    this.client = builder.sharedSocket().build();
  }

  private static String name(int number) {
    return "idle-" + number + ".localhost";
  }

  /** How its datagrams are moved. */
  String io() {
    return client.ioDescription();
  }

  @Override
  public Connector.Handshake open() throws IOException, InterruptedException {
    String name = name(names.getAndIncrement());
    return new Held(name, ask(name));
  }

  /** Fetches something, and says on which connection. */
  private String ask(String name) throws IOException, InterruptedException {
    URI uri = URI.create("https://" + name + ":" + port + path);
    HttpResponse<Void> response =
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
    if (response.statusCode() != 200) {
      throw new IOException(uri + " was answered with status " + response.statusCode());
    }
    return ((Http3Response<Void>) response).connection().label();
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }

  /** One of them, and what the client calls it. */
  private final class Held implements Connector.Handshake {
    private final String name;
    private final String label;

    Held(String name, String label) {
      this.name = name;
      this.label = label;
    }

    /** Asks once more: what has ended would be replaced by another. */
    @Override
    public boolean isAlive() {
      try {
        return ask(name).equals(label);
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void close() {}
  }
}
