package dev.sluice.tls.extension;

import dev.sluice.tls.TlsException;
import dev.sluice.tls.wire.TlsReader;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayList;
import java.util.List;

/** Lists of two-byte code points that make up a whole extension. */
final class CodeList {
  private CodeList() {}

  static void write16(TlsWriter out, List<Integer> codes) {
    out.vector16(list -> codes.forEach(list::u16));
  }

  static void write8(TlsWriter out, List<Integer> codes) {
    out.vector8(list -> codes.forEach(list::u16));
  }

  static List<Integer> read16(TlsReader in) throws TlsException {
    TlsReader list = in.sub16("list", 2);
    in.end();
    return codes(list);
  }

  static List<Integer> read8(TlsReader in) throws TlsException {
    TlsReader list = in.sub8("list", 2);
    in.end();
    return codes(list);
  }

  private static List<Integer> codes(TlsReader list) throws TlsException {
    List<Integer> codes = new ArrayList<>();
    while (list.hasRemaining()) {
      codes.add(list.u16());
    }
    return List.copyOf(codes);
  }
}
