package dev.sluice.bench.peer;

import dev.sluice.tools.perf.PerfConnection.Sink;
import dev.sluice.tools.perf.PerfConnection.Source;
import dev.sluice.tools.perf.Usage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** The client's side of one exchange. */
final class QuicheAsk extends ChannelInboundHandlerAdapter {
  private final QuicheWriter writer;
  private final boolean sends;
  private final long wanted;
  private final Sink sink;
  private final CompletableFuture<Void> over = new CompletableFuture<>();
  private final ByteBuf first = Unpooled.buffer(Usage.ENCODED);
  private boolean stopped;

  QuicheAsk(Source source, long wanted, Sink sink) {
    this.sends = source != Source.NOTHING;
    this.writer = new QuicheWriter(source);
    this.wanted = wanted;
    this.sink = sink;
  }

  /** Completes when the answer is there, or the sink wanted no more. */
  CompletableFuture<Void> over() {
    return over;
  }

  /** The beginning of the answer, once it is there. */
  byte[] firstBytes() {
    return first.array();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    ByteBuf head = Unpooled.buffer(Long.BYTES).writeLong(wanted);
    if (sends) {
      context.write(head);
      writer.pump(context, true);
    } else {
      context.writeAndFlush(new DefaultQuicStreamFrame(head, true));
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (sends) {
      writer.pump(context, true);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    first.writeBytes(
        bytes, bytes.readerIndex(), Math.min(bytes.readableBytes(), first.writableBytes()));
    int length = bytes.readableBytes();
    bytes.release();
    if (!stopped && !sink.received(length)) {
      stopped = true;
      ((QuicStreamChannel) context.channel()).shutdownInput(0);
      over.complete(null);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      over.complete(null);
      context.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    over.completeExceptionally(new IOException("the connection is over"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    over.completeExceptionally(cause);
    context.close();
  }
}
