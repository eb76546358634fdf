package dev.sluice.http3.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;

/**
 * The body of a response: a stream that also takes bytes out of files. Writing waits until the
 * client takes more; one thread at a time does so.
 *
 * <p>Closing it says that nothing more is written, not that this was all there should be: {@code
 * try} closes a body on its way out of what has failed, too. So the response ends when the handler
 * has returned; where it throws instead, the client is told that the response is cut short. Only
 * the far end of a tunnel ({@code CONNECT}) hears of a close at once, since it may have to answer
 * it.
 */
public abstract class ResponseBody extends OutputStream {

  /**
   * Writes a part of a file. It is read straight into the arrays that are kept until the client has
   * them, with no buffer in between, so this is the way to send a file; for HEAD it is counted and
   * not read. The channel remains the caller's, who may have several responses read from it at
   * once: its own position neither matters nor changes.
   *
   * <p>Where the file ends before that, as one does that is cut short meanwhile, or cannot be read,
   * the response cannot be completed: the stream is reset, or a 500 is sent if nothing was before,
   * and whatever else is written is refused. The file is not looked at for more than {@code count}
   * bytes, so one may grow. Bytes that change while they are sent arrive as they were or as they
   * are.
   *
   * @param position where the part begins in the file
   * @param count its length in bytes
   * @throws java.io.EOFException the file has fewer
   * @throws IOException as from the other writes, or from the channel
   * @throws IllegalArgumentException the position or the length is negative
   */
  public abstract void write(FileChannel file, long position, long count) throws IOException;

  /**
   * Closes the body and ends the response now, whatever the handler does after that: for one that
   * has more to do than to answer. Nothing happens where the response is over.
   *
   * @throws IOException nobody wants the response any more, or it has fewer bytes than its
   *     content-length says, and the stream is reset
   */
  public abstract void finish() throws IOException;
}
