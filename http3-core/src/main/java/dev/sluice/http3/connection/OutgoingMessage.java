package dev.sluice.http3.connection;

import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.message.ContentLength;
import dev.sluice.http3.message.FieldSection;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.MalformedMessageException;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.message.RequestHeaderSection;
import dev.sluice.http3.message.ResponseHead;
import dev.sluice.http3.message.ResponseHeaderSection;
import dev.sluice.http3.message.TrailerSection;
import dev.sluice.http3.stream.MessageWriter;
import dev.sluice.qpack.FieldLine;
import dev.sluice.quic.stream.ReturnedChunks;
import dev.sluice.quic.stream.SendStream;
import java.util.List;
import java.util.function.Supplier;

/**
 * What an exchange sends: checks each step against the rules for messages, so that nothing
 * malformed leaves this side (RFC 9114 §4.1.2), and encodes it.
 */
final class OutgoingMessage {
  /** "Request Header Fields Too Large" (RFC 6585 §5, which RFC 9114 §4.2.2 points to). */
  private static final ResponseHead TOO_LARGE =
      new ResponseHead(431, Fields.of("content-length", "0"));

  /** What stands for a request that could not be read. */
  private static final RequestHead UNKNOWN_REQUEST =
      RequestHead.of("GET", "https", "unknown", "/", Fields.EMPTY);

  private final Http3Connection connection;
  private final long id;
  private final MessageWriter writer;
  private boolean tunnel;

  OutgoingMessage(Http3Connection connection, SendStream out) {
    this.connection = connection;
    this.id = out.id();
    this.writer = new MessageWriter(out);
  }

  MessageWriter writer() {
    return writer;
  }

  /** Sends a request's head, whose lines have been checked. */
  void sendRequest(RequestHead head, List<FieldLine> lines) {
    tunnel = head.isConnect();
    long due = tunnel ? ContentLength.UNKNOWN : ContentLength.of(head.fields());
    writer.writeHead(encoded(lines), due);
  }

  /** The field lines of a request's head that somebody here wants to send. */
  static List<FieldLine> lines(RequestHead head) {
    try {
      return RequestHeaderSection.format(head);
    } catch (MalformedMessageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  void sendInformational(ResponseHead head) {
    if (!head.isInformational()) {
      throw new IllegalArgumentException("status " + head.status() + " is not interim");
    }
    if (mayRespond()) {
      writer.writeInformational(section(() -> ResponseHeaderSection.format(head)));
    }
  }

  void sendResponse(RequestHead request, ResponseHead head) {
    if (head.isInformational()) {
      throw new IllegalArgumentException("status " + head.status() + " is interim");
    }
    if (mayRespond()) {
      byte[] section = section(() -> dated(head));
      tunnel = request.isConnect() && head.status() >= 200 && head.status() < 300;
      writer.writeHead(section, contentDue(request, head));
    }
  }

  /** With a date, unless it has one or the client takes no more than what it has. */
  private List<FieldLine> dated(ResponseHead head) {
    List<FieldLine> lines = ResponseHeaderSection.format(head);
    FieldLine date = head.fields().contains("date") ? null : connection.date();
    if (date != null && FieldSection.size(lines) + date.size() <= connection.maxSectionToSend()) {
      lines.add(date);
    }
    return lines;
  }

  /** Answers a request whose head is too large to be read. */
  void refuseTooLarge() {
    sendResponse(UNKNOWN_REQUEST, TOO_LARGE);
    finish();
  }

  /** How much content must follow a response's head (RFC 9110 §6.4.1, §9.3.6). */
  private long contentDue(RequestHead request, ResponseHead head) {
    if (request.method().equals("HEAD") || head.status() == 204 || head.status() == 304) {
      return 0;
    }
    return tunnel ? ContentLength.UNKNOWN : ContentLength.of(head.fields());
  }

  /** Whether a response would reach anybody. */
  private boolean mayRespond() {
    if (writer.isCut()) {
      return false;
    }
    if (!writer.isBeforeHead()) {
      throw new IllegalStateException("the response was sent before");
    }
    return true;
  }

  int writeData(byte[] source, int offset, int length) {
    int taken = isOpen() ? writer.writeData(source, offset, length) : 0;
    connection.trace().dataCreated(id, taken);
    return taken;
  }

  int adoptData(byte[] array, int offset, int length, ReturnedChunks home) {
    int taken = isOpen() ? writer.adoptData(array, offset, length, home) : 0;
    connection.trace().dataCreated(id, taken);
    return taken;
  }

  void sendTrailers(Fields fields) {
    if (isOpen()) {
      if (tunnel) {
        throw new IllegalStateException("a tunnel has no trailers");
      }
      writer.writeTrailers(section(() -> TrailerSection.format(fields)));
      finish();
    }
  }

  void finish() {
    if (!writer.isCut() && writer.isBeforeHead()) {
      throw new IllegalStateException("no head was sent");
    }
    if (writer.isOpen() && writer.isShort()) {
      reset(Http3Error.H3_INTERNAL_ERROR);
    } else {
      writer.finish();
    }
  }

  void reset(Http3Error error) {
    if (!writer.isCut()) {
      writer.reset(error.code());
    }
  }

  /** Whether content would reach anybody. */
  private boolean isOpen() {
    if (writer.isCut()) {
      return false;
    }
    if (!writer.isOpen()) {
      throw new IllegalStateException(
          writer.isBeforeHead() ? "no head was sent" : "the message has ended");
    }
    return true;
  }

  private byte[] section(Supplier<List<FieldLine>> lines) {
    try {
      List<FieldLine> checked = lines.get();
      FieldSection.requireAtMost(checked, connection.maxSectionToSend());
      return encoded(checked);
    } catch (MalformedMessageException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private byte[] encoded(List<FieldLine> lines) {
    byte[] section = connection.compression().encode(id, lines);
    connection.trace().headersCreated(id, lines, section.length);
    return section;
  }
}
