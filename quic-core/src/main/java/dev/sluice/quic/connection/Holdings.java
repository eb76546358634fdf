package dev.sluice.quic.connection;

import dev.sluice.quic.trace.Footprint;

/** What a connection holds that its peer can make grow, part by part, each within its bound. */
final class Holdings {
  private Holdings() {}

  static void measure(Connection connection, Footprint out) {
    connection.recovery.measure(out);
    for (PacketSpace space : connection.spaces.all()) {
      space.acks().measure(out);
      space.crypto().measure(out);
    }
    connection.receiver.measure(out);
    connection.paths.measure(out);
    connection.ids.local().measure(out);
    connection.ids.remote().measure(out);
    connection.streams.measure(out);
    connection.datagrams.inbound().measure(out);
  }
}
