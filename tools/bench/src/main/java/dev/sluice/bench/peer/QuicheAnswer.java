package dev.sluice.bench.peer;

import dev.sluice.tools.perf.PerfProtocol;
import dev.sluice.tools.perf.StreamExchange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;

/** The server's side of one exchange. */
final class QuicheAnswer extends ChannelInboundHandlerAdapter {
  private final ByteBuf head = Unpooled.buffer(Long.BYTES);
  private QuicheWriter writer;
  private long wanted;
  private boolean inputOver;
  private boolean answered;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (head.readableBytes() < Long.BYTES) {
      head.writeBytes(bytes, Math.min(bytes.readableBytes(), Long.BYTES - head.readableBytes()));
      if (head.readableBytes() == Long.BYTES) {
        begin(context);
      }
    }
    bytes.release();
  }

  private void begin(ChannelHandlerContext context) {
    wanted = head.getLong(0);
    if (wanted > PerfProtocol.CHUNK) {
      writer = new QuicheWriter(QuicheWriter.of(wanted));
      writer.pump(context, false);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (writer != null) {
      writer.pump(context, false);
      finish(context);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ChannelInputShutdownEvent.INSTANCE) {
      inputOver = true;
      finish(context);
    }
  }

  /** The FIN goes out once the client's is in, and everything is sent. */
  private void finish(ChannelHandlerContext context) {
    if (!inputOver || answered || head.readableBytes() < Long.BYTES) {
      return;
    }
    if (writer != null) {
      if (writer.isOver()) {
        answered = true;
        QuicheWriter.finish(context);
      }
      return;
    }
    answered = true;
    ByteBuf answer =
        wanted < 0
            ? Unpooled.wrappedBuffer(StreamExchange.usage(wanted).encode())
            : Unpooled.wrappedBuffer(PerfProtocol.filling(), 0, (int) wanted);
    context.writeAndFlush(new DefaultQuicStreamFrame(answer, true));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close(); // the client has enough, or is gone
  }
}
