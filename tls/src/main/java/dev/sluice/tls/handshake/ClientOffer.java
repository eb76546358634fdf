package dev.sluice.tls.handshake;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.cert.IpLiteral;
import dev.sluice.tls.extension.ApplicationProtocols;
import dev.sluice.tls.extension.Cookie;
import dev.sluice.tls.extension.EarlyData;
import dev.sluice.tls.extension.Extension;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.OfferedVersions;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.extension.PreSharedKeyOffer;
import dev.sluice.tls.extension.PskKeyExchangeModes;
import dev.sluice.tls.extension.QuicTransportParameters;
import dev.sluice.tls.extension.SelectedVersion;
import dev.sluice.tls.extension.ServerName;
import dev.sluice.tls.extension.SignatureAlgorithms;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.keys.KeyAgreement;
import dev.sluice.tls.keys.KeyPairStock;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.psk.PskBinder;
import java.net.IDN;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a client offers: makes its first ClientHello, and the second after a HelloRetryRequest (RFC
 * 8446 §4.1.2), and remembers what was in them.
 */
final class ClientOffer {
  private final TlsClientConfig config;
  private final byte[] transportParameters;
  private final KeyPairStock stock;
  private final byte[] random = new byte[32];
  private final Grease grease;
  private final List<KeyAgreement> agreements = new ArrayList<>();
  private final Instant now;
  private SessionTicket ticket;
  private KeySchedule pskSchedule;
  private boolean earlyData;
  private boolean greaseShare;
  private Extensions extensions;

  ClientOffer(TlsClientConfig config, byte[] transportParameters, KeyPairStock stock) {
    this.config = config;
    this.stock = stock;
    this.transportParameters = transportParameters;
    this.now = config.clock().instant();
    config.random().nextBytes(random);
    this.grease = config.grease() ? Grease.draw(config.random()) : null;
    this.greaseShare = config.grease();
    List<NamedGroup> shared =
        config.groups().stream().filter(config.keyShares()::contains).toList();
    agreements.addAll(KeyAgreement.open(shared, config.random(), stock));
    if (TicketChoice.isUsable(config, now)) {
      ticket = config.ticket();
      pskSchedule = new KeySchedule(ticket.cipherSuite(), ticket.resumptionSecret());
      earlyData =
          config.earlyData()
              && ticket.allowsEarlyData()
              && config.cipherSuites().contains(ticket.cipherSuite());
    }
  }

  /** The first ClientHello. */
  byte[] first() {
    return encode(null, null);
  }

  /**
   * The second ClientHello: the first, but with what the server has asked for (RFC 8446 §4.1.2).
   *
   * @param group for which the server wants a share, or null to keep those of before
   * @param cookie to echo, or null
   * @param transcript up to the HelloRetryRequest, which the binder covers
   */
  byte[] second(NamedGroup group, Cookie cookie, TranscriptHash transcript) {
    if (group != null) {
      destroyAgreements();
      agreements.add(KeyAgreement.open(group, config.random(), stock));
      greaseShare = false;
    }
    earlyData = false;
    // RFC 8446 §4.1.4: no PSK of a hash other than the one that is now chosen.
    if (ticket != null
        && !ticket.cipherSuite().hashAlgorithm().equals(transcript.suite().hashAlgorithm())) {
      pskSchedule.destroy();
      ticket = null;
    }
    return encode(cookie, transcript);
  }

  /** Client random, 32 bytes, which also names the connection in a key log. */
  byte[] random() {
    return random;
  }

  /** The extensions of the last ClientHello. */
  Extensions extensions() {
    return extensions;
  }

  /** The session offered for resumption, or null. */
  SessionTicket ticket() {
    return ticket;
  }

  /** The key schedule at the early secret of the ticket; null without one. */
  KeySchedule pskSchedule() {
    return pskSchedule;
  }

  /** Whether the last ClientHello offers 0-RTT. */
  boolean offersEarlyData() {
    return earlyData;
  }

  /** The key exchange that was opened in a group, or null. */
  KeyAgreement agreement(NamedGroup group) {
    for (KeyAgreement agreement : agreements) {
      if (agreement.group() == group) {
        return agreement;
      }
    }
    return null;
  }

  /** Zeroes the private keys. */
  void destroyAgreements() {
    agreements.forEach(KeyAgreement::destroy);
    agreements.clear();
  }

  /** Zeroes everything secret. */
  void destroy() {
    destroyAgreements();
    if (pskSchedule != null) {
      pskSchedule.destroy();
    }
  }

  private byte[] encode(Cookie cookie, TranscriptHash transcript) {
    List<Extension> list = list(cookie);
    PreSharedKeyOffer psk = ticket == null ? null : unbound();
    if (psk != null) {
      list.add(psk);
    }
    extensions = Extensions.of(Place.CLIENT_HELLO, list);
    byte[] hello =
        new ClientHello(
                ClientHello.LEGACY_VERSION,
                random,
                new byte[0],
                suites(),
                new byte[] {0},
                extensions)
            .encode();
    if (psk != null) {
      bind(hello, psk, transcript);
    }
    return hello;
  }

  private List<Extension> list(Cookie cookie) {
    List<Extension> list = new ArrayList<>();
    if (grease != null) {
      list.add(new UnknownExtension(grease.firstExtension(), new byte[0]));
    }
    // RFC 6066 §3: no literal addresses.
    if (IpLiteral.parse(config.serverName()) == null) {
      list.add(new ServerName(asciiName()));
    }
    list.add(new SupportedGroups(groups()));
    list.add(new SignatureAlgorithms(schemes()));
    list.add(new ApplicationProtocols(config.applicationProtocols()));
    list.add(new OfferedVersions(versions()));
    list.add(new KeyShareOffer(shares()));
    list.add(new PskKeyExchangeModes(modes()));
    list.add(new QuicTransportParameters(transportParameters));
    if (cookie != null) {
      list.add(cookie);
    }
    if (earlyData) {
      list.add(new EarlyData());
    }
    if (grease != null) {
      list.add(new UnknownExtension(grease.lastExtension(), new byte[] {0}));
    }
    return list;
  }

  private String asciiName() {
    String name = IDN.toASCII(config.serverName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  private List<Integer> suites() {
    List<Integer> codes = new ArrayList<>();
    if (grease != null) {
      codes.add(grease.cipherSuite());
    }
    config.cipherSuites().forEach(suite -> codes.add(suite.code()));
    return List.copyOf(codes);
  }

  private List<Integer> groups() {
    List<Integer> codes = new ArrayList<>();
    if (grease != null) {
      codes.add(grease.group());
    }
    config.groups().forEach(group -> codes.add(group.code()));
    return codes;
  }

  private List<Integer> schemes() {
    List<Integer> codes = new ArrayList<>();
    if (grease != null) {
      codes.add(grease.signatureScheme());
    }
    config.signatureSchemes().forEach(scheme -> codes.add(scheme.code()));
    return codes;
  }

  private List<Integer> versions() {
    return grease == null
        ? List.of(SelectedVersion.TLS_1_3)
        : List.of(grease.version(), SelectedVersion.TLS_1_3);
  }

  private List<Integer> modes() {
    return grease == null
        ? List.of(PskKeyExchangeModes.PSK_DHE_KE)
        : List.of(PskKeyExchangeModes.PSK_DHE_KE, grease.pskMode());
  }

  private List<KeyShareEntry> shares() {
    List<KeyShareEntry> entries = new ArrayList<>();
    if (greaseShare) {
      entries.add(new KeyShareEntry(grease.group(), new byte[] {0}));
    }
    for (KeyAgreement agreement : agreements) {
      entries.add(new KeyShareEntry(agreement.group().code(), agreement.share()));
    }
    return entries;
  }

  /** The offer with a binder of the right length, but zeros (RFC 8446 §4.2.11.2). */
  private PreSharedKeyOffer unbound() {
    CipherSuite suite = ticket.cipherSuite();
    long age = now.toEpochMilli() - ticket.receivedAt().toEpochMilli() + ticket.ageAdd();
    return new PreSharedKeyOffer(
        List.of(new PreSharedKeyOffer.Identity(ticket.ticket(), age & 0xffff_ffffL)),
        List.of(new byte[suite.hashLength()]));
  }

  /** Puts the binder where its zeros stand: at the very end of the message. */
  private void bind(byte[] hello, PreSharedKeyOffer psk, TranscriptHash transcript) {
    TranscriptHash covered = transcript;
    if (covered == null) {
      covered = new TranscriptHash();
      covered.start(ticket.cipherSuite());
    }
    byte[] hash = covered.hashWith(hello, hello.length - psk.bindersLength());
    byte[] binder = PskBinder.compute(pskSchedule, hash);
    System.arraycopy(binder, 0, hello, hello.length - binder.length, binder.length);
  }
}
