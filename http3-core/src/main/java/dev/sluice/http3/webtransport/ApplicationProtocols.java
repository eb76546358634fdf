package dev.sluice.http3.webtransport;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.structured.BareItem;
import dev.sluice.http3.structured.Member;
import dev.sluice.http3.structured.StructuredFieldException;
import dev.sluice.http3.structured.StructuredFields;
import java.util.ArrayList;
import java.util.List;

/** The negotiation of an application protocol (§3.3). */
final class ApplicationProtocols {
  static final String AVAILABLE = "wt-available-protocols";
  static final String CHOSEN = "wt-protocol";

  private ApplicationProtocols() {}

  /** What a client offers, in its order; empty when it offers nothing, or not as it must. */
  static List<String> offered(Fields request) {
    String value = request.combined(AVAILABLE);
    if (value == null) {
      return List.of();
    }
    try {
      List<String> offered = new ArrayList<>();
      for (Member member : StructuredFields.parseList(value)) {
        String protocol = string(member);
        if (protocol == null) {
          return List.of();
        }
        offered.add(protocol);
      }
      return List.copyOf(offered);
    } catch (StructuredFieldException e) {
      return List.of();
    }
  }

  /** What a server has chosen; null when it chose nothing, or not as it must. */
  static String chosen(Fields response) {
    String value = response.combined(CHOSEN);
    try {
      return value == null ? null : string(StructuredFields.parseItem(value));
    } catch (StructuredFieldException e) {
      return null;
    }
  }

  /** Only Strings count; parameters mean nothing. */
  private static String string(Member member) {
    return member instanceof Member.Item item
            && item.value() instanceof BareItem.StringItem(String value)
        ? value
        : null;
  }
}
