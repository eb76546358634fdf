package dev.sluice.qpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The tables against a list of everything that was ever inserted. */
class DynamicTableTest {
  @Property(tries = 500)
  void tableIsTheNewestEntriesThatFit(
      @ForAll @Size(max = 200) List<@IntRange(min = -3, max = 60) Integer> steps) {
    DynamicTable table = new DynamicTable();
    List<FieldLine> all = new ArrayList<>();
    int dropped = 0;
    long capacity = 0;
    for (int step : steps) {
      if (step < 0) {
        capacity = -step * 300L;
        table.setCapacity(capacity);
        dropped = dropped(all, dropped, capacity);
      } else {
        FieldLine line = new FieldLine("n" + step, "v".repeat(step * 5));
        boolean fits = line.size() <= capacity;
        assertEquals(fits, table.insert(line));
        if (fits) {
          all.add(line);
          dropped = dropped(all, dropped, capacity);
        }
      }
      assertEquals(all.size(), table.insertCount());
      assertEquals(dropped, table.dropCount());
      for (int i = -1; i <= all.size(); i++) {
        assertEquals(i >= dropped && i < all.size() ? all.get(i) : null, table.get(i));
      }
      assertNull(table.getRelative(all.size()));
    }
  }

  private static int dropped(List<FieldLine> all, int dropped, long capacity) {
    int first = dropped;
    while (size(all, first) > capacity) {
      first++;
    }
    return first;
  }

  @Property(tries = 300)
  void encoderTableFindsTheNewest(
      @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 30) Integer> steps,
      @ForAll @IntRange(min = 64, max = 2000) int capacity) {
    EncoderTable table = new EncoderTable();
    table.setCapacity(capacity);
    List<FieldLine> all = new ArrayList<>();
    int draining = 0;
    for (int step : steps) {
      FieldLine line = new FieldLine("n" + step % 4, "v".repeat(step % 7) + step);
      assertEquals(true, table.canInsert(line));
      assertEquals(all.size(), table.insert(line));
      table.setKnownReceived(table.insertCount());
      all.add(line);
      int dropped = dropped(all, 0, capacity);
      draining = Math.max(draining, dropped);
      while (draining < all.size() - 1 && size(all, draining) > capacity - capacity / 4) {
        draining++;
      }
      assertEquals(true, table.isDraining(draining - 1));
      assertEquals(false, table.isDraining(draining));
      for (int below = dropped; below <= all.size(); below++) {
        int lastLine = all.subList(0, below).lastIndexOf(line);
        assertEquals(lastLine < dropped ? -1 : lastLine, table.findLine(line, below));
        List<String> names = all.subList(0, below).stream().map(FieldLine::name).toList();
        int lastName = names.lastIndexOf(line.name());
        assertEquals(lastName < dropped ? -1 : lastName, table.findName(line.name(), below));
      }
    }
  }

  private static long size(List<FieldLine> all, int from) {
    return all.subList(from, all.size()).stream().mapToLong(FieldLine::size).sum();
  }
}
