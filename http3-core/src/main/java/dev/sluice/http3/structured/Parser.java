package dev.sluice.http3.structured;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists, Dictionaries, Inner Lists and parameters (RFC 9651 §4.2.1 to §4.2.3). */
final class Parser {
  private static final BareItem TRUE = new BareItem.BooleanItem(true);

  private final Cursor in;
  private final BareItemParser bare;

  Parser(String value) {
    in = new Cursor(value);
    bare = new BareItemParser(in);
  }

  List<Member> list() throws StructuredFieldException {
    List<Member> members = new ArrayList<>();
    in.skip(" ");
    while (!in.atEnd()) {
      members.add(itemOrInnerList());
      nextMember();
    }
    return List.copyOf(members);
  }

  Map<String, Member> dictionary() throws StructuredFieldException {
    Map<String, Member> members = new LinkedHashMap<>();
    in.skip(" ");
    while (!in.atEnd()) {
      String key = key();
      members.put(key, in.take('=') ? itemOrInnerList() : new Member.Item(TRUE, parameters()));
      nextMember();
    }
    return Collections.unmodifiableMap(members);
  }

  /** The Item that is the whole value. */
  Member.Item soleItem() throws StructuredFieldException {
    in.skip(" ");
    Member.Item item = item();
    in.skip(" ");
    if (!in.atEnd()) {
      throw in.unexpected();
    }
    return item;
  }

  /** Past the comma, if there is one: then something must follow it. */
  private void nextMember() throws StructuredFieldException {
    in.skip(" \t");
    if (!in.atEnd()) {
      in.expect(',');
      in.skip(" \t");
      if (in.atEnd()) {
        throw new StructuredFieldException("a comma at the end");
      }
    }
  }

  private Member itemOrInnerList() throws StructuredFieldException {
    return in.take('(') ? innerList() : item();
  }

  private Member.InnerList innerList() throws StructuredFieldException {
    List<Member.Item> items = new ArrayList<>();
    while (true) {
      in.skip(" ");
      if (in.take(')')) {
        return new Member.InnerList(List.copyOf(items), parameters());
      }
      items.add(item());
      if (in.peek() != ' ' && in.peek() != ')') {
        throw in.unexpected();
      }
    }
  }

  private Member.Item item() throws StructuredFieldException {
    BareItem value = bare.next();
    return new Member.Item(value, parameters());
  }

  private Map<String, BareItem> parameters() throws StructuredFieldException {
    if (in.peek() != ';') {
      return Map.of();
    }
    Map<String, BareItem> parameters = new LinkedHashMap<>();
    while (in.take(';')) {
      in.skip(" ");
      String key = key();
      parameters.put(key, in.take('=') ? bare.next() : TRUE);
    }
    return Collections.unmodifiableMap(parameters);
  }

  private String key() throws StructuredFieldException {
    if (!Cursor.isLower(in.peek()) && in.peek() != '*') {
      throw in.unexpected();
    }
    return in.takeWhile(c -> Cursor.isLower(c) || Cursor.isDigit(c) || "_-.*".indexOf(c) >= 0);
  }
}
