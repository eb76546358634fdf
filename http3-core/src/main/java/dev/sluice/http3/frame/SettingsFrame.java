package dev.sluice.http3.frame;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.quic.wire.VarInt;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * SETTINGS (RFC 9114 §7.2.4).
 *
 * @param settings values by identifier, in the order of the frame
 */
public record SettingsFrame(Map<Long, Long> settings) implements Http3Frame {
  @Override
  public long type() {
    return FrameType.SETTINGS;
  }

  @Override
  public int payloadLength() {
    int length = 0;
    for (Map.Entry<Long, Long> setting : settings.entrySet()) {
      length += VarInt.length(setting.getKey()) + VarInt.length(setting.getValue());
    }
    return length;
  }

  @Override
  public void writePayload(WireWriter out) {
    settings.forEach((identifier, value) -> out.varInt(identifier).varInt(value));
  }

  /**
   * Reads a payload.
   *
   * @throws ConnectionErrorException H3_SETTINGS_ERROR for an identifier that is there twice, or is
   *     one of HTTP/2 without a meaning here (§7.2.4.1, §11.2.2)
   */
  static SettingsFrame read(WireReader in) {
    Map<Long, Long> settings = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      long identifier = in.varInt();
      long value = in.varInt();
      if (identifier == 0 || identifier >= 0x02 && identifier <= 0x05) {
        throw new ConnectionErrorException(
            Http3Error.H3_SETTINGS_ERROR,
            "SETTINGS: identifier 0x" + Long.toHexString(identifier) + " belongs to HTTP/2");
      }
      if (settings.put(identifier, value) != null) {
        throw new ConnectionErrorException(
            Http3Error.H3_SETTINGS_ERROR,
            "SETTINGS: identifier 0x" + Long.toHexString(identifier) + " twice");
      }
    }
    return new SettingsFrame(settings);
  }
}
