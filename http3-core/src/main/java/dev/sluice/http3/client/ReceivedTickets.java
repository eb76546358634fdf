package dev.sluice.http3.client;

import dev.sluice.http3.connection.Http3Settings;
import dev.sluice.tls.SessionTicket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Session tickets on their way to who remembers them. A ticket goes with the settings of the
 * connection that it is from (RFC 9114 §7.2.4.2), and waits for them if it comes first. TLS takes a
 * few dozen of a connection, which bounds how many wait.
 */
final class ReceivedTickets {
  private final Consumer<SessionTicket> memory;
  private final List<SessionTicket> waiting = new ArrayList<>();

  /** Null before they have arrived. */
  private Http3Settings settings;

  ReceivedTickets(Consumer<SessionTicket> memory) {
    this.memory = memory;
  }

  void onTicket(SessionTicket ticket) {
    if (settings == null) {
      waiting.add(ticket);
    } else {
      keep(ticket);
    }
  }

  void onSettings(Http3Settings received) {
    settings = received;
    waiting.forEach(this::keep);
    waiting.clear();
  }

  private void keep(SessionTicket ticket) {
    memory.accept(ticket.withApplicationState(settings.encode()));
  }
}
