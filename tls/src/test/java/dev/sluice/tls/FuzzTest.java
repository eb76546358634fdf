package dev.sluice.tls;

import static dev.sluice.tls.TlsPair.clientConfig;
import static dev.sluice.tls.TlsPair.serverConfig;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever a peer sends, in whatever state, ends in progress or a TlsException with an alert of the
 * peer's making: never in another exception, and never in a handshake that completes although it
 * was tampered with.
 */
class FuzzTest {
  private static final TlsServerConfig SERVER =
      serverConfig()
          .ticketProtector(TlsPair.TICKETS)
          .earlyDataPolicy((p, s, k) -> true)
          .clientAuthentication(ClientAuthentication.WANT, HandshakeTest.trustRoot())
          .build();
  private static final TlsClientConfig CLIENT =
      clientConfig().identitySelector(request -> TlsPair.P256).build();

  /** A client that brings a ticket, and asks for 0-RTT with it. */
  private static final TlsClientConfig RESUMING =
      CLIENT.toBuilder()
          .ticket(new TlsPair(CLIENT, SERVER).run().requireComplete().client.tickets.getFirst())
          .earlyData(true)
          .build();

  private static TlsPair pair(boolean resuming, boolean retry) {
    return new TlsPair(
        resuming ? RESUMING : CLIENT,
        retry
            ? SERVER.toBuilder().groups(NamedGroup.SECP256R1).helloRetryCookie(true).build()
            : SERVER);
  }

  @Property(tries = 600)
  void flippedBitsNeverGoUnnoticed(
      @ForAll boolean resuming,
      @ForAll boolean retry,
      @ForAll @IntRange(max = 5) int flight,
      @ForAll Random random) {
    TlsPair pair = pair(resuming, retry);
    int[] seen = {0};
    boolean[] changed = {false};
    pair.tamper =
        (fromClient, level, bytes) -> {
          // Tickets come after the handshake: a changed one is only found when it is used.
          if (seen[0]++ == flight && level != EncryptionLevel.APPLICATION) {
            changed[0] = true;
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          }
          return bytes;
        };
    pair.run();
    checkFailures(pair);
    if (changed[0]) {
      assertFalse(
          pair.client.endpoint.isHandshakeComplete() && pair.server.endpoint.isHandshakeComplete());
    }
  }

  @Property(tries = 600)
  void mangledFlights(
      @ForAll boolean resuming,
      @ForAll boolean retry,
      @ForAll @IntRange(max = 6) int flight,
      @ForAll Random random) {
    TlsPair pair = pair(resuming, retry);
    int[] seen = {0};
    pair.tamper = (fromClient, level, bytes) -> seen[0]++ == flight ? mangle(bytes, random) : bytes;
    pair.run();
    checkFailures(pair);
  }

  /** Cut, doubled, overwritten, or with lengths and types that do not fit. */
  private static byte[] mangle(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int n = 1 + random.nextInt(Math.min(16, bytes.length - at));
    byte[] out = bytes.clone();
    switch (random.nextInt(5)) {
      case 0 -> {
        byte[] noise = new byte[n];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, out, at, n);
      }
      case 1 -> {
        out = Arrays.copyOf(bytes, bytes.length - n);
        System.arraycopy(bytes, at + n, out, at, bytes.length - at - n);
      }
      case 2 -> {
        out = Arrays.copyOf(bytes, bytes.length + n);
        System.arraycopy(bytes, at, out, at + n, bytes.length - at);
      }
      case 3 -> Arrays.fill(out, at, at + n, (byte) (random.nextBoolean() ? 0 : 0xff));
      default -> out[at] += (byte) (random.nextBoolean() ? 1 : -1);
    }
    return out;
  }

  @Property(tries = 600)
  void anyMessageInAnyState(
      @ForAll boolean toClient,
      @ForAll @IntRange(max = 5) int delivered,
      @ForAll EncryptionLevel level,
      @ForAll("messages") byte[] message,
      @ForAll @IntRange(min = 1, max = 40) int pieces) {
    TlsPair pair = pair(false, false);
    int[] seen = {0};
    // Only so many flights arrive; then the stranger's bytes do.
    pair.tamper = (fromClient, at, bytes) -> seen[0]++ < delivered ? bytes : new byte[0];
    pair.run();
    TlsPair.receive(toClient ? pair.client : pair.server, level, message, pieces);
    checkFailures(pair);
  }

  @Provide
  Arbitrary<byte[]> messages() {
    Arbitrary<Integer> types = Arbitraries.of(0, 1, 2, 4, 5, 8, 11, 13, 15, 20, 24, 254, 255);
    Arbitrary<byte[]> bodies = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    return types.flatMap(
        type ->
            bodies.map(
                body -> {
                  byte[] whole = new byte[4 + body.length];
                  whole[0] = type.byteValue();
                  whole[2] = (byte) (body.length >> 8);
                  whole[3] = (byte) body.length;
                  System.arraycopy(body, 0, whole, 4, body.length);
                  return whole;
                }));
  }

  private static void checkFailures(TlsPair pair) {
    for (TlsPair.Side side : new TlsPair.Side[] {pair.client, pair.server}) {
      if (side.failure != null) {
        assertNotNull(side.failure.getMessage());
        assertNotEquals(
            AlertDescription.INTERNAL_ERROR, side.failure.alert(), () -> trace(side.failure));
      }
    }
  }

  private static String trace(TlsException failure) {
    return failure.getMessage() + Arrays.toString(failure.getCause().getStackTrace());
  }
}
