package dev.sluice.tools.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.tools.Sluice;
import java.io.File;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LauncherJarTest {
  @TempDir Path folder;

  private Path jar(String... classPath) throws Exception {
    Path jar = folder.resolve("launcher.jar");
    try (OutputStream out = Files.newOutputStream(jar)) {
      LauncherJar.write(out, classPath);
    }
    return jar;
  }

  private static String[] classPathWith(String... names) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> Arrays.stream(names).anyMatch(entry::contains))
        .toArray(String[]::new);
  }

  private static String origin(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  @Test
  void everyClassOfTheClassPathIsInAFormatForTheCache() throws Exception {
    Path jar = jar(origin(CommandLine.class), origin(Sluice.class));
    try (JarFile file = new JarFile(jar.toFile())) {
      assertNotNull(file.getEntry("dev/sluice/tools/Sluice.class"));
      assertNotNull(file.getEntry("dev/sluice/tools/version.properties"));
      assertNull(file.getEntry("module-info.class"));
      for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
        JarEntry entry = all.nextElement();
        if (entry.getName().endsWith(".class")) {
          byte[] bytes = file.getInputStream(entry).readAllBytes();
          assertFalse(
              ClassFile.of().parse(bytes).majorVersion() < ClassFile.JAVA_6_VERSION,
              entry::getName);
        }
      }
    }
  }

  @Test
  void classesThatWereRewrittenWork() throws Exception {
    URL[] urls = {jar(origin(CommandLine.class)).toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
      Class<?> type = loader.loadClass(CommandLine.class.getName());
      assertEquals(loader, type.getClassLoader());
      // Loads, verifies and runs a good part of it.
      Object spec =
          type.getMethod("getCommandSpec")
              .invoke(
                  type.getConstructor(Object.class)
                      .newInstance(
                          loader
                              .loadClass(CommandLine.Model.CommandSpec.class.getName())
                              .getMethod("create")
                              .invoke(null)));
      assertNotNull(spec);
    }
  }

  @Test
  void signaturesStayOutAndServicesAreJoined() throws Exception {
    Path services = Files.createDirectories(folder.resolve("a/META-INF/services"));
    Files.writeString(services.resolve("x.Y"), "one");
    Path more = Files.createDirectories(folder.resolve("b/META-INF/services"));
    Files.writeString(more.resolve("x.Y"), "two");
    String[] signed = classPathWith("bcprov");
    String[] all = Arrays.copyOf(signed, signed.length + 2);
    all[signed.length] = folder.resolve("a").toString();
    all[signed.length + 1] = folder.resolve("b").toString();
    try (JarFile file = new JarFile(jar(all).toFile())) {
      assertNotNull(file.getEntry("org/bouncycastle/crypto/Digest.class"));
      assertEquals(0, file.stream().filter(e -> e.getName().endsWith(".SF")).count());
      try (InputStream in = file.getInputStream(file.getEntry("META-INF/services/x.Y"))) {
        assertEquals("one\ntwo\n", new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
  }
}
