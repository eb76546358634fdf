package dev.sluice.tools.interop;

import java.util.Locale;
import java.util.Optional;

/** The runner's test cases, by the names that endpoints see; several of its tests share one. */
enum TestCase {
  HANDSHAKE,
  TRANSFER,
  /** A connection for each file. */
  MULTICONNECT,
  CHACHA20,
  RETRY,
  RESUMPTION,
  ZERORTT,
  HTTP3,
  KEYUPDATE,
  ECN,
  V2,
  /** The server asks its clients to move to another address of its own. */
  CONNECTIONMIGRATION;

  /** Empty for a case that is unknown here. */
  static Optional<TestCase> named(String name) {
    for (TestCase testCase : values()) {
      if (testCase.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(testCase);
      }
    }
    return Optional.empty();
  }
}
