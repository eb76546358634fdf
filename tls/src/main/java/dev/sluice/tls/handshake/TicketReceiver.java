package dev.sluice.tls.handshake;

import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.TlsEvent;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.TlsSession;
import dev.sluice.tls.extension.MaxEarlyData;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.message.NewSessionTicket;
import java.util.Arrays;
import java.util.Queue;

/** Turns a server's NewSessionTicket messages into tickets to keep (RFC 8446 §4.6.1). */
final class TicketReceiver {
  /**
   * Servers send one to four. Any more that a server sends over the life of a connection are of no
   * use to a client that opens a few connections to it.
   */
  private static final int MAX_TICKETS = 32;

  private final TlsClientConfig config;
  private final TlsSession session;
  private final byte[] resumptionMaster;
  private final ServerParameters parameters;
  private int received;

  TicketReceiver(
      TlsClientConfig config,
      TlsSession session,
      byte[] resumptionMaster,
      ServerParameters parameters) {
    this.config = config;
    this.session = session;
    this.resumptionMaster = resumptionMaster;
    this.parameters = parameters;
  }

  /** Takes a message; adds an event unless the ticket is of no use. */
  void onTicket(NewSessionTicket message, Queue<TlsEvent> events) throws TlsException {
    MaxEarlyData early = MaxEarlyData.in(message.extensions());
    if (early != null && early.size() != SessionTicket.EARLY_DATA_ALLOWED) {
      // RFC 9001 §4.6.1.
      throw TlsException.protocolViolation(
          "NewSessionTicket: max_early_data_size is "
              + early.size()
              + "; QUIC knows only 0xffffffff");
    }
    // RFC 8446 §4.6.1: a lifetime of zero means that it is to be thrown away at once.
    if (message.lifetimeSeconds() == 0
        || message.ticket().length > TicketChoice.MAX_LENGTH
        || received == MAX_TICKETS) {
      return;
    }
    received++;
    events.add(
        new TlsEvent.NewSessionTicket(
            new SessionTicket(
                message.ticket(),
                session.cipherSuite(),
                KeySchedule.ticketSecret(session.cipherSuite(), resumptionMaster, message.nonce()),
                config.clock().instant(),
                Math.min(message.lifetimeSeconds(), SessionTicket.MAX_LIFETIME_SECONDS),
                message.ageAdd(),
                early == null ? 0 : early.size(),
                session.applicationProtocol(),
                config.serverName(),
                parameters.transportParameters(),
                session.peerCertificates(),
                new byte[0])));
  }

  void destroy() {
    Arrays.fill(resumptionMaster, (byte) 0);
  }
}
