package dev.sluice.interop;

import dev.sluice.peers.PeerFiles;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3Headers;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3;
import io.netty.handler.codec.http3.Http3ClientConnectionHandler;
import io.netty.handler.codec.http3.Http3DataFrame;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.http3.Http3RequestStreamInboundHandler;
import io.netty.handler.codec.http3.Http3ServerConnectionHandler;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Cloudflare's quiche with BoringSSL, under Netty: a server, and a client of one connection. */
public final class Quiche implements AutoCloseable {
  private static final int DATA_FRAME = 16_000;
  private static final int H3_NO_ERROR = 0x100;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Queue<QuicChannel> connections;
  private final Channel udp;

  private Quiche(InetSocketAddress local, ChannelHandler codec, Queue<QuicChannel> connections)
      throws InterruptedException {
    this.connections = connections;
    udp =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(codec)
            .bind(local)
            .sync()
            .channel();
  }

  /**
   * A server with {@code GET /N}, a {@link TestBody}, and {@code POST /echo}.
   *
   * @param retry whether it validates addresses with a Retry
   */
  static Quiche server(PeerFiles files, boolean retry) throws InterruptedException {
    return server(
        anyPort(InetAddress.getLoopbackAddress()),
        files,
        retry,
        path -> new TestBody(Long.parseLong(path.substring(1))).bytes());
  }

  private static InetSocketAddress anyPort(InetAddress host) {
    return new InetSocketAddress(host, 0);
  }

  /** What there is at a path. */
  @FunctionalInterface
  public interface Content {
    /** All of it. */
    byte[] at(String path) throws IOException;
  }

  /**
   * A server with content of one's own, and {@code POST /echo}.
   *
   * @param retry whether it validates addresses with a Retry
   */
  public static Quiche server(
      InetSocketAddress local, PeerFiles files, boolean retry, Content content)
      throws InterruptedException {
    QuicSslContext ssl =
        QuicSslContextBuilder.forServer(
                files.identity().privateKey(),
                null,
                files.identity().certificateChain().toArray(X509Certificate[]::new))
            .applicationProtocols(Http3.supportedApplicationProtocols())
            .build();
    Queue<QuicChannel> connections = new ConcurrentLinkedQueue<>();
    ChannelHandler requests =
        initializer(
            QuicStreamChannel.class, stream -> stream.pipeline().addLast(new Answering(content)));
    ChannelHandler codec =
        limits(Http3.newQuicServerCodecBuilder())
            .sslContext(ssl)
            .tokenHandler(retry ? InsecureQuicTokenHandler.INSTANCE : null)
            .handler(
                initializer(
                    QuicChannel.class,
                    quic -> {
                      connections.add(quic);
                      quic.pipeline().addLast(new Http3ServerConnectionHandler(requests));
                    }))
            .build();
    return new Quiche(local, codec, connections);
  }

  /** A client, not connected yet. */
  static Quiche client(PeerFiles files) throws InterruptedException {
    return client(files, InetAddress.getLoopbackAddress(), "localhost");
  }

  /**
   * A client, not connected yet.
   *
   * @param local where to send from
   * @param name of the server
   */
  public static Quiche client(PeerFiles files, InetAddress local, String name)
      throws InterruptedException {
    QuicSslContext ssl =
        QuicSslContextBuilder.forClient()
            .trustManager(files.trustManager())
            .applicationProtocols(Http3.supportedApplicationProtocols())
            .build();
    return new Quiche(
        anyPort(local),
        limits(Http3.newQuicClientCodecBuilder())
            .sslEngineProvider(quic -> ssl.newEngine(quic.alloc(), name, 443))
            .build(),
        new ConcurrentLinkedQueue<>());
  }

  private static <B extends QuicCodecBuilder<B>> B limits(B builder) {
    return builder
        .maxIdleTimeout(30, TimeUnit.SECONDS)
        .initialMaxData(10_000_000)
        .initialMaxStreamDataBidirectionalLocal(1_000_000)
        .initialMaxStreamDataBidirectionalRemote(1_000_000)
        .initialMaxStreamsBidirectional(100);
  }

  /** Ends all connections of the server, in an orderly way. */
  void closeConnections() {
    connections.forEach(quic -> quic.close(true, H3_NO_ERROR, Unpooled.EMPTY_BUFFER));
  }

  /** The server's port. */
  int port() {
    return ((InetSocketAddress) udp.localAddress()).getPort();
  }

  /** Connects the client. */
  public QuicChannel connect(InetSocketAddress server) throws Exception {
    return QuicChannel.newBootstrap(udp)
        .handler(new Http3ClientConnectionHandler())
        .remoteAddress(server)
        .connect()
        .get(60, TimeUnit.SECONDS);
  }

  /**
   * Sends a request on the client's connection.
   *
   * @param body null for a GET
   * @return the response's body, when it has come whole with status 200
   */
  static CompletableFuture<Digest> request(QuicChannel quic, String path, byte[] body)
      throws Exception {
    return requestBytes(quic, path, body)
        .thenApply(bytes -> Digest.of(new ByteArrayInputStream(bytes)));
  }

  /** The same with the bytes themselves. */
  public static CompletableFuture<byte[]> requestBytes(QuicChannel quic, String path, byte[] body)
      throws Exception {
    CompletableFuture<byte[]> response = new CompletableFuture<>();
    QuicStreamChannel stream =
        Http3.newRequestStream(quic, new Receiving(response)).get(60, TimeUnit.SECONDS);
    Http3Headers head =
        new DefaultHttp3Headers()
            .method(body == null ? "GET" : "POST")
            .path(path)
            .authority("localhost")
            .scheme("https");
    stream.write(new DefaultHttp3HeadersFrame(head));
    writeBody(stream, Unpooled.wrappedBuffer(body == null ? new byte[0] : body));
    return response;
  }

  private static void writeBody(QuicStreamChannel stream, ByteBuf body) {
    while (body.isReadable()) {
      ByteBuf part = body.readRetainedSlice(Math.min(body.readableBytes(), DATA_FRAME));
      stream.write(new DefaultHttp3DataFrame(part));
    }
    stream
        .writeAndFlush(new DefaultHttp3DataFrame(Unpooled.EMPTY_BUFFER))
        .addListener(QuicStreamChannel.SHUTDOWN_OUTPUT);
  }

  private static <C extends Channel> ChannelInitializer<C> initializer(
      Class<C> kind, Consumer<C> action) {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(C channel) {
        action.accept(kind.cast(channel));
      }
    };
  }

  @Override
  public void close() {
    udp.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }

  /** One message from the peer, gathered. */
  private abstract static class Gathering extends Http3RequestStreamInboundHandler {
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    Http3Headers head;

    @Override
    protected void channelRead(ChannelHandlerContext context, Http3HeadersFrame frame) {
      if (head == null) {
        head = frame.headers();
      }
    }

    @Override
    protected void channelRead(ChannelHandlerContext context, Http3DataFrame frame)
        throws IOException {
      frame.content().readBytes(body, frame.content().readableBytes());
      frame.release();
    }
  }

  /** The server's side of a request. */
  private static final class Answering extends Gathering {
    private final Content content;

    Answering(Content content) {
      this.content = content;
    }

    @Override
    protected void channelInputClosed(ChannelHandlerContext context) throws IOException {
      QuicStreamChannel stream = (QuicStreamChannel) context.channel();
      String path = head.path().toString();
      byte[] answer = path.equals("/echo") ? body.toByteArray() : content.at(path);
      Http3Headers headers = new DefaultHttp3Headers().status("200");
      headers.add("content-length", Integer.toString(answer.length));
      stream.write(new DefaultHttp3HeadersFrame(headers));
      writeBody(stream, Unpooled.wrappedBuffer(answer));
    }
  }

  /** The client's side of a response. */
  private static final class Receiving extends Gathering {
    private final CompletableFuture<byte[]> response;

    Receiving(CompletableFuture<byte[]> response) {
      this.response = response;
    }

    @Override
    protected void channelInputClosed(ChannelHandlerContext context) {
      if (head != null && "200".contentEquals(head.status())) {
        response.complete(body.toByteArray());
      } else {
        response.completeExceptionally(new IOException("response " + head));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      response.completeExceptionally(new IOException("the stream ended without a response"));
    }
  }
}
