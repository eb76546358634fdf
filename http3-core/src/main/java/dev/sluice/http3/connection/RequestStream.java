package dev.sluice.http3.connection;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.Priority;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.ResponseHead;

/**
 * One exchange: a request and its responses on one bidirectional stream (RFC 9114 §4.1), in either
 * role. Content is read from and written to the QUIC stream directly, so its flow control is the
 * back-pressure.
 *
 * <p>What was received is delivered before its ending: {@link #readData} gives every byte that
 * arrived, of a DATA frame cut short too, and only then ENDED.
 */
public final class RequestStream {
  /** {@link #readData} has nothing at present; a Readable event follows. */
  public static final int NOTHING_NOW = 0;

  /** {@link #readData} gives no more bytes. */
  public static final int ENDED = -1;

  RequestStream() {}

  /** The QUIC stream's id. */
  public long id() {
    throw new UnsupportedOperationException();
  }

  /** The request's head: what was sent at a client, what arrived at a server. */
  public RequestHead request() {
    throw new UnsupportedOperationException();
  }

  /** Whatever the user of this stream has tied to it; null at first. */
  public Object attachment() {
    throw new UnsupportedOperationException();
  }

  /** Ties something to this stream, for the user's own book-keeping. */
  public void attach(Object attachment) {
    throw new UnsupportedOperationException();
  }

  /**
   * Server: sends an interim response, before the final one.
   *
   * @throws IllegalStateException after the final response
   * @throws IllegalArgumentException when the status is not 1xx, is 101, or a field is malformed
   */
  public void sendInformational(ResponseHead head) {
    throw new UnsupportedOperationException();
  }

  /**
   * Server: sends the final response's head.
   *
   * @param end whether it is the whole response
   * @throws IllegalStateException when it was sent before
   * @throws IllegalArgumentException when the head would be malformed
   * @throws dev.sluice.http3.message.FieldSectionTooLargeException when the client does not take
   *     that much
   */
  public void sendResponse(ResponseHead head, boolean end) {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends content as far as there is room.
   *
   * @return how many bytes were taken, 0 to {@code length}; when fewer than {@code length}, a
   *     Writable event follows unless the stream has ended
   * @throws IllegalStateException before the head, or after the end of the message
   */
  public int writeData(byte[] source, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  /** Bytes of content that {@link #writeData} would take at once. */
  public int writable() {
    throw new UnsupportedOperationException();
  }

  /**
   * Sends the trailer section and ends the message.
   *
   * @throws IllegalStateException before the head, or after the end of the message
   * @throws IllegalArgumentException when a field is malformed or the section is too large
   */
  public void sendTrailers(Fields fields) {
    throw new UnsupportedOperationException();
  }

  /** Ends the message. Nothing happens when it has ended. */
  public void finish() {
    throw new UnsupportedOperationException();
  }

  /** Cuts short what this side sends (RESET_STREAM). Nothing happens when it has ended. */
  public void reset(Http3Error error) {
    throw new UnsupportedOperationException();
  }

  /**
   * Copies content out, in order, straight from the QUIC stream.
   *
   * @param length at least 1
   * @return the number of bytes, {@link #NOTHING_NOW} or {@link #ENDED}
   */
  public int readData(byte[] target, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  /** Bytes of content that {@link #readData} is certain to give at once; there may be more. */
  public int available() {
    throw new UnsupportedOperationException();
  }

  /** The trailer section; null when there was none, or not yet. */
  public Fields trailers() {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads no more: drops what is buffered and asks the peer to stop (STOP_SENDING). The exchange's
   * ending is Abandoned, unless it has one already.
   */
  public void stopReading(Http3Error error) {
    throw new UnsupportedOperationException();
  }

  /** Gives up both directions (RFC 9114 §4.1.1). */
  public void cancel(Http3Error error) {
    throw new UnsupportedOperationException();
  }

  /** How what this exchange receives ended; null until everything that arrived was read. */
  public RequestEnding ending() {
    throw new UnsupportedOperationException();
  }

  /** What this side sends on the stream goes before or after other streams' data (RFC 9218). */
  public void setPriority(Priority priority) {
    throw new UnsupportedOperationException();
  }
}
