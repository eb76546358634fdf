package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.sluice.testkit.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StaticTableTest {
  @Test
  void tableIsThatOfAppendixA() throws IOException {
    List<String> rows =
        Files.readAllLines(SharedFiles.require("vectors/rfc/qpack-static-table.tsv")).stream()
            .filter(row -> !row.startsWith("#"))
            .toList();
    assertEquals(99, rows.size());
    Map<String, Integer> first = new HashMap<>();
    for (String row : rows) {
      String[] parts = row.split("\t", -1);
      int index = Integer.parseInt(parts[0]);
      assertEquals(new FieldLine(parts[1], parts[2]), StaticTable.line(index));
      assertEquals(index, StaticTable.findLine(parts[1], parts[2]));
      first.putIfAbsent(parts[1], index);
      assertEquals(first.get(parts[1]), StaticTable.findName(parts[1]));
    }
  }

  @Test
  void othersAreNotFound() {
    assertNull(StaticTable.line(99));
    assertNull(StaticTable.line(-1));
    assertNull(StaticTable.line(Long.MAX_VALUE));
    assertEquals(-1, StaticTable.findName("x-custom"));
    assertEquals(-1, StaticTable.findLine(":path", "/other"));
    // The same hash as ":path" and "/": only the comparison tells them apart.
    assertEquals(":path".hashCode(), ":pauI".hashCode());
    assertEquals(-1, StaticTable.findName(":pauI"));
    assertEquals(-1, StaticTable.findLine(":pauI", "/"));
  }
}
