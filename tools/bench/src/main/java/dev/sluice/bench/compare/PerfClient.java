package dev.sluice.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tasks of clients that have the workloads of {@code sluice perf client}. */
final class PerfClient {
  private static final int IN_FLIGHT = 100;
  private static final int REQUESTS = 10_000;
  private static final int WARM_REPEATS = 6;

  private PerfClient() {}

  /** The workload and its options, without server. */
  static List<String> arguments(Task task, Scale scale, boolean repeated) {
    String warmup = scale.warmupSeconds() + "s";
    String text =
        switch (task) {
          case DOWNLOAD, PORTABLE_DOWNLOAD, ALLOCATION ->
              "download --bytes " + scale.bytes() + " --warmup " + warmup;
          case UPLOAD -> "upload --bytes " + scale.bytes() + " --warmup " + warmup;
          case COLD_DOWNLOAD -> "download --include-handshake --bytes " + scale.coldBytes();
          case COLD_UPLOAD -> "upload --include-handshake --bytes " + scale.coldBytes();
          case LOSSY_DOWNLOAD -> "download --include-handshake --bytes " + scale.lossyBytes();
          case REQUESTS ->
              ("requests --in-flight " + IN_FLIGHT + " --count " + REQUESTS + " --warmup " + warmup)
                  + (" --repeat " + Scale.REQUEST_RUNS);
          case CONNECTS -> connects(scale);
          case RESUMED_CONNECTS -> connects(scale) + " --resumed";
          case IDLE_MEMORY -> "idle --warmup 3s --count " + scale.idle();
          case NEQO_GET -> "download --include-handshake --bytes " + Scale.NEQO_BYTES;
          case NEQO_POST -> "upload --include-handshake --bytes " + Scale.NEQO_BYTES;
          case NEQO_10000_REQUESTS ->
              "requests --include-handshake --in-flight "
                  + IN_FLIGHT
                  + " --count "
                  + Scale.NEQO_REQUESTS;
          case NEQO_ONE_REQUEST -> "requests --include-handshake --count 1";
          case PUMP, COLD_GET -> throw new IllegalArgumentException(task + " has no such client");
        };
    List<String> arguments = new ArrayList<>(Arrays.asList(text.split(" ")));
    arguments.addAll(List.of("--json", "--quiet"));
    if (repeated) {
      arguments.addAll(List.of("--repeat", Integer.toString(WARM_REPEATS)));
    }
    return arguments;
  }

  private static String connects(Scale scale) {
    return "connects --duration %ds --warmup %ds"
        .formatted(scale.seconds(), scale.connectsWarmupSeconds());
  }

  /**
   * The task's value from what the client printed.
   *
   * @param cold whether the first measurement counts, and not the middle of the later ones
   */
  static double value(Task task, List<JsonNode> printed, boolean cold) throws IOException {
    JsonNode first = printed.getFirst();
    return switch (task) {
      case IDLE_MEMORY ->
          Math.max(
              first.get("clientHeapBytesEach").asDouble(),
              first.get("serverHeapBytesEach").asDouble());
      case NEQO_GET, NEQO_POST, NEQO_10000_REQUESTS, NEQO_ONE_REQUEST ->
          cold
              ? first.get("seconds").asDouble()
              : Statistics.median(
                  printed.stream().skip(1).map(each -> each.get("seconds").asDouble()).toList());
      case REQUESTS ->
          Statistics.median(printed.stream().map(each -> each.get("rate").asDouble()).toList());
      default -> first.get("rate").asDouble();
    };
  }
}
