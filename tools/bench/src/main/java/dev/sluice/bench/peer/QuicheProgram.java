package dev.sluice.bench.peer;

import dev.sluice.tls.Identity;
import dev.sluice.tools.perf.ForeignClient;
import dev.sluice.tools.perf.PerfProtocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.handler.codec.quic.EpollQuicUtils;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannelOption;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicCongestionControlAlgorithm;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Cloudflare's quiche under Netty with the protocol of {@code sluice perf}: a server, or a client
 * with its workloads. The system property {@code gso} says whether it sends with UDP_SEGMENT.
 */
public final class QuicheProgram {
  private static final int DATAGRAM = 1452;
  private static final int SEGMENTS = 40;
  private static final int RECEIVED_AT_ONCE = 32;
  private static final long STREAM_WINDOW = 16 << 20;
  private static final long CONNECTION_WINDOW = 24 << 20;
  private static final long STREAMS = 1000;
  private static final long IDLE_SECONDS = 600;

  private QuicheProgram() {}

  /** {@code server}, or {@code client} with the arguments of {@code sluice perf client}. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("server")) {
      Serving.forEver(listen(), "raw QUIC");
    }
    System.exit(ForeignClient.run(QuicheConnector::new, Arrays.copyOfRange(args, 1, args.length)));
  }

  /** Starts a server; gives its port. */
  static int listen() throws Exception {
    Identity identity = Serving.identity();
    ChannelHandler codec =
        limits(new QuicServerCodecBuilder())
            .sslContext(
                QuicSslContextBuilder.forServer(
                        identity.privateKey(),
                        null,
                        identity.certificateChain().toArray(X509Certificate[]::new))
                    .applicationProtocols(PerfProtocol.ALPN)
                    .build())
            .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
            .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, segments())
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel connection) {}
                })
            .streamHandler(
                new ChannelInitializer<QuicStreamChannel>() {
                  @Override
                  protected void initChannel(QuicStreamChannel stream) {
                    stream.pipeline().addLast(new QuicheAnswer());
                  }
                })
            .build();
    return ((InetSocketAddress) bind(codec).localAddress()).getPort();
  }

  /** How packets leave: many in one call, or one each. */
  static SegmentedDatagramPacketAllocator segments() {
    return Boolean.getBoolean("gso")
        ? EpollQuicUtils.newSegmentedAllocator(SEGMENTS)
        : SegmentedDatagramPacketAllocator.NONE;
  }

  static <B extends QuicCodecBuilder<B>> B limits(B builder) {
    return builder
        .congestionControlAlgorithm(QuicCongestionControlAlgorithm.CUBIC)
        .maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
        .maxSendUdpPayloadSize(DATAGRAM)
        .maxRecvUdpPayloadSize(DATAGRAM)
        .initialMaxData(CONNECTION_WINDOW)
        .initialMaxStreamDataBidirectionalLocal(STREAM_WINDOW)
        .initialMaxStreamDataBidirectionalRemote(STREAM_WINDOW)
        .initialMaxStreamsBidirectional(STREAMS);
  }

  /** A socket with one thread, which receives with recvmmsg. */
  static Channel bind(ChannelHandler codec) throws InterruptedException {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    return new Bootstrap()
        .group(group)
        .channel(EpollDatagramChannel.class)
        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, DATAGRAM)
        .option(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(RECEIVED_AT_ONCE * DATAGRAM))
        .handler(codec)
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .sync()
        .channel();
  }
}
