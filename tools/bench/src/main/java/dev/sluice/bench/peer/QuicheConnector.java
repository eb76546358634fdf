package dev.sluice.bench.peer;

import dev.sluice.tools.perf.Connector;
import dev.sluice.tools.perf.PerfConnection;
import dev.sluice.tools.perf.PerfProtocol;
import dev.sluice.tools.perf.Usage;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** quiche's client under Netty: one socket and one thread for all connections. */
final class QuicheConnector implements Connector {
  private final InetSocketAddress server;
  private final Channel udp;

  QuicheConnector(InetSocketAddress server) throws InterruptedException {
    this.server = server;
    QuicSslContext ssl =
        QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(PerfProtocol.ALPN)
            .build();
    this.udp =
        QuicheProgram.bind(
            QuicheProgram.limits(new QuicClientCodecBuilder())
                // Without a name: under one it would resume the last session, and no handshake were
                // full.
                .sslEngineProvider(quic -> ssl.newEngine(quic.alloc()))
                .build());
  }

  private Future<QuicChannel> open() {
    return QuicChannel.newBootstrap(udp)
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, QuicheProgram.segments())
        .handler(new ChannelInboundHandlerAdapter())
        .remoteAddress(server)
        .connect();
  }

  private static <T> T await(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  @Override
  public PerfConnection connect() throws IOException, InterruptedException {
    return new Connection(await(open()));
  }

  @Override
  public CompletableFuture<Handshake> handshake(boolean resumed) throws IOException {
    if (resumed) {
      throw new IOException("no resumption with quiche here");
    }
    CompletableFuture<Handshake> made = new CompletableFuture<>();
    open()
        .addListener(
            (Future<QuicChannel> opened) -> {
              if (opened.isSuccess()) {
                made.complete(new Greeted(opened.getNow()));
              } else {
                made.completeExceptionally(opened.cause());
              }
            });
    return made;
  }

  @Override
  public void close() {
    udp.close();
  }

  private record Greeted(QuicChannel connection) implements Handshake {
    @Override
    public boolean isAlive() {
      return connection.isActive();
    }

    @Override
    public void close() {
      connection.close(true, 0, Unpooled.EMPTY_BUFFER);
    }
  }

  private record Connection(QuicChannel connection) implements PerfConnection {
    @Override
    public void exchange(Source source, long wanted, Sink sink)
        throws IOException, InterruptedException {
      QuicheAsk ask = new QuicheAsk(source, wanted, sink);
      await(connection.createStream(QuicStreamType.BIDIRECTIONAL, ask));
      finish(ask.over());
    }

    @Override
    public boolean sendDatagram(byte[] data) {
      return false;
    }

    @Override
    public byte[] receiveDatagram() throws IOException {
      throw new IOException("no datagrams with quiche here");
    }

    @Override
    public Usage usage(boolean collect) throws IOException, InterruptedException {
      QuicheAsk ask =
          new QuicheAsk(
              Source.NOTHING,
              collect ? PerfProtocol.USAGE_AFTER_COLLECTION : PerfProtocol.USAGE,
              bytes -> true);
      await(connection.createStream(QuicStreamType.BIDIRECTIONAL, ask));
      finish(ask.over());
      return Usage.decode(ask.firstBytes());
    }

    private static void finish(CompletableFuture<Void> over)
        throws IOException, InterruptedException {
      try {
        over.get();
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      }
    }

    @Override
    public void close() {
      connection.close(true, 0, Unpooled.EMPTY_BUFFER);
    }
  }
}
