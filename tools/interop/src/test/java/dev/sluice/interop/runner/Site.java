package dev.sluice.interop.runner;

import static dev.sluice.interop.runner.Evidence.require;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The folders of a run, as the runner mounts them: files to serve, downloads, certificates. */
final class Site {
  private static final int LETTERS = 26;

  private final Path folder;
  private final List<String> names = new ArrayList<>();

  private Site(Path folder) {
    this.folder = folder;
  }

  /** Makes all anew. */
  static Site create(Path folder, Case which, long seed) throws IOException {
    delete(folder);
    for (String each : List.of("www", "downloads", "certs", "logs/client", "logs/server")) {
      Files.createDirectories(folder.resolve(each));
    }
    Certificates.write(folder.resolve("certs"), which.chainLength());
    Site site = new Site(folder);
    SplittableRandom random = new SplittableRandom(seed);
    for (int size : which.sizes()) {
      StringBuilder name = new StringBuilder();
      while (name.length() < which.nameLength()) {
        name.append((char) ('a' + random.nextInt(LETTERS)));
      }
      byte[] content = new byte[size];
      random.nextBytes(content);
      Files.write(folder.resolve("www").resolve(name.toString()), content);
      site.names.add(name.toString());
    }
    return site;
  }

  /** The names of the files. */
  List<String> names() {
    return names;
  }

  /**
   * Compares the downloads with the files.
   *
   * @throws AssertionError one is missing or different
   */
  void requireDownloaded() throws IOException {
    for (String name : names) {
      Path download = folder.resolve("downloads").resolve(name);
      require(Files.exists(download), name + " was not saved");
      long mismatch = Files.mismatch(download, folder.resolve("www").resolve(name));
      require(mismatch < 0, name + " differs from byte " + mismatch + " on");
    }
  }

  /** Removes a folder with all that is in it. */
  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
