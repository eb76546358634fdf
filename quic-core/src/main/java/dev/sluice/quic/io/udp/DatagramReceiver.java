package dev.sluice.quic.io.udp;

import dev.sluice.quic.DatagramBatch;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** What comes to one socket, one system call a datagram. On the loop's thread. */
final class DatagramReceiver {

  /**
   * Messages in a row that may be of the network: a flood of forged ones does not come that close
   * behind each other. What is told more often is of the socket itself.
   */
  private static final int STALE_ERRORS = 1000;

  /** The system, as far as datagrams come in. */
  @FunctionalInterface
  interface Input {

    /** Puts the next one into the buffer and says whose it is; null when there is none. */
    InetSocketAddress read(ByteBuffer into) throws IOException;
  }

  private final Input input;
  private final ByteBuffer transfer;
  private final Consumer<IOException> messages;

  /**
   * @param transfer on the way between the system and arrays
   * @param messages told what the network has said of datagrams that left before
   */
  DatagramReceiver(Input input, ByteBuffer transfer, Consumer<IOException> messages) {
    this.input = input;
    this.transfer = transfer;
    this.messages = messages;
  }

  /**
   * Adds what has come to the batch, as far as there is room.
   *
   * @return whether there may be more
   */
  boolean receive(DatagramBatch into) throws IOException {
    for (int errors = 0; into.hasRoom(); ) {
      transfer.clear();
      try {
        InetSocketAddress from = input.read(transfer);
        if (from == null) {
          return false;
        }
        transfer.flip();
        add(from, into);
        errors = 0;
      } catch (IOException e) {
        // An ICMP message of before, in the place of a datagram; there may be datagrams behind it.
        if (++errors > STALE_ERRORS) {
          throw e;
        }
        messages.accept(e);
      }
    }
    return true;
  }

  /** What is longer than peers are told they may send is not for us, or not from a sound peer. */
  private void add(InetSocketAddress from, DatagramBatch into) {
    int length = transfer.remaining();
    if (length > 0 && length <= into.slotSize()) {
      transfer.get(into.buffer(), into.nextOffset(), length);
      into.add(length, null, from, 0);
    }
  }
}
