package dev.sluice.tls.cert;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * By which algorithms the certificates of a chain are signed, as far as that matters to who has to
 * judge it (RFC 8446 §4.2.3, §4.4.2.2).
 *
 * @param algorithms for each signature the code points that stand for it
 */
public record ChainSignatures(List<Set<Integer>> algorithms) {
  /** Copies the list. */
  public ChainSignatures {
    algorithms = List.copyOf(algorithms);
  }

  /**
   * Those of a chain. A certificate that signs itself is left out: whoever trusts it does not look
   * at its signature. So is one whose algorithm has no code point that is known here.
   */
  public static ChainSignatures of(List<X509Certificate> chain) {
    return new ChainSignatures(
        chain.stream()
            .filter(each -> !each.getSubjectX500Principal().equals(each.getIssuerX500Principal()))
            .map(each -> codes(each.getSigAlgOID()))
            .filter(codes -> !codes.isEmpty())
            .toList());
  }

  /** Whether a peer that takes signatures of these code points can judge all of the chain. */
  public boolean areAmong(List<Integer> accepted) {
    return algorithms.stream().allMatch(codes -> codes.stream().anyMatch(accepted::contains));
  }

  /**
   * The OID of ECDSA says nothing of the curve, and that of RSASSA-PSS nothing of the hash: any
   * that fits will do.
   */
  private static Set<Integer> codes(String oid) {
    return switch (oid) {
      case "1.2.840.113549.1.1.5" -> Set.of(0x0201); // sha1WithRSAEncryption
      case "1.2.840.113549.1.1.11" -> Set.of(0x0401); // sha256WithRSAEncryption
      case "1.2.840.113549.1.1.12" -> Set.of(0x0501); // sha384WithRSAEncryption
      case "1.2.840.113549.1.1.13" -> Set.of(0x0601); // sha512WithRSAEncryption
      case "1.2.840.113549.1.1.10" -> Set.of(0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b);
      case "1.2.840.10045.4.1" -> Set.of(0x0203); // ecdsa-with-SHA1
      case "1.2.840.10045.4.3.2" -> Set.of(0x0403); // ecdsa-with-SHA256
      case "1.2.840.10045.4.3.3" -> Set.of(0x0503); // ecdsa-with-SHA384
      case "1.2.840.10045.4.3.4" -> Set.of(0x0603); // ecdsa-with-SHA512
      case "1.3.101.112" -> Set.of(0x0807); // Ed25519
      case "1.3.101.113" -> Set.of(0x0808); // Ed448
      default -> Set.of();
    };
  }
}
