package dev.sluice.quic.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A connection, from its first packet to its end. */
@Name("dev.sluice.Connection")
@Label("QUIC Connection")
@Category("Sluice")
@StackTrace(false)
final class ConnectionEvent extends Event {
  @Label("Connection ID")
  @Description("The destination of the client's first packet: the same on both sides")
  String id;

  @Label("Role")
  String role;

  @Label("Remote Address")
  String remote;

  @Label("Application Protocol")
  String protocol;

  @Label("Packets Lost")
  long packetsLost;

  @Label("Streams")
  long streams;

  @Label("Ending")
  String ending;
}
