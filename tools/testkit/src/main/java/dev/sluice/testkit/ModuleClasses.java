package dev.sluice.testkit;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URISyntaxException;
import java.nio.file.Path;

/** The compiled main classes of one module, without those of its tests. */
final class ModuleClasses {
  private ModuleClasses() {}

  /** All classes in the folder or jar that {@code anchor} was loaded from. */
  static JavaClasses around(Class<?> anchor) {
    return new ClassFileImporter().importPath(location(anchor));
  }

  /** The folder or jar that a class was loaded from. */
  static Path location(Class<?> anchor) {
    try {
      return Path.of(anchor.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("where was " + anchor + " loaded from?", e);
    }
  }
}
