package dev.sluice.bench.peer;

import dev.sluice.tools.perf.PerfConnection.Source;
import dev.sluice.tools.perf.PerfProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;

/** Writes what a source gives to a stream as long as it is writable, and its FIN. */
final class QuicheWriter {
  private static final ByteBuf FILLING =
      Unpooled.unreleasableBuffer(
          Unpooled.directBuffer(PerfProtocol.CHUNK).writeBytes(PerfProtocol.filling()));

  private final Source source;
  private boolean over;

  QuicheWriter(Source source) {
    this.source = source;
  }

  /** A source of so many bytes. */
  static Source of(long bytes) {
    long[] left = {bytes};
    return () -> {
      int next = (int) Math.min(left[0], PerfProtocol.CHUNK);
      left[0] -= next;
      return next;
    };
  }

  /**
   * Goes on. To be called when the stream is open, and whenever it becomes writable.
   *
   * @param finish whether the end of the source is the end of the stream
   */
  void pump(ChannelHandlerContext context, boolean finish) {
    while (!over && context.channel().isWritable()) {
      int next = source.next();
      if (next > 0) {
        context.write(FILLING.retainedSlice(0, next));
      } else {
        over = true;
        if (finish) {
          finish(context);
        }
      }
    }
    context.flush();
  }

  static void finish(ChannelHandlerContext context) {
    context.writeAndFlush(new DefaultQuicStreamFrame(Unpooled.EMPTY_BUFFER, true));
  }

  boolean isOver() {
    return over;
  }
}
