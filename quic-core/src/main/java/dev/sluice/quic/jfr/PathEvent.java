package dev.sluice.quic.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What a path carries has changed, or where the connection goes. */
@Name("dev.sluice.Path")
@Label("QUIC Path")
@Category("Sluice")
@StackTrace(false)
final class PathEvent extends Event {
  @Label("Connection ID")
  String connection;

  @Label("Path")
  @Description("0 for the one that the connection began on")
  int path;

  @Label("Change")
  @Description("Of its address, of the size of datagrams, or of ECN")
  String change;

  @Label("Remote Address")
  String remote;

  @Label("Datagram Size")
  @DataAmount(DataAmount.BYTES)
  int datagramSize;

  @Label("ECN")
  String ecn;
}
