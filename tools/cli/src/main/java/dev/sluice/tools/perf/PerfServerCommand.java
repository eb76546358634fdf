package dev.sluice.tools.perf;

import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.IdentityOptions;
import dev.sluice.tools.LoopsOption;
import dev.sluice.tools.PortNumber;
import dev.sluice.tools.StandardStreams;
import dev.sluice.tools.Version;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sluice perf server}: what {@code sluice perf client} measures against. */
@Command(
    name = "server",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Answer the requests of 'sluice perf client'.",
    footer = {
      "",
      "Over raw QUIC the ALPN protocol is 'perf': on each stream the client sends eight bytes,"
          + " big-endian, with the number of bytes that it wants back. Over HTTP/3 the number is"
          + " the path: GET /1000, or POST /1000 with content; WebTransport sessions are at"
          + " /session, with streams as over raw QUIC.",
      "Says on standard error where it listens and how it moves datagrams; runs until it is ended."
    })
public final class PerfServerCommand implements Callable<Integer> {
  /** What the line begins with that says where the server listens. */
  static final String LISTENING = "listening on ";

  private static final Duration VALIDITY = Duration.ofDays(1);

  @Option(
      names = "--host",
      paramLabel = "HOST",
      defaultValue = "127.0.0.1",
      description = "The name or address to listen on (${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "4433",
      converter = PortNumber.class,
      description = "The UDP port; 0 for any free one (${DEFAULT-VALUE}).")
  private int port;

  @Mixin private IdentityOptions identity;
  @Mixin private LoopsOption loops;
  @Mixin private TransportOptions transport;

  private final PrintStream stderr;

  /** With what it writes. */
  public PerfServerCommand(StandardStreams streams) {
    this.stderr = streams.err();
  }

  @Override
  public Integer call() throws CommandException, InterruptedException {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new CommandException(ExitCode.UNRESOLVED_HOST, "could not resolve host: " + host);
    }
    PerfServer.Loops network = new PerfServer.Loops(loops.count(), transport.io());
    try (PerfServer server =
        PerfServer.start(
            address,
            identity.identity(VALIDITY),
            transport.config(),
            network,
            transport.protocol().overHttp3())) {
      InetSocketAddress bound = server.address();
      stderr.println(
          LISTENING
              + bound.getAddress().getHostAddress()
              + ":"
              + bound.getPort()
              + (transport.protocol().overHttp3() ? ", HTTP/3, " : ", raw QUIC, ")
              + server.io());
      new CountDownLatch(1).await(); // until a signal ends the process
      return ExitCode.OK.code();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.NOT_CONNECTED,
          "cannot listen on " + host + " port " + port + ": " + e.getMessage(),
          e);
    }
  }
}
