package dev.sluice.quic.jfr;

import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A stream, from its opening until both directions are over. */
@Name("dev.sluice.Stream")
@Label("QUIC Stream")
@Category("Sluice")
@StackTrace(false)
final class StreamEvent extends Event {
  @Label("Connection ID")
  String connection;

  @Label("Stream ID")
  long stream;
}
