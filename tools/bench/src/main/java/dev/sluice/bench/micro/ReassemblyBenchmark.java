package dev.sluice.bench.micro;

import dev.sluice.quic.stream.ChunkPool;
import dev.sluice.quic.stream.Reassembler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Segments of 1300 bytes into a stream and out again: nanoseconds for each segment. */
@State(Scope.Thread)
public class ReassemblyBenchmark {
  private static final int SEGMENT = 1300;
  private static final int WINDOW = 256;

  private final byte[] segment = new byte[SEGMENT];
  private final byte[] target = new byte[1 << 16];
  private final int[] shuffled = shuffled();
  private final Reassembler reassembler = new Reassembler(new ChunkPool(), 16 << 20);
  private long base;

  private static int[] shuffled() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < WINDOW; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(1));
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  /** One after the other, read as they come. */
  @Benchmark
  @OperationsPerInvocation(WINDOW)
  public long inOrder() {
    for (int i = 0; i < WINDOW; i++) {
      insert(i);
    }
    return drain();
  }

  /** 256 in any order, read when all are there. */
  @Benchmark
  @OperationsPerInvocation(WINDOW)
  public long shuffledOrder() {
    for (int index : shuffled) {
      insert(index);
    }
    return drain();
  }

  private void insert(int index) {
    if (!reassembler.insert(base + (long) index * SEGMENT, segment, 0, SEGMENT)) {
      throw new IllegalStateException("no room");
    }
  }

  private long drain() {
    long read = 0;
    for (int n = 1; n > 0; read += n) {
      n = reassembler.read(target, 0, target.length);
    }
    if (read != (long) WINDOW * SEGMENT) {
      throw new IllegalStateException("only " + read + " bytes came out");
    }
    base += read;
    return read;
  }
}
