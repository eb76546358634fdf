package dev.sluice.quic.io;

import dev.sluice.quic.qlog.QlogTrace;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.quic.trace.Tracers;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Gives each connection a qlog file of its own in a directory: {@code ID_client.sqlog} or {@code
 * ID_server.sqlog}, where the ID is the destination of the client's first packet, in hexadecimal.
 * Written by the connection's loop as things happen, and complete when the connection is over. What
 * a server does with datagrams of no connection is in {@code endpoint_PORT.sqlog}. Where there is
 * such a file, as where several loops share a port, another program has run before, or a client has
 * taken an ID that was used, a number stands behind the name.
 *
 * <p>A log shows addresses and who talked how much to whom, but neither keys nor what was said. A
 * log that cannot be written is given up with one line in the system log; the connection goes on.
 */
public final class QlogDirectory implements Tracers {
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

  @Override
  public Tracer endpoint() {
    return new FileTracer();
  }

  /** Opens its file when the first event says how it is called. */
  private final class FileTracer implements Tracer {
    private final QlogTrace trace = new QlogTrace(this::append, Instant.now());
    private Writer file;
    private boolean over;
    private boolean ofEndpoint;

    @Override
    public boolean isEnabled() {
      return !over;
    }

    @Override
    public void on(long now, TraceEvent event) {
      try {
        if (event instanceof TraceEvent.ConnectionStarted started) {
          file = open(started);
        } else if (event instanceof TraceEvent.ServerListening listening && file == null) {
          file = open(listening);
        }
        if (file != null) {
          trace.on(now, event);
          if (isLast(event)) {
            over = true;
            file.close();
          } else if (ofEndpoint || event instanceof TraceEvent.ConnectionEnded) {
            // Who closes a connection often ends the program with it. Nothing tells when an
            // endpoint is gone, and its answers are few.
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
      return new BufferedWriter(open(id + (started.client() ? "_client" : "_server")), BUFFER);
    }

    private Writer open(TraceEvent.ServerListening listening) throws IOException {
      ofEndpoint = true;
      return open("endpoint_" + listening.local().getPort());
    }

    private Writer open(String name) throws IOException {
      for (int number = 1; ; number++) {
        Path path = directory.resolve(name + (number == 1 ? "" : "_" + number) + ".sqlog");
        try {
          return Files.newBufferedWriter(
              path, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
          // Another loop's, of an earlier time, or of a client that takes another's ID.
        }
      }
    }

    private static boolean isLast(TraceEvent event) {
      return event instanceof TraceEvent.ConnectionStateUpdated state
          && state.state() == TraceEvent.ConnectionState.CLOSED;
    }
  }
}
