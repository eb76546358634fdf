package dev.sluice.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tools.Commands.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sluice requirements}. */
class RequirementsTest {
  @TempDir private Path root;

  private void compiledModule() throws IOException {
    Files.createDirectories(root.resolve("module/target/test-classes"));
    Files.createFile(root.resolve("module/pom.xml"));
  }

  @Test
  void countsAndListsWhatHasNoTest() throws IOException {
    compiledModule();
    Result result = Commands.run("requirements", "--root", "" + root, "--missing", "rfc9221-3");
    assertEquals(0, result.code(), result::toString);
    assertTrue(result.text().contains("RFC9221 §3"), result::toString);
    assertTrue(result.text().contains("0.0%"), result::toString);
    assertTrue(result.text().contains("RFC9221-3#1  MUST NOT: "), result::toString);
  }

  @Test
  void severalSectionsOfOneDocument() throws IOException {
    compiledModule();
    Result result = Commands.run("requirements", "--root", "" + root, "RFC9221-3", "RFC9221-5");
    assertEquals(0, result.code(), result::toString);
    assertTrue(result.text().contains("RFC9221 §3 "), result::toString);
    assertTrue(result.text().contains("RFC9221 §5 "), result::toString);
  }

  /** A compiler that was ended leaves half of one. */
  @Test
  void aBrokenClassFileIsOneLine() throws IOException {
    compiledModule();
    Path broken = root.resolve("module/target/test-classes/A.class");
    Files.write(broken, new byte[] {(byte) 0xca, (byte) 0xfe});
    Result result = Commands.run("requirements", "--root", "" + root);
    assertEquals(26, result.code(), result::toString);
    assertEquals(1, result.err().lines().count(), result::toString);
    assertTrue(result.err().contains(broken + " is no class file"), result::toString);
  }

  @Test
  void aShareThatIsNotReachedIsAnError() throws IOException {
    compiledModule();
    Result result =
        Commands.run("requirements", "--root", "" + root, "--at-least", "90", "RFC9221");
    assertEquals(1, result.code(), result::toString);
  }

  @Test
  void withoutCompiledTestsItSaysWhatToDo() {
    Result result = Commands.run("requirements", "--root", "" + root);
    assertEquals(26, result.code(), result::toString);
    assertTrue(result.err().contains("mvn test-compile"), result::toString);
  }

  @Test
  void aFolderThatIsNotThereIsOneLine() {
    Result result = Commands.run("requirements", "--root", root + "/none");
    assertEquals(26, result.code(), result::toString);
    assertEquals("sluice: (26) no folder " + root + "/none", result.err().strip());
  }

  @Test
  void anUnknownDocumentIsOneLine() throws IOException {
    compiledModule();
    Result result = Commands.run("requirements", "--root", "" + root, "RFC1149");
    assertEquals(2, result.code(), result::toString);
    assertTrue(result.err().startsWith("sluice: (2) no document RFC1149"), result::toString);
  }

  @Test
  void aFullDiskIsToldOf() throws IOException {
    compiledModule();
    ByteArrayOutputStream nothing = new ByteArrayOutputStream();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    Commands.Result result =
        Commands.run(
            InputStream.nullInputStream(), nothing, full, "requirements", "--root", "" + root);
    assertEquals(23, result.code(), result::toString);
    assertTrue(result.err().contains("cannot write to standard output"), result::toString);
  }
}
