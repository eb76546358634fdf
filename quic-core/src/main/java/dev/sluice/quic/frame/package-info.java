/**
 * The frames of RFC 9000 §19, one record a file. {@link dev.sluice.quic.frame.FrameTypes} is the
 * table of them; {@link dev.sluice.quic.frame.FrameReader} reads them. A new frame is a new record,
 * a row in the table and a name in the list of {@link dev.sluice.quic.frame.Frame}.
 */
package dev.sluice.quic.frame;
