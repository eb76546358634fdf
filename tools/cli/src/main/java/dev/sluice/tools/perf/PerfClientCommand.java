package dev.sluice.tools.perf;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Version;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code sluice perf client}: measures against {@code sluice perf server}. */
@Command(
    name = "client",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Measure a workload against 'sluice perf server'.",
    footer = {
      "",
      "download, upload, bidirectional  bytes on one stream, or on --streams",
      "multi-stream                     a download on ten streams at once",
      "requests                         a fresh stream for each, --in-flight at once",
      "messages                         small writes on one stream",
      "datagrams                        unreliable datagrams that come back",
      "connects                         handshakes, full or --resumed; over HTTP/3 with settings",
      "idle                             heap that a connection at rest holds",
      "",
      "With idle each connection over HTTP/3 is one of an HTTP/3 client after one small request, to"
          + " a name of its own, idle-0.localhost and so on.",
      "Beside each rate stand the CPU time, the garbage collector's time and the heap allocated of"
          + " both processes. MB are millions of bytes; K, M and G of a SIZE are powers of 1024."
          + " A TIME is a number with ms, s or m behind it.",
      "Any certificate is accepted. Exit codes are those of 'sluice get'."
    })
public final class PerfClientCommand implements Callable<Integer> {
  @Mixin private ClientOptions options;
  @Mixin private TransportOptions transport;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:4433",
      description = "The server (${DEFAULT-VALUE}).")
  private String server;

  private final StandardStreams streams;

  /** With what it writes. */
  public PerfClientCommand(StandardStreams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    new PerfClient(options, transport, streams).run(address());
    return ExitCode.OK.code();
  }

  private InetSocketAddress address() throws CommandException {
    int colon = server.lastIndexOf(':');
    try {
      String host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
      InetSocketAddress address =
          new InetSocketAddress(host, Integer.parseInt(server.substring(colon + 1)));
      if (address.isUnresolved()) {
        throw new CommandException(ExitCode.UNRESOLVED_HOST, "could not resolve host: " + host);
      }
      return address;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new CommandException(ExitCode.USAGE, "'" + server + "' is not HOST:PORT", e);
    }
  }
}
