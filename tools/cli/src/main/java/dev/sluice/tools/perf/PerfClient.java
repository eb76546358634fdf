package dev.sluice.tools.perf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.tls.KeyLog;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.Failures;
import dev.sluice.tools.KeyLogFile;
import dev.sluice.tools.StandardStreams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Measures as its options say, and prints what it found on standard output. */
final class PerfClient {
  /** For a new connection's window to grow, once the JVM has compiled what it needs. */
  private static final Duration WARM_AGAIN = Duration.ofSeconds(1);

  private final ClientOptions options;
  private final TransportOptions transport;
  private final StandardStreams streams;

  PerfClient(ClientOptions options, TransportOptions transport, StandardStreams streams) {
    this.options = options;
    this.transport = transport;
    this.streams = streams;
  }

  /** Finds what does not go together, before anything is started. */
  void check() throws CommandException {
    options.check(transport.protocol());
    transport.config();
    transport.io();
  }

  void run(InetSocketAddress server) throws CommandException, InterruptedException {
    check();
    TransportConfig config = transport.config();
    KeyLog keyLog = KeyLogFile.open(null);
    try (Connector connector =
        new SluiceConnector(
            server,
            config,
            transport.io(),
            transport.protocol(),
            options.path,
            keyLog,
            !options.blocking,
            options.group)) {
      run(connector, server);
    } catch (IOException | UncheckedIOException e) {
      throw new CommandException(
          ExitCode.NOT_CONNECTED, "no socket can be had: " + e.getMessage(), e);
    }
  }

  /** Measures over connections of any client. */
  void run(Connector connector, InetSocketAddress server)
      throws CommandException, InterruptedException {
    try {
      if (options.workload == Workload.REQUESTS && !options.includeHandshake) {
        measureInTurn(connector);
        return;
      }
      Duration warmup = options.warmup();
      for (int i = 0; i < options.repeat; i++) {
        print(connector, measure(connector, warmup));
        warmup = warmup.compareTo(WARM_AGAIN) < 0 ? warmup : WARM_AGAIN;
      }
    } catch (IOException e) {
      throw Failures.of(e, server.getHostString() + ":" + server.getPort(), false);
    }
  }

  /**
   * All on one connection. The warm-up consists of measurements like those that count then, down to
   * the writing of what they found: else what is done only at their beginning and end would be met
   * for the first time by the first, and have the JVM compile anew what it had compiled without. A
   * first result takes a tenth of a second to write, in which the connection has nothing to do and
   * deadlines are met that were never met before.
   */
  private void measureInTurn(Connector connector)
      throws IOException, InterruptedException, CommandException {
    try (Work work = ConnectionWork.of(options, connector)) {
      work.open();
      long warm = System.nanoTime() + options.warmup().toNanos();
      for (long left = warm - System.nanoTime(); left > 0; left = warm - System.nanoTime()) {
        written(connector, measurement(Duration.ZERO).again(work, Duration.ofNanos(left)));
      }
      for (int i = 0; i < options.repeat; i++) {
        print(connector, measurement(Duration.ZERO).again(work, Measurement.ENDLESS));
      }
    }
  }

  private Measurement measurement(Duration warmup) {
    return new Measurement(options, warmup, streams.err());
  }

  private Finding measure(Connector connector, Duration warmup)
      throws IOException, InterruptedException {
    if (options.workload == Workload.IDLE) {
      return new IdleMemory(options, connector, streams.err()).run();
    }
    try (Work work =
        options.workload == Workload.CONNECTS
            ? new ConnectWork(options, connector)
            : ConnectionWork.of(options, connector)) {
      return measurement(warmup).run(work);
    }
  }

  private void print(Connector connector, Finding finding) throws CommandException {
    try {
      streams.out().write(written(connector, finding));
      streams.out().flush();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.WRITE_ERROR, "cannot write to standard output: " + e.getMessage(), e);
    }
  }

  private byte[] written(Connector connector, Finding finding) throws JsonProcessingException {
    String text =
        options.json ? json(connector, finding) + "\n" : finding.text() + ioLine(connector);
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A rate means little to those who do not know how its datagrams were moved. */
  private static String ioLine(Connector connector) {
    return connector.io().map(how -> Finding.line("io", how)).orElse("");
  }

  private String json(Connector connector, Finding finding) throws JsonProcessingException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("protocol", transport.protocol().key());
    connector.io().ifPresent(how -> all.put("io", how));
    all.putAll(finding.json());
    return new ObjectMapper().writeValueAsString(all);
  }
}
