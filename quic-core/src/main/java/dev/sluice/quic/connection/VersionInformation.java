package dev.sluice.quic.connection;

import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.quic.wire.Bytes;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the two sides tell each other of their versions, under the handshake's protection (RFC 9368
 * §3).
 *
 * @param chosen the version that the sender has chosen for this connection
 * @param available from a client: what its first flight can be turned into, most preferred first;
 *     from a server: what its whole deployment speaks. Numbers, as some may be unknown here
 */
public record VersionInformation(int chosen, List<Integer> available) {

  /** Copies the list. */
  public VersionInformation {
    available = List.copyOf(available);
  }

  /**
   * Reads the value of the transport parameter.
   *
   * @param fromServer a client has to list the version that it has chosen
   * @return empty when it cannot be read, for a reason that RFC 9368 §4 gives
   */
  static Optional<VersionInformation> read(Bytes value, boolean fromServer) {
    if (value.length() < Integer.BYTES || value.length() % Integer.BYTES != 0) {
      return Optional.empty();
    }
    WireReader in = new WireReader(value.array(), value.offset(), value.length());
    int chosen = in.i32();
    List<Integer> available = new ArrayList<>();
    while (in.hasRemaining()) {
      available.add(in.i32());
    }
    boolean wellFormed =
        chosen != 0 && !available.contains(0) && (fromServer || available.contains(chosen));
    return wellFormed ? Optional.of(new VersionInformation(chosen, available)) : Optional.empty();
  }

  /** The value of the transport parameter. */
  Bytes encode() {
    int length = Integer.BYTES * (1 + available.size());
    WireWriter out = new WireWriter(new byte[length], 0, length);
    out.u32(chosen);
    available.forEach(out::u32);
    return Bytes.of(out.buffer());
  }

  /** The chosen version; null when it is not one that is known here. */
  public QuicVersion chosenVersion() {
    return QuicVersion.of(chosen);
  }
}
