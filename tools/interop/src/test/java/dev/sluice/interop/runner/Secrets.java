package dev.sluice.interop.runner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What key logs hold (RFC 9850): secrets by label and by the random bytes of the ClientHello. */
final class Secrets {
  private static final int WORDS = 3;

  private final Map<String, byte[]> secrets = new HashMap<>();

  /** Reads those of the files that are there. */
  static Secrets read(List<Path> files) throws IOException {
    Secrets all = new Secrets();
    for (Path file : files) {
      if (Files.exists(file)) {
        Files.readAllLines(file).forEach(all::add);
      }
    }
    return all;
  }

  private void add(String line) {
    String[] words = line.strip().split(" ");
    if (words.length == WORDS) {
      secrets.put(words[0] + " " + words[1], HexFormat.of().parseHex(words[2]));
    }
  }

  Optional<byte[]> find(String label, byte[] clientRandom) {
    return Optional.ofNullable(secrets.get(label + " " + HexFormat.of().formatHex(clientRandom)));
  }
}
