package dev.sluice.bench.micro;

import dev.sluice.quic.connection.ServerConfig;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Two whole connections in one thread, without sockets: the protocol and its cryptography. */
@State(Scope.Thread)
public class ConnectionBenchmark {
  private static final int UPLOAD = 1 << 20;

  private final SplittableRandom random = new SplittableRandom(1);
  private MemoryPair pair;
  private MemoryPair connecting;
  private MemoryPair resuming;

  /** The connection on which bytes are carried, and endpoints on which others come and go. */
  @Setup
  public void connect() {
    pair = pair(BenchPeers.server(random.split())).handshake();
    connecting = pair(BenchPeers.server(random.split()));
    resuming = pair(BenchPeers.serverWithTickets(random.split())).handshake();
    resuming.close();
  }

  private MemoryPair pair(ServerConfig server) {
    return new MemoryPair(random.split(), BenchPeers.client(random.split()), server);
  }

  /** 1 MiB on a fresh stream of a connection that has been used: both sides' work. */
  @Benchmark
  public long carryMebibyte() {
    long received = pair.upload(UPLOAD);
    if (received != UPLOAD) {
      throw new IllegalStateException(received + " bytes arrived");
    }
    return received;
  }

  /** A full handshake up to its confirmation, and the end: both sides' work. */
  @Benchmark
  public Object handshake() {
    connecting.handshake().close();
    return connecting;
  }

  /** The same with a ticket, after which the server gives two others. */
  @Benchmark
  public boolean resumption() {
    boolean resumed = resuming.resume().isResumed();
    resuming.close();
    if (!resumed) {
      throw new IllegalStateException("the session was not resumed");
    }
    return resumed;
  }
}
