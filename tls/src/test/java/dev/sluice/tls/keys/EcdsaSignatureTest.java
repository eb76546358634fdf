package dev.sluice.tls.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tls.SignatureScheme;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** ECDSA beside known answers and the JDK's. */
class EcdsaSignatureTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** RFC 6979 appendix A.2.5, with SHA-256. */
  @ParameterizedTest
  @CsvSource({
    "sample, EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,"
        + "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    "test, F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,"
        + "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083"
  })
  void signsAsKnown(String message, String r, String s) {
    BigInteger key =
        new BigInteger("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721", 16);
    byte[] signature =
        EcdsaSignature.sign(SignatureScheme.ECDSA_SECP256R1_SHA256, key, bytes(message));
    assertEquals(
        new DerSignature(new BigInteger(r, 16), new BigInteger(s, 16)),
        DerSignature.decode(signature));
  }

  /** The first few are verified in another way than those that follow. */
  @ParameterizedTest
  @CsvSource({
    "ECDSA_SECP256R1_SHA256, secp256r1, SHA256withECDSA",
    "ECDSA_SECP384R1_SHA384, secp384r1, SHA384withECDSA"
  })
  void aKeyVerifiesAsOftenAsItIsAsked(SignatureScheme scheme, String curve, String algorithm)
      throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    KeyPair pair = generator.generateKeyPair();
    VerifyingKey kept = VerifyingKey.of(pair.getPublic());
    for (int i = 0; i < 20; i++) {
      byte[] content = bytes("content " + i);
      byte[] own = EcdsaSignature.sign(scheme, ((ECPrivateKey) pair.getPrivate()).getS(), content);
      Signature jdk = Signature.getInstance(algorithm);
      jdk.initVerify(pair.getPublic());
      jdk.update(content);
      assertTrue(jdk.verify(own));
      assertTrue(kept.verify(scheme, content, own));
      assertFalse(kept.verify(scheme, bytes("content"), own));
      jdk.initSign(pair.getPrivate());
      jdk.update(content);
      assertTrue(kept.verify(scheme, content, jdk.sign()));
    }
  }

  /** r = s = n - 1 and the like go through all of the arithmetic, and are no signatures. */
  @Test
  void numbersAtTheEndsOfTheRangeAreRefused() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    VerifyingKey kept = VerifyingKey.of(generator.generateKeyPair().getPublic());
    BigInteger n = EcCurve.P256.order();
    for (int i = 0; i < 3; i++) {
      for (BigInteger r :
          new BigInteger[] {BigInteger.ZERO, BigInteger.ONE, n.subtract(BigInteger.ONE), n}) {
        for (BigInteger s :
            new BigInteger[] {BigInteger.ZERO, BigInteger.ONE, n.subtract(BigInteger.ONE), n}) {
          assertFalse(
              kept.verify(
                  SignatureScheme.ECDSA_SECP256R1_SHA256,
                  bytes("content"),
                  new DerSignature(r, s).encode()));
        }
      }
    }
  }
}
