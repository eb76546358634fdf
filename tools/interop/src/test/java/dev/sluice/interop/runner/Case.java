package dev.sluice.interop.runner;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The runner's cases and measurements: what is fetched over which network, and what must hold. */
enum Case {
  HANDSHAKE("H", files(Size.KB), Network.SIMPLE, Checks::noRetry),
  TRANSFER("DC", files(2 * Size.MB, 3 * Size.MB, 5 * Size.MB), Network.SIMPLE, Checks::transfer),
  LONGRTT(
      "LR",
      files(Size.KB),
      Network.SIMPLE.withDelay(Duration.ofMillis(750)),
      Checks::severalClientHellos),
  CHACHA20("C20", files(3 * Size.MB), Network.SIMPLE, Checks::chaCha20),
  MULTIPLEXING("M", times(1_999, 32), Network.SIMPLE, Checks::streamsAreRaised),
  RETRY("S", files(10 * Size.KB), Network.SIMPLE, Checks::retry),
  RESUMPTION("R", files(5 * Size.KB, 10 * Size.KB), Network.SIMPLE, Checks::resumption),
  ZERORTT("Z", times(40, 32), Network.SIMPLE, Checks::zeroRtt),
  HTTP3("3", files(5 * Size.KB, 10 * Size.KB, 500 * Size.KB), Network.SIMPLE, Checks::oneHandshake),
  BLACKHOLE(
      "B",
      files(10 * Size.MB),
      Network.SIMPLE.withBlackHole(Duration.ofSeconds(5), Duration.ofSeconds(2)),
      Checks::oneHandshake),
  KEYUPDATE("U", files(3 * Size.MB), Network.SIMPLE, Checks::keyUpdate),
  ECN("E", files(100 * Size.KB), Network.SIMPLE, Checks::ecn),
  AMPLIFICATIONLIMIT(
      "A", files(5 * Size.KB), Network.SIMPLE.droppingUntil(7), Checks::amplificationLimit),
  HANDSHAKELOSS(
      "L1", times(50, Size.KB), Network.SIMPLE.withLoss(0.3), Checks::oneHandshakeForEachFile),
  TRANSFERLOSS("L2", files(2 * Size.MB), Network.SIMPLE.withLoss(0.02), Checks::oneHandshake),
  HANDSHAKECORRUPTION(
      "C1",
      times(50, Size.KB),
      Network.SIMPLE.withCorruption(0.3),
      Checks::oneHandshakeForEachFile),
  TRANSFERCORRUPTION(
      "C2", files(2 * Size.MB), Network.SIMPLE.withCorruption(0.02), Checks::oneHandshake),
  IPV6("6", files(5 * Size.KB, 10 * Size.KB), Network.SIMPLE, Checks::ipv6),
  V2("V2", files(Size.KB), Network.SIMPLE, Checks::version2),
  REBIND_PORT(
      "BP",
      files(10 * Size.MB),
      Network.SIMPLE.withRebinding(Duration.ofSeconds(1), Duration.ofSeconds(5), false),
      Checks::rebinding),
  REBIND_ADDR(
      "BA",
      files(10 * Size.MB),
      Network.SIMPLE.withRebinding(Duration.ofSeconds(1), Duration.ofSeconds(5), true),
      Checks::rebindingOfAddress),
  CONNECTIONMIGRATION("CM", files(2 * Size.MB), Network.SIMPLE, Checks::connectionMigration),
  GOODPUT("G", files(10 * Size.MB), Network.SIMPLE, Checks::oneHandshake),
  CROSSTRAFFIC("CT", files(25 * Size.MB), Network.SIMPLE, Checks::oneHandshake);

  private static final int LONG_NAME = 250;
  private static final int NAME = 10;
  private static final int LONG_CHAIN = 9;

  /** Multiples of bytes. */
  private static final class Size {
    static final int KB = 1 << 10;
    static final int MB = 1 << 20;
  }

  private final String abbreviation;
  private final List<Integer> sizes;
  private final Network network;
  private final Check check;

  Case(String abbreviation, List<Integer> sizes, Network network, Check check) {
    this.abbreviation = abbreviation;
    this.sizes = sizes;
    this.network = network;
    this.check = check;
  }

  private static List<Integer> files(Integer... sizes) {
    return List.of(sizes);
  }

  private static List<Integer> times(int count, int size) {
    return Collections.nCopies(count, size);
  }

  /** As the runner's page calls it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As the runner's matrix calls it. */
  String abbreviation() {
    return abbreviation;
  }

  /** What TESTCASE says to the client. */
  String clientName() {
    return switch (this) {
      case LONGRTT -> HANDSHAKE.label();
      case HANDSHAKELOSS, HANDSHAKECORRUPTION -> "multiconnect";
      case HANDSHAKE, CHACHA20, RETRY, RESUMPTION, ZERORTT, HTTP3, KEYUPDATE, ECN, V2 -> label();
      default -> TRANSFER.label();
    };
  }

  /** What TESTCASE says to the server. */
  String serverName() {
    return switch (this) {
      case KEYUPDATE -> TRANSFER.label();
      case CONNECTIONMIGRATION -> label();
      default -> clientName();
    };
  }

  /** The sizes of the files, in bytes. */
  List<Integer> sizes() {
    return sizes;
  }

  /** How long the names of the files are. */
  int nameLength() {
    return this == ZERORTT ? LONG_NAME : NAME;
  }

  /** How many certificates the server has, from its own up to that of the authority. */
  int chainLength() {
    return this == AMPLIFICATIONLIMIT ? LONG_CHAIN : 1;
  }

  /** The server's name in the URLs; it also says which IP version is used. */
  String host() {
    return switch (this) {
      case IPV6 -> "server6";
      case CONNECTIONMIGRATION -> "server46";
      default -> "server4";
    };
  }

  Network network() {
    return network;
  }

  Check check() {
    return check;
  }

  /** How long the client may take. */
  Duration limit() {
    return Duration.ofSeconds(
        switch (this) {
          case HANDSHAKELOSS, HANDSHAKECORRUPTION -> 300;
          case CROSSTRAFFIC -> 180;
          default -> 60;
        });
  }

  boolean isMeasurement() {
    return this == GOODPUT || this == CROSSTRAFFIC;
  }

  static Stream<Case> all() {
    return Arrays.stream(values());
  }
}
