package dev.sluice.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * What our two JVMs allocate for each packet of a download, the JCE aside. How much they allocate
 * in all they say themselves; whose it is, the flight recorder's samples tell.
 */
final class AllocationProfile {
  private static final String SAMPLE = "jdk.ObjectAllocationSample";

  /** Whose work it is: the protocol's packages. */
  private static final List<String> OURS =
      List.of("dev.sluice.quic.", "dev.sluice.tls.", "dev.sluice.http3.", "dev.sluice.qpack.");

  /** The JCE, what it is given included: parameters for each nonce. */
  private static final List<String> JCE = List.of("javax.crypto.", "com.sun.crypto.provider.");

  /** What else is Sluice's is the measuring program's. */
  private static final String SLUICE = "dev.sluice.";

  private static final int DATAGRAM = 1452;

  /** Of which are no data: header, connection ID, packet number, STREAM frame, tag. */
  private static final int PACKET_OVERHEAD = 37;

  private AllocationProfile() {}

  /** Bytes for each packet, of sender and receiver together. */
  static double measure(Lab lab) throws IOException {
    Path serving = lab.folder().resolve("server.jfr");
    Path fetching = lab.folder().resolve("client.jfr");
    JsonNode found;
    List<String> serve = recorded(serving, Sluice.command("perf", "server", "--port", "0"));
    try (Server server = lab.serve(serve)) {
      List<String> fetch = Sluice.command("perf", "client");
      fetch.addAll(PerfClient.arguments(Task.ALLOCATION, lab.scale(), false));
      fetch.add("127.0.0.1:" + server.port());
      found = lab.json(recorded(fetching, fetch)).getFirst();
    }
    List<RecordedEvent> ofClient = samples(fetching);
    Instant end = ofClient.getLast().getStartTime();
    Instant begin = end.minus(Duration.ofNanos((long) (found.get("seconds").asDouble() * 1e9)));
    double bytes =
        share(ofClient, begin, end) * found.at("/client/allocatedBytes").asDouble()
            + share(samples(serving), begin, end) * found.at("/server/allocatedBytes").asDouble();
    return bytes / (found.get("amount").asDouble() / (DATAGRAM - PACKET_OVERHEAD));
  }

  /**
   * A command of the launcher's with the flight recorder. It is told by the environment, so that
   * all else is as in every other measurement of ours.
   */
  static List<String> recorded(Path recording, List<String> command) {
    String sampling = ",+" + SAMPLE + "#";
    String options =
        "-XX:StartFlightRecording:settings=none,dumponexit=true,filename="
            + recording
            + sampling
            + "enabled=true"
            + sampling
            + "throttle=20000/s"
            + sampling
            + "stackTrace=true";
    List<String> recorded = new ArrayList<>(List.of("env", "JDK_JAVA_OPTIONS=\"" + options + "\""));
    recorded.addAll(command);
    return recorded;
  }

  /** The samples of a recording in their order, of which at least one; the recording is deleted. */
  static List<RecordedEvent> samples(Path recording) throws IOException {
    List<RecordedEvent> samples = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      if (event.getEventType().getName().equals(SAMPLE)) {
        samples.add(event);
      }
    }
    Files.delete(recording);
    if (samples.isEmpty()) {
      throw new IOException("the flight recorder has seen no allocation");
    }
    samples.sort((one, other) -> one.getStartTime().compareTo(other.getStartTime()));
    return samples;
  }

  /** The part of what was allocated between two moments that is ours and not the JCE's. */
  static double share(List<RecordedEvent> samples, Instant begin, Instant end) {
    double all = 0;
    double ours = 0;
    for (RecordedEvent sample : samples) {
      if (!sample.getStartTime().isBefore(begin) && !sample.getStartTime().isAfter(end)) {
        long weight = sample.getLong("weight");
        all += weight;
        ours += isOurs(sample) ? weight : 0;
      }
    }
    return all == 0 ? 0 : ours / all;
  }

  private static boolean isOurs(RecordedEvent sample) {
    RecordedClass allocated = sample.getClass("objectClass");
    if (sample.getStackTrace() == null || isOf(JCE, allocated.getName())) {
      return false;
    }
    List<String> types = new ArrayList<>();
    for (RecordedFrame frame : sample.getStackTrace().getFrames()) {
      types.add(frame.getMethod().getType().getName());
    }
    // The protocol calls the measuring program back, and that the protocol: the innermost decides.
    return types.stream().noneMatch(type -> isOf(JCE, type))
        && types.stream()
            .filter(type -> type.startsWith(SLUICE))
            .findFirst()
            .filter(type -> isOf(OURS, type))
            .isPresent();
  }

  private static boolean isOf(List<String> packages, String type) {
    return packages.stream().anyMatch(type::startsWith);
  }
}
