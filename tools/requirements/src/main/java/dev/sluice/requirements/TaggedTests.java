package dev.sluice.requirements;

import java.io.IOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which tests say of themselves, by {@code @Requirement}, that they prove a sentence. Read from
 * compiled classes, so that nothing that only looks like an annotation counts.
 */
public final class TaggedTests {
  private static final String REQUIREMENT = "Ldev/sluice/testkit/Requirement;";
  private static final String DISABLED = "Lorg/junit/jupiter/api/Disabled;";

  private final Map<String, SortedSet<String>> tests = new TreeMap<>();

  /**
   * Reads every class file below a folder.
   *
   * @throws IOException one cannot be read, or is none, as a compiler leaves it that was ended
   */
  public void scan(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        scanFile(file);
      }
    }
  }

  /** The tests of a sentence, as {@code Class.method}; none when nothing proves it. */
  public SortedSet<String> of(String id) {
    return tests.getOrDefault(id, new TreeSet<>());
  }

  /** Every id that a test carries, known or not. */
  public Map<String, SortedSet<String>> all() {
    return tests;
  }

  private void scanFile(Path file) throws IOException {
    try {
      scanClass(ClassFile.of().parse(file));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is no class file: " + e.getMessage(), e);
    }
  }

  private void scanClass(ClassModel type) {
    String name = type.thisClass().asInternalName();
    String simple = name.substring(name.lastIndexOf('/') + 1).replace('$', '.');
    tag(type, simple);
    for (MethodModel method : type.methods()) {
      tag(method, simple + "." + method.methodName().stringValue());
    }
  }

  private void tag(AttributedElement element, String test) {
    List<Annotation> annotations =
        element
            .findAttribute(Attributes.runtimeVisibleAnnotations())
            .map(a -> a.annotations())
            .orElse(List.of());
    if (annotations.stream().anyMatch(a -> a.className().equalsString(DISABLED))) {
      return;
    }
    annotations.stream()
        .filter(a -> a.className().equalsString(REQUIREMENT))
        .flatMap(a -> a.elements().stream())
        .flatMap(TaggedTests::strings)
        .forEach(id -> tests.computeIfAbsent(id, i -> new TreeSet<>()).add(test));
  }

  private static Stream<String> strings(AnnotationElement element) {
    return switch (element.value()) {
      case AnnotationValue.OfString one -> Stream.of(one.stringValue());
      case AnnotationValue.OfArray many ->
          many.values().stream()
              .filter(AnnotationValue.OfString.class::isInstance)
              .map(v -> ((AnnotationValue.OfString) v).stringValue());
      default -> Stream.of();
    };
  }
}
