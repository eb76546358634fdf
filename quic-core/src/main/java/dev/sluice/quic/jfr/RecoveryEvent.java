package dev.sluice.quic.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Round-trip time and congestion window after an acknowledgement that changed them. */
@Name("dev.sluice.Recovery")
@Label("QUIC Recovery")
@Category("Sluice")
@StackTrace(false)
final class RecoveryEvent extends Event {
  @Label("Connection ID")
  String connection;

  @Label("Path")
  @Description("0 for the one that the connection began on")
  int path;

  @Label("Smoothed RTT")
  @Timespan(Timespan.NANOSECONDS)
  long smoothedRtt;

  @Label("Latest RTT")
  @Timespan(Timespan.NANOSECONDS)
  long latestRtt;

  @Label("Minimum RTT")
  @Timespan(Timespan.NANOSECONDS)
  long minRtt;

  @Label("RTT Variation")
  @Timespan(Timespan.NANOSECONDS)
  long rttVariation;

  @Label("Probe Timeouts")
  @Description("In a row, without an acknowledgment")
  int probeTimeouts;

  @Label("Slow Start Threshold")
  @Description("The largest number while there is none")
  @DataAmount(DataAmount.BYTES)
  long slowStartThreshold;

  @Label("Pacing Rate")
  @Description("A second")
  @DataAmount(DataAmount.BYTES)
  long pacingRate;

  @Label("Congestion Window")
  @DataAmount(DataAmount.BYTES)
  long congestionWindow;

  @Label("Bytes in Flight")
  @DataAmount(DataAmount.BYTES)
  long bytesInFlight;
}
