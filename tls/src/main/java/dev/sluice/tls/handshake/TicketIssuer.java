package dev.sluice.tls.handshake;

import dev.sluice.tls.SessionTicket;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.TlsSession;
import dev.sluice.tls.extension.Extension;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.MaxEarlyData;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.message.NewSessionTicket;
import dev.sluice.tls.psk.TicketState;
import dev.sluice.tls.wire.TlsWriter;
import java.time.Instant;
import java.util.List;

/** Makes a server's NewSessionTicket messages (RFC 8446 §4.6.1). */
final class TicketIssuer {
  /**
   * A ticket has to fit the client's first flight. One that would not, for a client's chain that is
   * in it, is not issued.
   */
  private static final int MAX_TICKET = 8_192;

  private TicketIssuer() {}

  /**
   * The messages, one after the other; empty when there are none to send.
   *
   * @param transportParameters those that the server sent
   * @param resumptionMaster not kept
   */
  static byte[] issue(
      TlsServerConfig config,
      TlsSession session,
      byte[] transportParameters,
      byte[] resumptionMaster) {
    TlsWriter out = new TlsWriter();
    Instant now = config.clock().instant();
    for (int i = 0; i < config.ticketCount(); i++) {
      // Unique among the tickets of this connection, which is all that a nonce is for.
      byte[] nonce = {(byte) i};
      long ageAdd = config.random().nextInt() & 0xffff_ffffL;
      TicketState state =
          new TicketState(
              session.cipherSuite(),
              KeySchedule.ticketSecret(session.cipherSuite(), resumptionMaster, nonce),
              now.toEpochMilli(),
              config.ticketLifetime().toSeconds(),
              ageAdd,
              session.applicationProtocol(),
              session.serverName(),
              transportParameters,
              session.peerCertificates(),
              config.ticketApplicationState());
      byte[] ticket = config.ticketProtector().protect(state.encode(), now);
      if (ticket.length > MAX_TICKET) {
        return new byte[0];
      }
      List<Extension> extensions =
          config.earlyDataPolicy() == null
              ? List.of()
              : List.of(new MaxEarlyData(SessionTicket.EARLY_DATA_ALLOWED));
      out.bytes(
          new NewSessionTicket(
                  config.ticketLifetime().toSeconds(),
                  ageAdd,
                  nonce,
                  ticket,
                  Extensions.of(Place.NEW_SESSION_TICKET, extensions))
              .encode());
    }
    return out.toBytes();
  }
}
