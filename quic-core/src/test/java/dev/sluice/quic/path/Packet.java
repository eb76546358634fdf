package dev.sluice.quic.path;

import dev.sluice.quic.frame.Frame;
import dev.sluice.quic.frame.FrameReader;
import dev.sluice.quic.recovery.PacketContents;
import dev.sluice.quic.recovery.RecoveryToken;
import dev.sluice.quic.wire.WireReader;
import dev.sluice.quic.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a part writes into one packet: the frames as a peer reads them, and the tokens. */
record Packet(List<Frame> frames, List<RecoveryToken> tokens) {
  static Packet of(Consumer<PacketContents> part) {
    byte[] buffer = new byte[1200];
    WireWriter out = new WireWriter(buffer, 0, buffer.length);
    PacketContents contents = new PacketContents();
    contents.begin(out);
    part.accept(contents);
    WireReader in = new WireReader(buffer, 0, out.position());
    List<Frame> frames = new ArrayList<>();
    while (in.hasRemaining()) {
      frames.add(FrameReader.read(in));
    }
    return new Packet(frames, List.copyOf(contents.tokens()));
  }
}
