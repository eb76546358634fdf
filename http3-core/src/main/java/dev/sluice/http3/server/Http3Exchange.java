package dev.sluice.http3.server;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.RequestEndedException;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;

/**
 * One request and its response. Bodies stream in both directions at once, and each direction holds
 * its sender back when the other end is slow. Streams may be handed to other threads, but
 * everything is over when the handler returns.
 *
 * <p>Where the client gives the exchange up, or the connection ends, reading gives what arrived and
 * then throws {@link RequestEndedException}, and writing throws it.
 */
public interface Http3Exchange {

  /** The method, in the case it came in. */
  String method();

  /**
   * The request's target as a URI: "https", the authority and the path. Characters that a URI
   * cannot have but browsers send are percent-encoded; {@link #path()} has them as they came.
   */
  URI uri();

  /** Host and optional port from ":authority" or "host"; null when the request has neither. */
  String authority();

  /** Path and query as they came; null for a CONNECT without a path. */
  String path();

  /** The request's header fields. */
  Fields headers();

  /**
   * The request's body; the same stream each time. When the client waits for it, the first read
   * sends "100 Continue" (RFC 9110 §10.1.1). Closing it early reads no more.
   */
  InputStream requestBody();

  /**
   * The request's trailer section, empty when there was none.
   *
   * @throws IllegalStateException before the body was read to its end
   */
  Fields requestTrailers();

  /**
   * Sends an interim response, such as 103 (Early Hints).
   *
   * @param status 100 or 102 to 199
   * @throws IllegalStateException after {@link #respond}
   * @throws IllegalArgumentException for another status, or for fields that HTTP/3 does not allow
   */
  void sendInformational(int status, Fields fields) throws IOException;

  /**
   * Begins the response; once. Its head goes out with the first bytes of the body that do: when
   * enough have gathered, on {@code flush()}, or at the end.
   *
   * <p>A content-length among the fields is held to: more bytes are refused, fewer reset the
   * stream. Without one it is added when the whole body is known by the time the head goes out. In
   * answer to HEAD the bytes are counted and dropped; 204, 205 and 304 take none.
   *
   * <p>A response without a date is given the present one (RFC 9110 §6.6.1).
   *
   * @param status 200 to 599
   * @return the body. The response ends when the handler returns, or with {@link
   *     ResponseBody#finish()} before; a handler that throws has it cut short, also where {@code
   *     try} has closed it on the way
   * @throws IllegalStateException when it was called before
   * @throws IllegalArgumentException for another status, or for fields that HTTP/3 does not allow
   */
  ResponseBody respond(int status, Fields fields) throws IOException;

  /**
   * Sends the whole response, at once; its content-length is that of the body, unless a field says
   * so.
   */
  default void respond(int status, Fields fields, byte[] body) throws IOException {
    ResponseHead head =
        ResponseRules.withContentLength(new ResponseHead(status, fields), method(), body.length);
    ResponseBody out = respond(status, head.fields());
    out.write(body);
    out.finish();
  }

  /**
   * Sends a file as the whole response, at once; its content-length is the file's, unless a field
   * says so.
   *
   * @throws IOException as from {@link ResponseBody#write(FileChannel, long, long)}, or the file
   *     cannot be opened, and nothing was begun
   */
  default void respond(int status, Fields fields, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long length = channel.size();
      ResponseHead head =
          ResponseRules.withContentLength(new ResponseHead(status, fields), method(), length);
      ResponseBody out = respond(status, head.fields());
      out.write(channel, 0, length);
      out.finish();
    }
  }

  /**
   * Ends the response with a trailer section, now. The body may have been closed, but not finished.
   *
   * @throws IllegalStateException before {@link #respond}, or after the response has ended
   * @throws IllegalArgumentException for fields that HTTP/3 does not allow
   */
  void sendTrailers(Fields fields) throws IOException;

  /**
   * Completes when the client no longer wants the response, or its connection has ended, with what
   * a write would throw from then on: for a handler that waits for something else than the client.
   * It does so on the loop's thread, where nothing may wait, and never where neither happens.
   */
  CompletionStage<RequestEnding> givenUp();

  /** The client's address as it was when the request came. */
  InetSocketAddress remoteAddress();

  /**
   * Whether the request may be a replay: it came as 0-RTT and the handshake is not complete yet, or
   * a gateway says with Early-Data that it was so there (RFC 8470 §5.1). Whoever must not do a
   * thing twice answers 425 then, or waits with {@link #awaitHandshake()} and asks again.
   */
  boolean isEarly();

  /**
   * Waits until the handshake is complete, which it mostly is: what has come on this connection is
   * no replay then.
   *
   * @throws IOException the connection ended before
   */
  void awaitHandshake() throws IOException;

  /** The connection, as it is now. */
  ConnectionInfo connection();
}
