package dev.sluice.http3.client;

import dev.sluice.tls.SessionTicket;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What servers gave for the next connection to them: session tickets and address tokens. On the
 * loop thread. A ticket is used once (RFC 9001 §4.5), and so is a token (RFC 9000 §8.1.3).
 */
final class SessionMemory {

  /** Origins remembered, the latest ones: some kilobytes each. */
  private static final int ORIGINS = 200;

  /** Tickets kept for one origin: servers send two or so at a time. */
  private static final int TICKETS = 4;

  private static final class Gifts {
    final ArrayDeque<SessionTicket> tickets = new ArrayDeque<>();
    byte[] token;
  }

  private final Map<Origin, Gifts> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Origin, Gifts> eldest) {
          return size() > ORIGINS;
        }
      };

  void remember(Origin origin, SessionTicket ticket) {
    ArrayDeque<SessionTicket> tickets = gifts(origin).tickets;
    if (tickets.size() == TICKETS) {
      tickets.removeFirst();
    }
    tickets.addLast(ticket);
  }

  void remember(Origin origin, byte[] token) {
    gifts(origin).token = token;
  }

  private Gifts gifts(Origin origin) {
    return entries.computeIfAbsent(origin, o -> new Gifts());
  }

  /** The latest ticket, which is then forgotten; null for none. */
  SessionTicket takeTicket(Origin origin) {
    Gifts gifts = entries.get(origin);
    return gifts == null ? null : gifts.tickets.pollLast();
  }

  /** The token, which is then forgotten; null for none. */
  byte[] takeToken(Origin origin) {
    Gifts gifts = entries.get(origin);
    if (gifts == null) {
      return null;
    }
    byte[] token = gifts.token;
    gifts.token = null;
    return token;
  }
}
