package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.ClientAuthentication;
import dev.sluice.tls.ServerTransport;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.extension.PreSharedKeyOffer;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.psk.PskBinder;
import dev.sluice.tls.psk.TicketState;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Objects;

/**
 * A session that the server takes up again (RFC 8446 §4.2.11).
 *
 * @param index of the ticket in the client's offer
 * @param state from the ticket
 * @param schedule at the early secret
 * @param binder that proved the client's possession
 * @param obfuscatedAge of the ticket, by the client
 */
record Resumption(
    int index, TicketState state, KeySchedule schedule, byte[] binder, long obfuscatedAge) {

  /** Opening a ticket costs a decryption; a client has no reason to offer more than a few. */
  private static final int MAX_TICKETS_TRIED = 4;

  /**
   * The first usable ticket, or null for a full handshake. Tickets that we cannot open, that have
   * expired, or that belong to another name or protocol or kind of transport are passed over.
   *
   * @param hello the whole encoded message
   * @param transcript what came before it
   * @throws TlsException decrypt_error when the binder is wrong
   */
  static Resumption find(
      TlsServerConfig config,
      ServerTransport transport,
      ClientHelloParameters client,
      CipherSuite suite,
      String protocol,
      byte[] hello,
      TranscriptHash transcript)
      throws TlsException {
    PreSharedKeyOffer offer = client.preSharedKeys();
    if (offer == null || !client.dhePsk() || config.ticketProtector() == null) {
      return null;
    }
    Instant now = config.clock().instant();
    int tried = Math.min(offer.identities().size(), MAX_TICKETS_TRIED);
    for (int i = 0; i < tried; i++) {
      PreSharedKeyOffer.Identity identity = offer.identities().get(i);
      byte[] plaintext = config.ticketProtector().open(identity.ticket(), now);
      TicketState state = plaintext == null ? null : TicketState.decode(plaintext);
      if (state != null
          && state.isAliveAt(now.toEpochMilli())
          && state.cipherSuite().hashAlgorithm().equals(suite.hashAlgorithm())
          && state.applicationProtocol().equals(protocol)
          && Objects.equals(state.serverName(), client.serverName())
          && transport.mayResume(state.transportParameters())
          && isClientStillTrusted(config, state, suite, now)) {
        KeySchedule schedule = new KeySchedule(suite, state.secret());
        byte[] binder = offer.binders().get(i);
        requireBinder(schedule, transcript, hello, offer, binder);
        return new Resumption(i, state, schedule, binder, identity.obfuscatedAge());
      }
    }
    return null;
  }

  /** Whether TLS and the server's policy agree to 0-RTT (RFC 8446 §4.2.10, RFC 9001 §4.6.3). */
  boolean acceptsEarlyData(TlsServerConfig config, CipherSuite suite) {
    return config.earlyDataPolicy() != null
        && index == 0
        && state.cipherSuite() == suite
        && state.ageError(obfuscatedAge, config.clock().instant().toEpochMilli())
            <= config.earlyDataPolicy().freshness().toMillis()
        && config
            .earlyDataPolicy()
            .accept(state.transportParameters(), state.applicationState(), binder.clone());
  }

  /**
   * A resumption shows no certificates, so the client's of the first session is judged again; a
   * server that needs one does not resume a session without.
   */
  private static boolean isClientStillTrusted(
      TlsServerConfig config, TicketState state, CipherSuite suite, Instant now) {
    if (state.clientCertificates().isEmpty()) {
      return config.clientAuthentication() != ClientAuthentication.NEED;
    }
    if (config.certificateVerifier() == null) {
      return false;
    }
    try {
      config
          .certificateVerifier()
          .verify(
              state.clientCertificates(), new CertificateVerifier.Context(false, null, now, suite));
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private static void requireBinder(
      KeySchedule schedule,
      TranscriptHash transcript,
      byte[] hello,
      PreSharedKeyOffer offer,
      byte[] binder)
      throws TlsException {
    byte[] hash = transcript.hashWith(hello, hello.length - offer.bindersLength());
    if (!PskBinder.verify(schedule, hash, binder)) {
      throw new TlsException(
          AlertDescription.DECRYPT_ERROR, "ClientHello, pre_shared_key: the binder is wrong");
    }
  }
}
