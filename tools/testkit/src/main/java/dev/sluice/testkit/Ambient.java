package dev.sluice.testkit;

import java.util.Set;

/**
 * What reaches a program from around it rather than through its arguments: clocks, threads, locks,
 * randomness, sockets, files and process settings. Names are those of class files.
 */
final class Ambient {
  /** Data types in packages that are otherwise forbidden. */
  private static final Set<String> HARMLESS_TYPES =
      Set.of(
          "java.net.IDN",
          "java.net.Inet4Address",
          "java.net.Inet6Address",
          "java.net.InetAddress",
          "java.net.InetSocketAddress",
          "java.net.SocketAddress",
          "java.net.URI",
          "java.net.URISyntaxException",
          "java.net.UnknownHostException",
          "java.net.http.HttpHeaders",
          "java.util.concurrent.TimeUnit");

  private static final Set<String> THREAD_TYPES =
      Set.of(
          "java.lang.InheritableThreadLocal",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.Runtime",
          "java.lang.Thread",
          "java.lang.ThreadGroup",
          "java.lang.ThreadLocal",
          "java.util.Timer",
          "java.util.TimerTask");

  private static final Set<String> RANDOM_TYPES =
      Set.of(
          "java.security.SecureRandom",
          "java.util.Random",
          "java.util.SplittableRandom",
          "java.util.random.RandomGeneratorFactory");

  private static final Set<String> FILE_TYPES =
      Set.of(
          "java.io.Console",
          "java.io.File",
          "java.io.FileInputStream",
          "java.io.FileOutputStream",
          "java.io.FileReader",
          "java.io.FileWriter",
          "java.io.RandomAccessFile");

  /** Methods whose every overload is ambient. */
  private static final Set<String> METHODS =
      Set.of(
          "java.lang.Math.random",
          "java.lang.StrictMath.random",
          "java.lang.Object.notify",
          "java.lang.Object.notifyAll",
          "java.lang.Object.wait",
          "java.lang.Throwable.printStackTrace",
          "java.net.InetAddress.getAllByName",
          "java.net.InetAddress.getByName",
          "java.net.InetAddress.getLocalHost",
          "java.net.InetAddress.isReachable",
          "java.time.InstantSource.system",
          "java.util.Calendar.getInstance",
          "java.util.UUID.randomUUID",
          "java.util.random.RandomGenerator.getDefault",
          "java.util.random.RandomGenerator.of");

  /** Overloads that take what their siblings are given: the time, an address, randomness. */
  private static final Set<String> SIGNATURES =
      Set.of(
          "java.net.InetSocketAddress.<init>(java.lang.String, int)",
          "java.util.Collections.shuffle(java.util.List)",
          "java.util.Date.<init>()",
          "java.util.GregorianCalendar.<init>()",
          "java.security.KeyPairGenerator.initialize(int)",
          "java.security.KeyPairGenerator.initialize(java.security.spec.AlgorithmParameterSpec)",
          "java.security.Signature.initSign(java.security.PrivateKey)",
          "javax.crypto.KEM.newEncapsulator(java.security.PublicKey)",
          "javax.crypto.KeyGenerator.init(int)");

  private Ambient() {}

  /** Why a type must not be used at all, or null when it may. */
  static String type(String name) {
    if (HARMLESS_TYPES.contains(name)) {
      return null;
    }
    String outer = name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
    if (THREAD_TYPES.contains(outer) || name.startsWith("java.util.concurrent.")) {
      return "threads, locks and what they share";
    }
    if (RANDOM_TYPES.contains(outer)) {
      return "randomness that was not injected";
    }
    if (outer.equals("java.time.Clock")) {
      return "a clock; inject java.time.InstantSource";
    }
    if (name.startsWith("java.net.") || name.startsWith("java.nio.channels.")) {
      return "the network";
    }
    if (FILE_TYPES.contains(outer) || name.startsWith("java.nio.file.")) {
      return "the file system";
    }
    return null;
  }

  /**
   * Why a member must not be used, or null when it may.
   *
   * @param owner the class that it is a member of
   * @param name the method's or field's name, {@code <init>} for a constructor
   * @param parameters types, comma-separated; empty for a field
   */
  static String member(String owner, String name, String parameters) {
    String member = owner + "." + name;
    if (owner.equals("java.lang.System")) {
      boolean harmless = name.equals("arraycopy") || name.equals("identityHashCode");
      return harmless ? null : "the process around it";
    }
    if (owner.startsWith("java.time.") && name.equals("now")) {
      return "a clock";
    }
    if (METHODS.contains(member) || SIGNATURES.contains(member + "(" + parameters + ")")) {
      return "ambient time, randomness, naming or output";
    }
    return null;
  }
}
