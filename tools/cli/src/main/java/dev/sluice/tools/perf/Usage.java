package dev.sluice.tools.perf;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a process has used since its start, or between two moments.
 *
 * @param cpuNanos CPU time of all its threads
 * @param gcMillis time in which the collector was at work
 * @param allocatedBytes heap that all threads allocated
 * @param heapBytes heap in use at this moment, with what is garbage already
 */
public record Usage(long cpuNanos, long gcMillis, long allocatedBytes, long heapBytes) {
  /** Length of {@link #encode}. */
  public static final int ENCODED = 4 * Long.BYTES;

  /** Collections that empty the heap of what only finalizers and caches hold. */
  private static final int COLLECTIONS = 3;

  /** Of this process, now. */
  public static Usage now() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    long gcMillis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      gcMillis += Math.max(0, collector.getCollectionTime());
    }
    return new Usage(
        system.getProcessCpuTime(),
        gcMillis,
        threads.getTotalThreadAllocatedBytes(),
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }

  /** The same after the garbage was collected. */
  public static Usage afterCollection() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    return now();
  }

  /** What was used since an earlier moment; the heap may have shrunk. */
  public Usage since(Usage earlier) {
    return new Usage(
        cpuNanos - earlier.cpuNanos,
        gcMillis - earlier.gcMillis,
        allocatedBytes - earlier.allocatedBytes,
        heapBytes - earlier.heapBytes);
  }

  /** For people: what was used, without the heap of this moment. */
  String text() {
    return String.format(
        Locale.ROOT,
        "%.2f CPU s, %.3f s of GC, %.1f MB allocated",
        cpuNanos / 1e9,
        gcMillis / 1e3,
        allocatedBytes / 1e6);
  }

  /** The same as names and values for a JSON object. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("cpuSeconds", cpuNanos / 1e9);
    json.put("gcSeconds", gcMillis / 1e3);
    json.put("allocatedBytes", allocatedBytes);
    return json;
  }

  public byte[] encode() {
    return ByteBuffer.allocate(ENCODED)
        .putLong(cpuNanos)
        .putLong(gcMillis)
        .putLong(allocatedBytes)
        .putLong(heapBytes)
        .array();
  }

  public static Usage decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new Usage(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }
}
