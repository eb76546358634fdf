package dev.sluice.bench.micro;

import dev.sluice.quic.crypto.HeaderBatch;
import dev.sluice.quic.crypto.HeaderProtection;
import dev.sluice.quic.crypto.PacketKeys;
import dev.sluice.quic.packet.QuicVersion;
import dev.sluice.tls.CipherSuite;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a full packet costs in cryptography: nanoseconds for each packet. */
@State(Scope.Thread)
public class PacketProtectionBenchmark {
  /** A packet number of two bytes after a connection ID of eight. */
  private static final int HEADER = 11;

  private static final int NUMBER_OFFSET = 9;
  private static final int NUMBER_LENGTH = 2;
  private static final int DATAGRAM = 1350;
  private static final int FLIGHT = 44;

  /** The suite. */
  @Param({"TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"})
  public CipherSuite suite;

  private final byte[] packet = new byte[DATAGRAM];
  private final byte[] plaintext = new byte[DATAGRAM];
  private final byte[] samples = new byte[FLIGHT * HeaderProtection.SAMPLE_LENGTH];
  private final byte[] masks = new byte[FLIGHT * HeaderProtection.SAMPLE_LENGTH];
  private final byte[] flight = new byte[FLIGHT * DATAGRAM];
  private final HeaderBatch batch = new HeaderBatch();
  private final byte[] sealed = new byte[DATAGRAM];
  private PacketKeys sender;
  private PacketKeys receiver;
  private long number;

  /** Derives the keys, and seals the packet that is opened. */
  @Setup
  public void derive() {
    byte[] secret = new byte[suite.hashLength()];
    sender = PacketKeys.of(QuicVersion.V1, suite, secret);
    receiver = PacketKeys.of(QuicVersion.V1, suite, secret);
    sealed[0] = 0x41;
    sender.seal(sealed, 0, HEADER, DATAGRAM - HEADER - PacketKeys.TAG_LENGTH, 0);
  }

  /** Seals a packet of 1350 bytes. */
  @Benchmark
  public int seal() {
    return sender.seal(packet, 0, HEADER, DATAGRAM - HEADER - PacketKeys.TAG_LENGTH, ++number);
  }

  /** Opens one. */
  @Benchmark
  public int open() {
    int length = receiver.open(sealed, 0, HEADER, DATAGRAM - HEADER, 0, plaintext);
    if (length < 0) {
      throw new IllegalStateException("does not open");
    }
    return length;
  }

  /** Masks the header of one packet. */
  @Benchmark
  public byte maskOne() {
    sender.protectHeader(packet, 0, NUMBER_OFFSET, NUMBER_LENGTH);
    return packet[0];
  }

  /** Makes the masks of a flight of 44 in one call; the figure is for one of them. */
  @Benchmark
  @OperationsPerInvocation(FLIGHT)
  public byte maskFlight() {
    sender.headerProtection().masks(samples, FLIGHT, masks);
    return masks[0];
  }

  /** Masks the headers of a flight of 44 as it is done before sending; the figure is for one. */
  @Benchmark
  @OperationsPerInvocation(FLIGHT)
  public byte protectFlight() {
    for (int i = 0; i < FLIGHT; i++) {
      flight[i * DATAGRAM] = 0x41; // as it was before the last mask: two bytes of packet number
      batch.add(i * DATAGRAM, i * DATAGRAM + NUMBER_OFFSET);
    }
    batch.protect(flight, sender.headerProtection());
    return flight[0];
  }
}
