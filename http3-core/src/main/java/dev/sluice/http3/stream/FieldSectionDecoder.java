package dev.sluice.http3.stream;

import dev.sluice.qpack.Decoded;

/** Decodes the field sections that a message brings. */
@FunctionalInterface
public interface FieldSectionDecoder {
  /**
   * @param streamId the stream that carried the section
   * @param section the payload of a HEADERS frame; the decoder may keep it
   * @return the lines; or that the section waits, in which case the message hears of it later
   * @throws dev.sluice.http3.ending.ConnectionErrorException QPACK_DECOMPRESSION_FAILED
   */
  Decoded decode(long streamId, byte[] section);
}
