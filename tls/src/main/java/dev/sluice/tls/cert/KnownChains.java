package dev.sluice.tls.cert;

import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.cert.PeerChain.Verdict;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Remembers the chains of peers, parsed and judged, for those who meet the same peers again and
 * again. A verdict is used once more only for the same certificates, byte for byte, shown in the
 * same role to whoever wants the same name, by the same {@linkplain CertificateVerifier#lasting
 * lasting} verifier, while every certificate of the chain is valid, and for an hour. Of other
 * verifiers no verdict is kept, only what was parsed. The peer's signature is verified every time.
 *
 * <p>Any thread may use it. There is no lock: what two of them find out at the same time is kept
 * from one.
 */
public final class KnownChains {
  /** Remembers nothing: every chain is parsed and judged each time. */
  public static final KnownChains NONE = new KnownChains(0);

  /**
   * A client has few servers at a time. A chain of two certificates takes about 10 KiB with what is
   * made of it.
   */
  public static final int USUAL_CAPACITY = 64;

  /** Bytes; chains are 1 to 5 KiB long, and longer ones are not worth their room. */
  private static final int MAX_CHAIN = 16_384;

  /**
   * What a verifier consults beside the chain, such as the JDK's list of weak hashes, may change.
   */
  private static final Duration MAX_AGE = Duration.ofHours(1);

  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(PeerChain[].class);

  /** Each chain and name has one place; whoever comes later takes it. */
  private final PeerChain[] slots;

  private KnownChains(int capacity) {
    slots = new PeerChain[capacity];
  }

  /**
   * Remembers so many chains at most.
   *
   * @param capacity 0 to 65,536
   */
  public static KnownChains of(int capacity) {
    if (capacity < 0 || capacity > 65_536) {
      throw new IllegalArgumentException("0 to 65,536 chains: " + capacity);
    }
    return new KnownChains(capacity);
  }

  /**
   * The chain of these certificates.
   *
   * @param encoded as the peer has sent them, end-entity first, at least one; kept
   * @param serverName whom we want to talk to, or null
   * @throws TlsException bad_certificate when one cannot be parsed
   */
  public PeerChain parse(List<byte[]> encoded, String serverName) throws TlsException {
    if (slots.length > 0) {
      PeerChain known = (PeerChain) SLOT.getAcquire(slots, slot(encoded.getFirst(), serverName));
      if (known != null && known.consistsOf(encoded)) {
        return known;
      }
    }
    return PeerChain.parse(encoded);
  }

  /**
   * Returns when the chain is trusted, from memory or by asking the verifier.
   *
   * @param chain from {@link #parse} with the name of the context
   * @throws CertificateException it is not
   */
  public void verify(
      PeerChain chain, CertificateVerifier verifier, CertificateVerifier.Context context)
      throws CertificateException {
    if (stillHolds(chain, verifier, context)) {
      return;
    }
    verifier.verify(chain.certificates(), context);
    if (slots.length > 0 && chain.length() <= MAX_CHAIN) {
      Verdict verdict =
          verifier.lasting() == null
              ? null
              : new Verdict(
                  verifier.lasting(), context.server(), context.serverName(), context.now());
      int slot = slot(chain.leaf(), context.serverName());
      if (verdict != null || SLOT.getAcquire(slots, slot) != chain) {
        SLOT.setRelease(slots, slot, chain.with(verdict));
      }
    }
  }

  private static boolean stillHolds(
      PeerChain chain, CertificateVerifier verifier, CertificateVerifier.Context context) {
    Verdict verdict = chain.verdict();
    Instant now = context.now();
    return verdict != null
        && verdict.verifier() == verifier.lasting()
        && verdict.server() == context.server()
        && Objects.equals(verdict.serverName(), context.serverName())
        && !now.isBefore(verdict.at())
        && !now.isAfter(verdict.at().plus(MAX_AGE))
        && chain.isValidAt(now);
  }

  private int slot(byte[] leaf, String serverName) {
    int hash = 31 * Arrays.hashCode(leaf) + Objects.hashCode(serverName);
    return Math.floorMod(hash, slots.length);
  }
}
