package dev.sluice.testkit;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Dependencies between the packages of a module point one way. */
public final class LayerRules {
  private final JavaClasses classes;

  private LayerRules(JavaClasses classes) {
    this.classes = classes;
  }

  /** Rules for the module that a class belongs to. */
  public static LayerRules of(Class<?> anchor) {
    return new LayerRules(ModuleClasses.around(anchor));
  }

  /**
   * Checks that each layer uses only itself and those before it.
   *
   * @param layers packages, or the names of single top-level classes that lie elsewhere in the
   *     order than the rest of their package; every class of the module has a place in it
   * @throws AssertionError lists every dependency that points the wrong way
   */
  public void checkOrder(String... layers) {
    List<String> order = List.of(layers);
    SortedSet<String> problems = new TreeSet<>();
    for (JavaClass user : classes) {
      int place = place(order, user);
      if (place < 0 && !user.getSimpleName().equals("module-info")) {
        problems.add(user.getName() + " has no place in the order");
        continue;
      }
      for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
        JavaClass used = dependency.getTargetClass().getBaseComponentType();
        if (place(order, used) > place) {
          problems.add(
              "%s uses %s, and %s comes before %s"
                  .formatted(
                      user.getName(),
                      used.getName(),
                      order.get(place),
                      order.get(place(order, used))));
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new AssertionError("layers:\n  " + String.join("\n  ", problems));
    }
  }

  /**
   * Checks that no packages depend on each other in a circle. The root package itself does not
   * count: it is the module's face and its vocabulary, which use and are used by all.
   *
   * @param root the package above those to be checked
   * @throws AssertionError shows every circle
   */
  public void checkAcyclic(String root) {
    slices()
        .matching(root + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(classes);
  }

  private static int place(List<String> order, JavaClass javaClass) {
    int own = order.indexOf(javaClass.getName().replaceFirst("\\$.*", ""));
    return own >= 0 ? own : order.indexOf(javaClass.getPackageName());
  }
}
