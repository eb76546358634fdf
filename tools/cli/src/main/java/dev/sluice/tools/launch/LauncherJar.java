package dev.sluice.tools.launch;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/**
 * Puts the whole class path into one jar, from which the JVM can start out of a cache. A cache has
 * no room for classes that lie in folders, for those of signed jars, and for those in a format from
 * before Java 6, as picocli's are. The launcher runs it after a build; nothing else reads the jar.
 */
public final class LauncherJar {
  private static final String SERVICES = "META-INF/services/";

  private static final ClassFile FORMAT =
      ClassFile.of(
          ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
          ClassFile.ClassHierarchyResolverOption.of(
              ClassHierarchyResolver.ofResourceParsing(ClassLoader.getSystemClassLoader())));

  private final JarOutputStream out;
  private final Set<String> written = new HashSet<>();
  private final Map<String, StringBuilder> services = new LinkedHashMap<>();

  private LauncherJar(OutputStream to) throws IOException {
    out = new JarOutputStream(to);
    out.setLevel(Deflater.NO_COMPRESSION);
  }

  /** Writes the jar that the argument names, out of the class path of this process. */
  public static void main(String[] args) throws IOException {
    Path target = Path.of(args[0]);
    Path beside = target.resolveSibling(target.getFileName() + ".part");
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(beside))) {
      write(file, System.getProperty("java.class.path").split(File.pathSeparator));
    }
    Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Writes folders and jars as one jar; of what is in several the first counts. */
  static void write(OutputStream to, String... classPath) throws IOException {
    LauncherJar jar = new LauncherJar(to);
    for (String entry : classPath) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        jar.addFolder(path);
      } else {
        jar.addJar(path);
      }
    }
    for (Map.Entry<String, StringBuilder> service : jar.services.entrySet()) {
      jar.add(service.getKey(), service.getValue().toString().getBytes(StandardCharsets.UTF_8));
    }
    jar.out.close();
  }

  private void addFolder(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Iterator<Path> each = files.filter(Files::isRegularFile).sorted().iterator();
          each.hasNext(); ) {
        Path file = each.next();
        String name = folder.relativize(file).toString().replace(File.separatorChar, '/');
        addIfWanted(name, Files.readAllBytes(file));
      }
    }
  }

  /** As this JVM sees it: with the classes that are made for its version. */
  private void addJar(Path file) throws IOException {
    try (JarFile jar = new JarFile(file.toFile(), false, JarFile.OPEN_READ, Runtime.version())) {
      Map<String, JarEntry> entries = new TreeMap<>();
      jar.versionedStream().forEach(entry -> entries.put(entry.getName(), entry));
      for (Map.Entry<String, JarEntry> entry : entries.entrySet()) {
        if (!entry.getValue().isDirectory()) {
          addIfWanted(entry.getKey(), jar.getInputStream(entry.getValue()).readAllBytes());
        }
      }
    }
  }

  private void addIfWanted(String name, byte[] bytes) throws IOException {
    if (name.startsWith(SERVICES)) {
      StringBuilder providers = services.computeIfAbsent(name, unused -> new StringBuilder());
      providers.append(new String(bytes, StandardCharsets.UTF_8)).append('\n');
      return;
    }
    // Manifests, signatures and older or newer versions of classes are those of single jars.
    boolean own = name.startsWith("META-INF/") || name.endsWith("module-info.class");
    if (!own && written.add(name)) {
      add(name, name.endsWith(".class") ? modern(bytes) : bytes);
    }
  }

  /** The same class in a format that has stack maps. */
  private static byte[] modern(byte[] bytes) {
    ClassModel old = FORMAT.parse(bytes);
    if (old.majorVersion() >= ClassFile.JAVA_6_VERSION) {
      return bytes;
    }
    ClassTransform version =
        (builder, element) -> {
          if (element instanceof ClassFileVersion) {
            builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
          } else {
            builder.with(element);
          }
        };
    // The bodies have to be written anew to get their maps, even if nothing else changes in them.
    return FORMAT.transformClass(
        old, version.andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL)));
  }

  private void add(String name, byte[] bytes) throws IOException {
    JarEntry entry = new JarEntry(name);
    entry.setTime(0); // the same jar out of the same classes
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }
}
