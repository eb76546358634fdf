package dev.sluice.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;

/** What the endpoints of a {@link TlsPair} say to each other, message by message. */
final class Flights {
  /** One message as it arrives. */
  record Sent(boolean byClient, EncryptionLevel level, HandshakeType type, byte[] message) {
    <T> T as(Rewrite.Reader<T> reader) {
      return Rewrite.parse(message, reader);
    }
  }

  private final List<Sent> all = new ArrayList<>();

  private Flights() {}

  /** Runs a handshake that has to succeed. */
  static Flights of(TlsClientConfig client, TlsServerConfig server) {
    return record(new TlsPair(client, server), (c, l, b) -> b, true);
  }

  /** Runs a handshake whose ClientHello is changed, so that it cannot end well. */
  static Flights of(TlsClientConfig client, TlsServerConfig server, TlsPair.Tamper tamper) {
    return record(new TlsPair(client, server), Rewrite.from(true, tamper), false);
  }

  private static Flights record(TlsPair pair, TlsPair.Tamper tamper, boolean complete) {
    Flights flights = new Flights();
    pair.tamper =
        (fromClient, level, bytes) -> {
          byte[] changed = tamper.change(fromClient, level, bytes);
          flights.add(fromClient, level, changed);
          return changed;
        };
    pair.run();
    if (complete) {
      pair.requireComplete();
    } else {
      assertEquals(null, pair.server.failure);
    }
    return flights;
  }

  private void add(boolean byClient, EncryptionLevel level, byte[] flight) {
    try {
      TlsReader in = new TlsReader("flight", flight);
      while (in.hasRemaining()) {
        int code = in.u8();
        byte[] message = new TlsWriter().u8(code).vector24(in.vector24(0)).toBytes();
        all.add(new Sent(byClient, level, HandshakeType.of(code), message));
      }
    } catch (TlsException e) {
      throw new AssertionError(e);
    }
  }

  /** In the order in which one side sends them. */
  List<Sent> from(boolean client) {
    return all.stream().filter(sent -> sent.byClient == client).toList();
  }

  /** The same by name. */
  List<HandshakeType> types(boolean client) {
    return from(client).stream().map(Sent::type).toList();
  }

  /** All messages of a type by one side. */
  <T> List<T> all(boolean client, HandshakeType type, Rewrite.Reader<T> reader) {
    return from(client).stream()
        .filter(sent -> sent.type == type)
        .map(sent -> sent.as(reader))
        .toList();
  }

  /** The only message of a type by one side. */
  <T> T one(boolean client, HandshakeType type, Rewrite.Reader<T> reader) {
    List<T> found = all(client, type, reader);
    assertEquals(1, found.size(), type.rfcName());
    return found.getFirst();
  }

  static List<Integer> codes(Extensions extensions) {
    return extensions.all().stream().map(UnknownExtension::code).toList();
  }
}
