package dev.sluice.testkit;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.MonitorInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Protocol code is a pure state machine: no clock, thread, lock, ambient randomness, socket or file
 * ({@link Ambient} has the list). Scans the class files of a module and fails with every use.
 *
 * <pre>{@code
 * PurityRules.of(Connection.class)
 *     .drivers("dev.sluice.quic", "dev.sluice.quic.io..")
 *     .except("dev.sluice.tls.InjectedRandom", "the JCE takes its randomness as a SecureRandom")
 *     .check();
 * }</pre>
 */
public final class PurityRules {
  private final Class<?> anchor;
  private final List<String> drivers = new ArrayList<>();
  private final Map<String, String> exceptions = new TreeMap<>();

  private PurityRules(Class<?> anchor) {
    this.anchor = anchor;
  }

  /**
   * Rules for the module that a class belongs to. Every package is pure until {@link #drivers} says
   * otherwise.
   */
  public static PurityRules of(Class<?> anchor) {
    return new PurityRules(anchor);
  }

  /** Packages that may have threads and sockets; one that ends in ".." includes those below it. */
  public PurityRules drivers(String... packages) {
    drivers.addAll(List.of(packages));
    return this;
  }

  /**
   * A class in a pure package that is excused, with its nested classes. It is an error for it not
   * to need the excuse, so that the list cannot grow stale.
   *
   * @param reason why it cannot do without
   */
  public PurityRules except(String className, String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException("no reason given for " + className);
    }
    exceptions.put(className, reason);
    return this;
  }

  /**
   * Scans the module.
   *
   * @throws AssertionError lists every use of what is forbidden, and every exception that nothing
   *     needs
   */
  public void check() {
    JavaClasses classes = ModuleClasses.around(anchor);
    SortedSet<String> problems = new TreeSet<>();
    SortedSet<String> unneeded = new TreeSet<>(exceptions.keySet());
    for (JavaClass javaClass : classes) {
      if (isDriver(javaClass.getPackageName())) {
        continue;
      }
      SortedSet<String> uses = impurities(javaClass);
      String outer = javaClass.getName().replaceFirst("\\$.*", "");
      if (!exceptions.containsKey(outer)) {
        problems.addAll(uses);
      } else if (!uses.isEmpty()) {
        unneeded.remove(outer);
      }
    }
    unneeded.forEach(name -> problems.add(name + " is excused but has nothing to excuse"));
    if (!problems.isEmpty()) {
      throw new AssertionError("protocol code must be pure:\n  " + String.join("\n  ", problems));
    }
  }

  private boolean isDriver(String packageName) {
    return drivers.stream()
        .anyMatch(
            driver ->
                driver.endsWith("..")
                    ? (packageName + ".").startsWith(driver.substring(0, driver.length() - 1))
                    : packageName.equals(driver));
  }

  private static SortedSet<String> impurities(JavaClass javaClass) {
    SortedSet<String> found = new TreeSet<>();
    for (Dependency dependency : javaClass.getDirectDependenciesFromSelf()) {
      String type = dependency.getTargetClass().getBaseComponentType().getName();
      report(found, javaClass, type, Ambient.type(type));
    }
    for (JavaAccess<?> access : javaClass.getAccessesFromSelf()) {
      String owner = access.getTargetOwner().getName();
      String name = access.getTarget().getName();
      String parameters =
          access.getTarget() instanceof CodeUnitAccessTarget unit
              ? unit.getRawParameterTypes().stream()
                  .map(JavaClass::getName)
                  .collect(Collectors.joining(", "))
              : "";
      report(found, javaClass, owner + "." + name, Ambient.member(owner, name, parameters));
    }
    for (JavaCodeUnit method : javaClass.getCodeUnits()) {
      if (method.getModifiers().contains(JavaModifier.SYNCHRONIZED)) {
        report(found, javaClass, "a synchronized method, " + method.getName(), "a lock");
      }
    }
    for (JavaField field : javaClass.getFields()) {
      if (field.getModifiers().contains(JavaModifier.VOLATILE)) {
        report(found, javaClass, "a volatile field, " + field.getName(), "shared between threads");
      }
    }
    if (entersMonitor(javaClass)) {
      report(found, javaClass, "a synchronized block", "a lock");
    }
    return found;
  }

  private static void report(SortedSet<String> into, JavaClass user, String what, String reason) {
    if (reason != null) {
      into.add(user.getName() + " uses " + what + " (" + reason + ")");
    }
  }

  /** ArchUnit sees synchronized methods but not synchronized blocks. */
  private static boolean entersMonitor(JavaClass javaClass) {
    return ClassFile.of().parse(bytes(javaClass)).methods().stream()
        .flatMap(method -> method.code().stream())
        .anyMatch(code -> code.elementStream().anyMatch(MonitorInstruction.class::isInstance));
  }

  private static byte[] bytes(JavaClass javaClass) {
    try (InputStream in = javaClass.getSource().orElseThrow().getUri().toURL().openStream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + javaClass.getName(), e);
    }
  }
}
