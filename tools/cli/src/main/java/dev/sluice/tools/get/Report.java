package dev.sluice.tools.get;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.tools.CommandException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What there is to tell about one transfer: for {@code -v} as it goes, for {@code -w} at its end.
 */
final class Report {
  private final PrintStream stderr;
  private final boolean verbose;
  private final long began = System.nanoTime();
  private final Map<String, String> values = new HashMap<>();
  private volatile long received;

  Report(PrintStream stderr, boolean verbose, URI uri, String file) {
    this.stderr = stderr;
    this.verbose = verbose;
    values.put("url", uri.toString());
    values.put("scheme", "https");
    values.put("filename_effective", file);
    values.put("http_code", "000");
    values.put("response_code", "000");
    values.put("http_version", "0");
    values.put("num_redirects", "0");
    values.put("time_starttransfer", "0.000000");
  }

  /** A request is about to be sent. */
  void requesting(String method, URI uri, int redirects) {
    values.put("method", method);
    values.put("url_effective", uri.toString());
    values.put("num_redirects", Integer.toString(redirects));
    received = 0;
  }

  /** A response's head is there. */
  void responding(HttpResponse<?> response) {
    String code = String.format(Locale.ROOT, "%03d", response.statusCode());
    values.put("http_code", code);
    values.put("response_code", code);
    values.put("http_version", "3");
    values.put("content_type", response.headers().firstValue("content-type").orElse(""));
    values.put("redirect_url", response.headers().firstValue("location").orElse(""));
    values.put("time_starttransfer", sinceBegan());
    ConnectionInfo connection = Transfer.connection(response);
    if (connection != null) {
      values.put("remote_ip", connection.remoteAddress().getAddress().getHostAddress());
      values.put("remote_port", Integer.toString(connection.remoteAddress().getPort()));
      verbose(() -> List.of("* " + describe(connection)));
    }
    verbose(
        () -> Transfer.head(response).lines().map(line -> ("< " + line).stripTrailing()).toList());
  }

  /** One line about a connection. */
  static String describe(ConnectionInfo connection) {
    return String.format(
        Locale.ROOT,
        "connection %s to %s: QUIC version %s, %s, %s%s%s, RTT %.3f ms",
        connection.label(),
        connection.remoteAddress(),
        version(connection.quicVersion()),
        connection.cipherSuite(),
        connection.keyExchangeGroup(),
        connection.resumed() ? ", resumed" : "",
        switch (connection.earlyData()) {
          case NONE -> "";
          case OFFERED -> ", 0-RTT sent";
          case ACCEPTED -> ", 0-RTT accepted";
          case REJECTED -> ", 0-RTT rejected";
        },
        connection.smoothedRtt().toNanos() / 1e6);
  }

  /** By its usual name: the second version has a number like any other (RFC 9369 §3.1). */
  private static String version(int number) {
    return switch (QuicVersion.of(number)) {
      case V1 -> "1";
      case V2 -> "2";
      case null -> "0x" + Integer.toHexString(number);
    };
  }

  /** Bytes of content arrived. */
  void received(int bytes) {
    received += bytes;
  }

  /** Bytes of content so far. */
  long bytes() {
    return received;
  }

  /** Lines for people who want to know. */
  void verbose(Supplier<List<String>> lines) {
    if (verbose) {
      lines.get().forEach(stderr::println);
    }
  }

  /**
   * The variables of {@code -w} now that it is over.
   *
   * @param failure what ended it, or null
   */
  Map<String, String> values(CommandException failure) {
    double seconds = (System.nanoTime() - began) / 1e9;
    values.put("time_total", String.format(Locale.ROOT, "%.6f", seconds));
    values.put("size_download", Long.toString(received));
    values.put("speed_download", Long.toString((long) (received / Math.max(seconds, 1e-9))));
    values.put("exitcode", failure == null ? "0" : "" + failure.exitCode().code());
    values.put("errormsg", failure == null ? "" : failure.getMessage());
    return values;
  }

  private String sinceBegan() {
    return String.format(Locale.ROOT, "%.6f", (System.nanoTime() - began) / 1e9);
  }
}
