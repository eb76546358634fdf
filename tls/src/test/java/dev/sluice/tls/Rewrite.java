package dev.sluice.tls;

import dev.sluice.tls.extension.Extension;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.CertificateRequest;
import dev.sluice.tls.message.CertificateVerify;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.EncryptedExtensions;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.message.NewSessionTicket;
import dev.sluice.tls.message.ServerHello;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Changes handshake messages between the endpoints of a {@link TlsPair}. */
final class Rewrite {
  private Rewrite() {}

  /** How one kind of message is to be changed. The function may give null to drop it. */
  static TlsPair.Tamper message(HandshakeType type, UnaryOperator<byte[]> change) {
    return (fromClient, level, bytes) -> {
      TlsWriter out = new TlsWriter();
      try {
        TlsReader in = new TlsReader("flight", bytes);
        while (in.hasRemaining()) {
          int code = in.u8();
          byte[] body = in.vector24(0);
          byte[] whole = new TlsWriter().u8(code).vector24(body).toBytes();
          byte[] changed = code == type.code() ? change.apply(whole) : whole;
          if (changed != null) {
            out.bytes(changed);
          }
        }
      } catch (TlsException e) {
        throw new AssertionError(e);
      }
      return out.toBytes();
    };
  }

  /** Only what one side sends. */
  static TlsPair.Tamper from(boolean client, TlsPair.Tamper tamper) {
    return (fromClient, level, bytes) ->
        fromClient == client ? tamper.change(fromClient, level, bytes) : bytes;
  }

  interface Reader<T> {
    T read(TlsReader in) throws TlsException;
  }

  static <T> T parse(byte[] message, Reader<T> reader) {
    try {
      return reader.read(new TlsReader("test", message, 4, message.length - 4));
    } catch (TlsException e) {
      throw new AssertionError(e);
    }
  }

  static TlsPair.Tamper clientHello(UnaryOperator<ClientHello> change) {
    return message(
        HandshakeType.CLIENT_HELLO, m -> change.apply(parse(m, ClientHello::read)).encode());
  }

  static TlsPair.Tamper clientExtensions(UnaryOperator<Extensions> change) {
    return clientHello(
        h ->
            new ClientHello(
                h.legacyVersion(),
                h.random(),
                h.legacySessionId(),
                h.cipherSuites(),
                h.legacyCompressionMethods(),
                change.apply(h.extensions())));
  }

  static TlsPair.Tamper serverHello(UnaryOperator<ServerHello> change) {
    return message(
        HandshakeType.SERVER_HELLO, m -> change.apply(parse(m, ServerHello::read)).encode());
  }

  static TlsPair.Tamper serverHelloExtensions(UnaryOperator<Extensions> change) {
    return serverHello(
        h ->
            new ServerHello(
                h.legacyVersion(),
                h.random(),
                h.legacySessionIdEcho(),
                h.cipherSuite(),
                h.legacyCompressionMethod(),
                change.apply(h.extensions())));
  }

  static TlsPair.Tamper encryptedExtensions(UnaryOperator<Extensions> change) {
    return message(
        HandshakeType.ENCRYPTED_EXTENSIONS,
        m ->
            new EncryptedExtensions(change.apply(parse(m, EncryptedExtensions::read).extensions()))
                .encode());
  }

  static TlsPair.Tamper certificateRequest(UnaryOperator<CertificateRequest> change) {
    return message(
        HandshakeType.CERTIFICATE_REQUEST,
        m -> change.apply(parse(m, CertificateRequest::read)).encode());
  }

  static TlsPair.Tamper certificate(UnaryOperator<Certificate> change) {
    return message(
        HandshakeType.CERTIFICATE, m -> change.apply(parse(m, Certificate::read)).encode());
  }

  static TlsPair.Tamper certificateVerify(UnaryOperator<CertificateVerify> change) {
    return message(
        HandshakeType.CERTIFICATE_VERIFY,
        m -> change.apply(parse(m, CertificateVerify::read)).encode());
  }

  static TlsPair.Tamper newSessionTicket(UnaryOperator<NewSessionTicket> change) {
    return message(
        HandshakeType.NEW_SESSION_TICKET,
        m -> change.apply(parse(m, NewSessionTicket::read)).encode());
  }

  /** Other extensions for a ticket. */
  static TlsPair.Tamper ticketExtensions(UnaryOperator<Extensions> change) {
    return newSessionTicket(
        t ->
            new NewSessionTicket(
                t.lifetimeSeconds(),
                t.ageAdd(),
                t.nonce(),
                t.ticket(),
                change.apply(t.extensions())));
  }

  /** Another lifetime for a ticket. */
  static TlsPair.Tamper ticketLifetime(long seconds) {
    return newSessionTicket(
        t -> new NewSessionTicket(seconds, t.ageAdd(), t.nonce(), t.ticket(), t.extensions()));
  }

  /** Flips the last bit of a message of this type. */
  static TlsPair.Tamper lastBit(HandshakeType type) {
    return message(
        type,
        m -> {
          m[m.length - 1] ^= 1;
          return m;
        });
  }

  static Extensions without(Extensions from, ExtensionType type) {
    return Extensions.of(
        from.place(), from.all().stream().filter(e -> e.code() != type.code()).toList());
  }

  /** The extension in the place of the one of its type, else at the end. */
  static Extensions with(Extensions from, Extension extension) {
    List<Extension> all = new ArrayList<>();
    boolean replaced = false;
    for (UnknownExtension old : from.all()) {
      if (old.code() == extension.code()) {
        all.add(extension);
        replaced = true;
      } else {
        all.add(old);
      }
    }
    if (!replaced) {
      all.add(extension);
    }
    return Extensions.of(from.place(), all);
  }

  /** One more, whether or not there is one of its type. */
  static Extensions plus(Extensions from, Extension extension) {
    List<Extension> all = new ArrayList<>(from.all());
    all.add(extension);
    return Extensions.of(from.place(), all);
  }
}
