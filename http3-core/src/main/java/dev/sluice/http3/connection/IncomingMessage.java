package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.ending.RequestEnding;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import dev.sluice.http3.stream.MessageReader;
import dev.sluice.qpack.Decoded;
import dev.sluice.quic.ending.ConnectionEnding;
import dev.sluice.quic.stream.RecvStream;
import java.util.function.IntBinaryOperator;

/**
 * What an exchange receives: takes a {@link MessageReader} from step to step, and makes each one an
 * event, in order, with the ending last.
 */
final class IncomingMessage {
  private final RequestStream exchange;
  private final Http3Connection connection;
  private final MessageReader reader;
  private final boolean client;

  // A server's user does not know a request before its head.
  private boolean announced;
  private boolean tellReadable = true;
  private boolean received;

  IncomingMessage(
      RequestStream exchange, Http3Connection connection, MessageReader reader, boolean client) {
    this.exchange = exchange;
    this.connection = connection;
    this.reader = reader;
    this.client = client;
    this.announced = client;
  }

  /** The responses to a request. */
  static MessageReader ofResponse(Http3Connection connection, RecvStream in, RequestHead head) {
    return MessageReader.ofResponse(
        in,
        connection.compression(),
        connection.config().maxFieldSectionSize(),
        head,
        connection.claims(),
        connection.trace());
  }

  /** A request. */
  static MessageReader ofRequest(Http3Connection connection, RecvStream in) {
    return MessageReader.ofRequest(
        in,
        connection.compression(),
        connection.config().maxFieldSectionSize(),
        connection.config().enableConnectProtocol(),
        connection.claims(),
        connection.trace());
  }

  /** The head of the request: at a server once it has arrived. */
  RequestHead request() {
    return reader.requestHead();
  }

  /** Whether the user of the exchange knows of it. */
  boolean isAnnounced() {
    return announced;
  }

  /** Whether everything that arrived was handed over, and how it ended is known. */
  boolean isReceived() {
    return received;
  }

  /** How it ended; null before {@link #isReceived()}. */
  RequestEnding ending() {
    return received ? reader.ending() : null;
  }

  Fields trailers() {
    return reader.trailers();
  }

  int available() {
    return reader.available();
  }

  int readData(byte[] target, int offset, int length) {
    return content(length, (done, left) -> reader.readData(target, offset + done, left));
  }

  int takeData(int most, RecvStream.Taker to) {
    return content(most, (done, left) -> reader.takeData(left, to));
  }

  /** Reads on with {@code next}, which is told how many bytes are done and how many left. */
  private int content(int length, IntBinaryOperator next) {
    tellReadable = false;
    int total = 0;
    try {
      while (total < length) {
        int read = next.applyAsInt(total, length - total);
        total += read;
        if (read == 0 && !moveOn()) {
          break;
        }
      }
      if (total == length) {
        // What follows the content is known as soon as the content was read.
        moveOn();
      }
    } catch (ConnectionErrorException e) {
      broke(e);
    }
    if (total > 0) {
      return total;
    }
    tellReadable = !received;
    return received ? RequestStream.ENDED : RequestStream.NOTHING_NOW;
  }

  /** Goes past what is not content; whether there is new content to read. */
  private boolean moveOn() {
    if (reader.isWithinContent()) {
      return false;
    }
    advance();
    return reader.isWithinContent();
  }

  /** Moves on as far as it goes without reading content, and says what it comes to. */
  void advance() {
    if (received) {
      return;
    }
    try {
      boolean more = true;
      while (more) {
        more = onStep(reader.next());
      }
    } catch (ConnectionErrorException e) {
      broke(e);
    }
    connection.flushCompression();
  }

  private boolean onStep(MessageReader.Step step) {
    switch (step) {
      case NOTHING_NOW -> {
        return false;
      }
      case INFORMATIONAL ->
          connection.emit(new Http3Event.Informational(exchange, reader.responseHead()));
      case HEAD -> {
        onHead();
        return !received;
      }
      case TRAILERS -> connection.emit(new Http3Event.Trailers(exchange, reader.trailers()));
      case CONTENT -> {
        emitReadable();
        return false;
      }
      case END -> {
        onReceived();
        return false;
      }
      case SIGNAL -> {
        received = true;
        exchange.handOver(reader.signal());
        return false;
      }
    }
    return true;
  }

  private void onHead() {
    if (client) {
      connection.emit(new Http3Event.Response(exchange, reader.responseHead()));
    } else if (connection.rejects(exchange.id())) {
      exchange.cancel(Http3Error.H3_REQUEST_REJECTED); // it came after our GOAWAY (§5.2)
    } else {
      announced = true;
      exchange.onRequest(reader.requestHead());
    }
  }

  private void emitReadable() {
    if (tellReadable && reader.isAfterHead() && announced) {
      tellReadable = false;
      connection.emit(new Http3Event.Readable(exchange));
    }
  }

  /** What there was to receive has been handed over. */
  private void onReceived() {
    received = true;
    RequestEnding ending = reader.ending();
    if (!reader.isReadToTheEnd()) {
      connection.compression().cancel(exchange.id());
    }
    if (announced) {
      emitReadable();
      connection.emit(new Http3Event.RequestEnded(exchange, ending));
    }
    exchange.onReceived(ending); // behind the event, for it may be what costs the connection
    exchange.closeWhenDone();
  }

  /** The peer broke a rule on this stream that costs the connection. */
  private void broke(ConnectionErrorException e) {
    connection.fail(e);
    exchange.onConnectionEnded(connection.ending(), true);
  }

  /** This side reads no more: what is buffered is dropped. Nothing happens at the end. */
  void abandon(RequestEnding how, Http3Error error) {
    if (!received) {
      reader.abandon(how, error.code());
      onReceived();
    }
  }

  /** Client: whether nothing of the final response has arrived. */
  boolean isUnanswered() {
    return !received && !reader.isAfterHead();
  }

  /** The section that waited has been decoded. */
  void onUnblocked(Decoded section) {
    try {
      reader.onUnblocked(section);
    } catch (ConnectionErrorException e) {
      broke(e);
      return;
    }
    advance();
  }

  /**
   * @param broken whether it was this stream that broke the connection
   */
  void onConnectionEnded(ConnectionEnding cause, boolean broken) {
    if (!received) {
      reader.onConnectionEnded(cause, broken);
      advance();
    }
  }
}
