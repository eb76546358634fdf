package dev.sluice.bench.micro;

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

  /** The connection on which bytes are carried. */
  @Setup
  public void connect() {
    pair = pair().handshake();
  }

  private MemoryPair pair() {
    return new MemoryPair(
        random.split(), BenchPeers.client(random.split()), BenchPeers.server(random.split()));
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

  /** A full handshake up to its confirmation: both sides' work. */
  @Benchmark
  public Object handshake() {
    return pair().handshake();
  }
}
