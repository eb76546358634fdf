package dev.sluice.quic.qlog;

import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.ConnectionId;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** JSON (RFC 8259) as it is being written, from left to right. One thread. */
final class JsonText {
  private final StringBuilder out = new StringBuilder(512);
  private boolean first = true;

  JsonText beginObject() {
    return begin('{');
  }

  JsonText endObject() {
    return end('}');
  }

  JsonText beginArray() {
    return begin('[');
  }

  JsonText endArray() {
    return end(']');
  }

  /** The name of the member that is written next. */
  JsonText name(String name) {
    separate();
    quote(name);
    out.append(':');
    first = true;
    return this;
  }

  JsonText value(String text) {
    separate();
    quote(text);
    return this;
  }

  JsonText value(long number) {
    separate();
    out.append(number);
    return this;
  }

  JsonText value(double number) {
    separate();
    out.append(number);
    return this;
  }

  JsonText value(boolean yes) {
    separate();
    out.append(yes);
    return this;
  }

  /** Nanoseconds as milliseconds, to the nanosecond. */
  JsonText millis(long nanos) {
    separate();
    out.append(nanos / 1_000_000).append('.');
    String fraction = Long.toString(1_000_000 + nanos % 1_000_000);
    out.append(fraction, 1, fraction.length());
    return this;
  }

  JsonText hex(byte[] bytes) {
    return value(HexFormat.of().formatHex(bytes));
  }

  JsonText hex(Bytes bytes) {
    return hex(bytes.toArray());
  }

  /** A string, number, boolean, bytes, connection ID, or a list or map of such. */
  JsonText any(Object value) {
    switch (value) {
      case String text -> value(text);
      case Boolean yes -> value(yes.booleanValue());
      case Number number -> value(number.longValue());
      case Bytes bytes -> hex(bytes);
      case ConnectionId id -> hex(id.toArray());
      case List<?> list -> {
        beginArray();
        list.forEach(this::any);
        endArray();
      }
      case Map<?, ?> map -> {
        beginObject();
        map.forEach((name, member) -> name(name.toString()).any(member));
        endObject();
      }
      default -> value(value.toString());
    }
    return this;
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private JsonText begin(char bracket) {
    separate();
    out.append(bracket);
    first = true;
    return this;
  }

  private JsonText end(char bracket) {
    out.append(bracket);
    first = false;
    return this;
  }

  private void separate() {
    if (!first) {
      out.append(',');
    }
    first = false;
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        default -> {
          // Lone surrogates have no encoding, and control characters no place in JSON.
          if (c < ' ' || Character.isSurrogate(c)) {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
