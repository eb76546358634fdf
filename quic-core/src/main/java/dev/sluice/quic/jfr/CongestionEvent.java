package dev.sluice.quic.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The congestion controller of a path acts in another way from now on. */
@Name("dev.sluice.Congestion")
@Label("QUIC Congestion State")
@Category("Sluice")
@StackTrace(false)
final class CongestionEvent extends Event {
  @Label("Connection ID")
  String connection;

  @Label("Path")
  @Description("0 for the one that the connection began on")
  int path;

  @Label("State Before")
  String before;

  @Label("State")
  @Description("In the congestion controller's own terms")
  String state;

  @Label("Trigger")
  String trigger;
}
