package dev.sluice.quic.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A packet was taken for lost (RFC 9002 §6.1). */
@Name("dev.sluice.PacketLost")
@Label("QUIC Packet Lost")
@Category("Sluice")
@StackTrace(false)
final class PacketLostEvent extends Event {
  @Label("Connection ID")
  String connection;

  @Label("Packet Type")
  String type;

  @Label("Packet Number")
  long number;

  @Label("Path")
  @Description("0 for the one that the connection began on")
  int path;

  @Label("Reason")
  @Description("Time, or the packets that were acknowledged after it")
  String reason;

  @Label("Probes Datagram Size")
  boolean mtuProbe;
}
