package dev.sluice.bench.compare;

/**
 * How much of everything.
 *
 * @param bytes of a warm download or upload
 * @param coldBytes of one in new processes
 * @param lossyBytes of one through loss and delay
 * @param lossySeeds how many of those make one measurement, each with losses of its own
 * @param warmupSeconds for what has to be compiled first
 * @param seconds of what is measured for a time
 * @param idle connections
 */
record Scale(
    long bytes,
    long coldBytes,
    long lossyBytes,
    int lossySeeds,
    int warmupSeconds,
    int seconds,
    int idle) {
  /** neqo's. */
  static final long NEQO_BYTES = 100L << 20;

  static final int NEQO_REQUESTS = 10_000;

  /** Ten thousand requests take a tenth of a second, too little to be measured once. */
  static final int REQUEST_RUNS = 9;

  /**
   * A handshake is thousands of methods, each of which runs a few times in it, and while the
   * processors are busy with handshakes the compilers get little of them.
   */
  int connectsWarmupSeconds() {
    return 3 * warmupSeconds;
  }

  /** The same with so small a share of the bytes, for whoever is slow. */
  Scale slow(int divisor) {
    return new Scale(
        Math.ceilDiv(bytes, divisor),
        Math.ceilDiv(coldBytes, divisor),
        lossyBytes,
        lossySeeds,
        warmupSeconds,
        seconds,
        idle);
  }
}
