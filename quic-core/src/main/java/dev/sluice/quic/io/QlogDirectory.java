package dev.sluice.quic.io;

import dev.sluice.quic.qlog.QlogTrace;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * Gives each connection a qlog file of its own in a directory: {@code ID_client.sqlog} or {@code
 * ID_server.sqlog}, where the ID is the destination of the client's first packet, in hexadecimal.
 * Written by the connection's loop as things happen, and complete when the connection is over.
 *
 * <p>A log shows addresses and who talked how much to whom, but neither keys nor what was said. A
 * log that cannot be written is given up with one line in the system log; the connection goes on.
 */
public final class QlogDirectory implements Supplier<Tracer> {
  private static final Logger LOG = System.getLogger(QlogDirectory.class.getName());
  private static final int BUFFER = 1 << 15;

  private final Path directory;

  /**
   * @param directory made when it is not there
   * @throws IOException when it cannot be made
   */
  public QlogDirectory(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  /** A tracer for one connection. */
  @Override
  public Tracer get() {
    return new FileTracer();
  }

  /** Opens its file when the first event says how it is called. */
  private final class FileTracer implements Tracer {
    private final QlogTrace trace = new QlogTrace(this::append, Instant.now());
    private Writer file;
    private boolean over;

    @Override
    public boolean isEnabled() {
      return !over;
    }

    @Override
    public void on(long now, TraceEvent event) {
      try {
        if (event instanceof TraceEvent.ConnectionStarted started) {
          file = open(started);
        }
        if (file != null) {
          trace.on(now, event);
          if (isLast(event)) {
            over = true;
            file.close();
          } else if (event instanceof TraceEvent.ConnectionEnded) {
            // Who closes a connection often ends the program with it.
            file.flush();
          }
        }
      } catch (IOException | UncheckedIOException e) {
        over = true;
        LOG.log(Level.WARNING, "the qlog in {0} ends early: {1}", directory, e.getMessage());
      }
    }

    private void append(String record) {
      try {
        file.write(record);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Writer open(TraceEvent.ConnectionStarted started) throws IOException {
      String id = HexFormat.of().formatHex(started.originalDestination().toArray());
      String name = id + (started.client() ? "_client" : "_server") + ".sqlog";
      return new BufferedWriter(
          Files.newBufferedWriter(directory.resolve(name), StandardCharsets.UTF_8), BUFFER);
    }

    private static boolean isLast(TraceEvent event) {
      return event instanceof TraceEvent.ConnectionStateUpdated state
          && state.state() == TraceEvent.ConnectionState.CLOSED;
    }
  }
}
