package dev.sluice.http3.structured;

import java.util.List;
import java.util.Map;

/** A member of a List or a Dictionary: an Item or an Inner List (RFC 9651 §3.1, §3.2). */
public sealed interface Member {
  /** The parameters, in order (§3.1.2). */
  Map<String, BareItem> parameters();

  /** A value with its parameters (§3.3). */
  record Item(BareItem value, Map<String, BareItem> parameters) implements Member {}

  /** Items in parentheses, and the parameters of the whole (§3.1.1). */
  record InnerList(List<Item> items, Map<String, BareItem> parameters) implements Member {}
}
