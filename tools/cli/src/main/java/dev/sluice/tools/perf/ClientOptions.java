package dev.sluice.tools.perf;

import dev.sluice.tls.NamedGroup;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import java.time.Duration;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How much of what is measured, and how it is told. */
public final class ClientOptions {
  /** Connections at rest; one has no memory for more. */
  private static final int MOST_IDLE = 10_000_000;

  /** What is under way at once; each has a thread, or a place on its loop. */
  private static final int MOST_AT_ONCE = 100_000;

  @Parameters(
      index = "0",
      paramLabel = "WORKLOAD",
      converter = Workload.Name.class,
      description = "One of ${COMPLETION-CANDIDATES}.")
  Workload workload;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = Quantity.Time.class,
      description = "How long to measure, unless an amount is given (${DEFAULT-VALUE}).")
  Duration duration;

  @Option(
      names = "--bytes",
      paramLabel = "SIZE",
      converter = Quantity.Bytes.class,
      description =
          "Measure until so many bytes have been carried, such as 4G; with bidirectional, in both"
              + " directions together.")
  Long bytes;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "Measure until so many requests, messages, datagrams or connections are done.")
  Long count;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "2s",
      converter = Quantity.Time.class,
      description =
          "Do the same for so long before it counts; 0s to begin cold" + " (${DEFAULT-VALUE}).")
  Duration warmup;

  @Option(
      names = "--include-handshake",
      description = "Let the time begin before the handshake, and without warming up.")
  boolean includeHandshake;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      defaultValue = "1",
      description = {
        "Measure so often in this process: requests on one connection, everything else each"
            + " time on a new one, for which it warms up for a second at most (${DEFAULT-VALUE})."
      })
  int repeat;

  @Option(
      names = "--streams",
      paramLabel = "N",
      description = "Streams side by side for bytes (1; 10 for multi-stream).")
  Integer streams;

  @Option(
      names = "--in-flight",
      paramLabel = "N",
      description = "Requests (1), datagrams (32) or handshakes (8) under way at once.")
  Integer inFlight;

  @Option(
      names = "--blocking",
      description =
          "Let virtual threads read, write and wait for each request. Otherwise that happens in"
              + " callbacks on the connection's own thread.")
  boolean blocking;

  @Option(
      names = "--request-size",
      paramLabel = "SIZE",
      defaultValue = "0",
      converter = Quantity.Bytes.class,
      description = "Bytes of content of a request (${DEFAULT-VALUE}).")
  long requestSize;

  @Option(
      names = "--response-size",
      paramLabel = "SIZE",
      defaultValue = "1",
      converter = Quantity.Bytes.class,
      description = "Bytes of content of a response (${DEFAULT-VALUE}).")
  long responseSize;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      converter = Quantity.Bytes.class,
      description = "Bytes of a message (64) or a datagram (1000).")
  Long size;

  @Option(names = "--resumed", description = "Resume a TLS session with each of the connections.")
  boolean resumed;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description = {
        "Make connects with this key exchange alone, such as X25519; else the client offers all and"
            + " the server prefers X25519MLKEM768."
      })
  NamedGroup group;

  @Option(
      names = "--path",
      paramLabel = "PATH",
      description =
          "Fetch this over HTTP/3 again and again, from a server of any kind; what the"
              + " server uses is then not known.")
  String path;

  @Option(names = "--json", description = "Print one JSON object for each measurement.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Do not tell every second how it goes.")
  boolean quiet;

  /** Finds what does not go together. */
  void check(Protocol protocol) throws CommandException {
    require(bytes == null || count == null, "only one of --bytes and --count can be had");
    require(bytes == null || bytes >= 1, "--bytes is at least 1");
    require(count == null || count >= 1, "--count is at least 1");
    require(
        count == null || count <= MOST_IDLE || workload != Workload.IDLE,
        "--count is at most " + MOST_IDLE + " for idle");
    require(bytes == null || workload.unit().equals("bytes"), "--bytes is for transfers");
    require(count == null || !workload.unit().equals("bytes"), "--count is not for transfers");
    require(path == null || protocol == Protocol.HTTP3, "--path needs --http3");
    require(path == null || path.startsWith("/"), "--path begins with a slash");
    require(
        path == null
            || workload != Workload.UPLOAD
                && workload != Workload.BIDIRECTIONAL
                && workload != Workload.MESSAGES
                && workload != Workload.DATAGRAMS,
        "--path is for what is fetched and for connections");
    require(
        protocol != Protocol.WEBTRANSPORT
            || workload != Workload.CONNECTS && workload != Workload.IDLE,
        "--webtransport is for what a session carries");
    require(!resumed || workload == Workload.CONNECTS, "--resumed is for connects");
    require(group == null || workload == Workload.CONNECTS, "--group is for connects");
    require(repeat >= 1, "--repeat is at least 1");
    require(
        isAtOnce(streams()) && isAtOnce(inFlight()),
        "--streams and --in-flight are 1 to " + MOST_AT_ONCE);
    require(size() >= 1 && size() <= PerfProtocol.CHUNK, "--size is 1 to " + PerfProtocol.CHUNK);
    require(
        workload != Workload.DATAGRAMS || size() >= Long.BYTES,
        "a datagram has at least the 8 bytes of its number");
    require(duration.isPositive(), "--duration is more than nothing");
    require(
        !includeHandshake || workload != Workload.CONNECTS && workload != Workload.IDLE,
        "the handshake is all there is to connects and idle");
  }

  private static boolean isAtOnce(int number) {
    return number >= 1 && number <= MOST_AT_ONCE;
  }

  private static void require(boolean right, String otherwise) throws CommandException {
    if (!right) {
      throw new CommandException(ExitCode.USAGE, otherwise);
    }
  }

  int streams() {
    return streams != null ? streams : workload == Workload.MULTI_STREAM ? 10 : 1;
  }

  int inFlight() {
    if (inFlight != null) {
      return inFlight;
    }
    return switch (workload) {
      case DATAGRAMS -> 32;
      case CONNECTS, IDLE -> 8;
      default -> 1;
    };
  }

  int size() {
    return (int) Math.min(size != null ? size : workload == Workload.MESSAGES ? 64 : 1000, 1 << 30);
  }

  /** Whether requests are made without threads that wait, where the connection can. */
  boolean areRequestsChained() {
    return workload == Workload.REQUESTS && requestSize == 0 && !blocking;
  }

  /** The amount at which the measurement ends; 0 when time decides. */
  long limit() {
    return bytes != null ? bytes : count != null ? count : 0;
  }

  /** What is done before it counts. */
  Duration warmup() {
    return includeHandshake ? Duration.ZERO : warmup;
  }
}
