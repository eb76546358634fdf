package dev.sluice.quic.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
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

  @Label("Smoothed RTT")
  @Timespan(Timespan.NANOSECONDS)
  long smoothedRtt;

  @Label("Latest RTT")
  @Timespan(Timespan.NANOSECONDS)
  long latestRtt;

  @Label("Congestion Window")
  @DataAmount(DataAmount.BYTES)
  long congestionWindow;

  @Label("Bytes in Flight")
  @DataAmount(DataAmount.BYTES)
  long bytesInFlight;
}
