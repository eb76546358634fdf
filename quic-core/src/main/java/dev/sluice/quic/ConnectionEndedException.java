package dev.sluice.quic;

import dev.sluice.quic.ending.ConnectionEnding;
import java.io.IOException;

/** The connection has ended, and with it what was asked of it. */
public final class ConnectionEndedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient ConnectionEnding ending;

  /** An exception for this ending. */
  public ConnectionEndedException(ConnectionEnding ending) {
    super(ending.describe());
    this.ending = ending;
  }

  /** Who ended it, on which layer, and with what; null only after deserialization. */
  public ConnectionEnding ending() {
    return ending;
  }
}
