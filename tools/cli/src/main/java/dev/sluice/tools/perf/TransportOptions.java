package dev.sluice.tools.perf;

import dev.sluice.quic.congestion.CongestionAlgorithm;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.datagram.DatagramConfig;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.stream.StreamConfig;
import dev.sluice.quic.stream.StreamLimits;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.IoOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What both ends of a measurement are told about their transport. */
final class TransportOptions {
  /** What UDP carries in an Ethernet frame over IPv6; every peer is measured with it. */
  static final String DATAGRAM_SIZE = "1452";

  /** Idle connections are to stay while thousands more are opened. */
  private static final Duration IDLE = Duration.ofMinutes(10);

  /** A machine that is busy with thousands of handshakes takes its time for each. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(30);

  /**
   * A stream is closed, and makes room for another, only once its last bytes are acknowledged: a
   * hundred requests under way take more than a hundred streams. Netty's clients fail a stream for
   * which there is no room, where others wait. As many as their server gives; over HTTP/3 it stays
   * at the usual hundred, since ngtcp2's client has as many requests under way as it is given.
   */
  private static final int STREAMS = 1_000;

  @Option(
      names = "--http3",
      description = "Measure HTTP/3 in place of raw QUIC; client and server alike.")
  private boolean http3;

  @Option(
      names = "--webtransport",
      description = {
        "Measure the streams and datagrams of a WebTransport session in place of raw QUIC; client"
            + " and server alike. Threads read and write."
      })
  private boolean webTransport;

  @Option(
      names = "--cc",
      paramLabel = "NAME",
      defaultValue = "cubic",
      description =
          "The congestion controller of what this side sends: newreno, cubic or bbr (cubic).")
  private String congestion;

  @Option(
      names = "--datagram-size",
      paramLabel = "BYTES",
      defaultValue = DATAGRAM_SIZE,
      description = "The largest UDP payload that this side sends, 1200 to 2048 bytes (1452).")
  private int datagramSize;

  @Mixin private IoOption io = new IoOption();

  /** The options on a command line, for a process that is to have the same. */
  List<String> asArguments() throws CommandException {
    List<String> arguments = new ArrayList<>();
    if (protocol().overHttp3()) {
      arguments.add("--http3");
    }
    arguments.addAll(List.of("--cc", congestion, "--datagram-size", "" + datagramSize));
    arguments.addAll(List.of("--io", io().name().toLowerCase(Locale.ROOT)));
    return arguments;
  }

  /** What is measured. */
  Protocol protocol() {
    return webTransport ? Protocol.WEBTRANSPORT : http3 ? Protocol.HTTP3 : Protocol.QUIC;
  }

  /** The transport's settings, with datagrams on. */
  TransportConfig config() throws CommandException {
    if (datagramSize < 1200 || datagramSize > 2048) {
      throw new CommandException(ExitCode.USAGE, "--datagram-size is 1200 to 2048");
    }
    return TransportConfig.DEFAULTS
        .withIdleTimeout(IDLE)
        .withHandshakeTimeout(HANDSHAKE)
        .withMaxDatagramSize(datagramSize)
        .withStreams(StreamConfig.DEFAULT.withLimits(limits()))
        .withCongestion(algorithm())
        .withDatagrams(DatagramConfig.ON);
  }

  private StreamLimits limits() {
    StreamLimits usual = StreamConfig.DEFAULT.limits();
    if (protocol().overHttp3()) {
      return usual;
    }
    return new StreamLimits(
        usual.maxData(),
        usual.maxStreamDataBidiLocal(),
        usual.maxStreamDataBidiRemote(),
        usual.maxStreamDataUni(),
        STREAMS,
        usual.maxStreamsUni());
  }

  /** How the loops of this process are to move datagrams. */
  IoMode io() throws CommandException {
    return io.mode();
  }

  private CongestionAlgorithm algorithm() throws CommandException {
    return CongestionAlgorithm.named(congestion)
        .orElseThrow(() -> new CommandException(ExitCode.USAGE, "--cc is newreno, cubic or bbr"));
  }
}
