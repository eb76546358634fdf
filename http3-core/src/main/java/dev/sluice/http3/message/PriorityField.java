package dev.sluice.http3.message;

import dev.sluice.http3.structured.BareItem;
import dev.sluice.http3.structured.Member;
import dev.sluice.http3.structured.StructuredFieldException;
import dev.sluice.http3.structured.StructuredFields;
import java.util.Map;

/**
 * Reads the Priority field: a Dictionary of Structured Fields (RFC 9218 §4) of which only the keys
 * u and i matter. One with a value that is out of range, or of another type, counts as absent.
 */
final class PriorityField {
  private PriorityField() {}

  /** What a field value says, with what holds where it says nothing; null for no Dictionary. */
  static Priority parse(String value, Priority otherwise) {
    try {
      Map<String, Member> members = StructuredFields.parseDictionary(value);
      return new Priority(
          urgency(bare(members.get("u")), otherwise.urgency()),
          incremental(bare(members.get("i")), otherwise.incremental()));
    } catch (StructuredFieldException e) {
      return null;
    }
  }

  private static BareItem bare(Member member) {
    return member instanceof Member.Item item ? item.value() : null;
  }

  private static int urgency(BareItem value, int otherwise) {
    return value instanceof BareItem.IntegerItem(long u) && u >= 0 && u <= 7 ? (int) u : otherwise;
  }

  private static boolean incremental(BareItem value, boolean otherwise) {
    return value instanceof BareItem.BooleanItem(boolean i) ? i : otherwise;
  }
}
