package dev.sluice.tls.keys;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.TlsException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.DecapsulateException;
import javax.crypto.KEM;

/** ML-KEM-768 (FIPS 203) with raw encapsulation keys, over the JDK's KEM. */
public final class MlKem768 {
  /** Length of a raw encapsulation key. */
  public static final int ENCAPSULATION_KEY_LENGTH = 1184;

  /** Length of a ciphertext. */
  public static final int CIPHERTEXT_LENGTH = 1088;

  /** Length of the shared secret. */
  public static final int SECRET_LENGTH = 32;

  /**
   * What stands before the raw key in the SubjectPublicKeyInfo that the JDK wants: two SEQUENCE
   * headers, the object identifier id-alg-ml-kem-768, and the header of the BIT STRING.
   */
  private static final byte[] X509_PREFIX =
      HexFormat.of().parseHex("308204b2300b0609608648016503040402038204a100");

  /**
   * What answering an encapsulation key gives.
   *
   * @param secret to be zeroed by its receiver
   */
  public record Encapsulation(byte[] ciphertext, byte[] secret) {}

  private MlKem768() {}

  /** A fresh key pair. */
  static KeyPair generate(RandomGenerator random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("ML-KEM");
      generator.initialize(NamedParameterSpec.ML_KEM_768, InjectedSecureRandom.of(random));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  /** The raw encapsulation key of a pair. */
  static byte[] encapsulationKey(KeyPair pair) {
    byte[] encoded = pair.getPublic().getEncoded();
    return Arrays.copyOfRange(encoded, X509_PREFIX.length, encoded.length);
  }

  /**
   * Encapsulates to a raw key of {@link #ENCAPSULATION_KEY_LENGTH} bytes.
   *
   * @throws TlsException illegal_parameter when the key fails the check of FIPS 203 §7.2 (RFC 10024
   *     §4.2)
   */
  public static Encapsulation encapsulate(byte[] key, RandomGenerator random) throws TlsException {
    try {
      byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + key.length);
      System.arraycopy(key, 0, encoded, X509_PREFIX.length, key.length);
      PublicKey publicKey =
          KeyFactory.getInstance("ML-KEM").generatePublic(new X509EncodedKeySpec(encoded));
      KEM.Encapsulated result =
          KEM.getInstance("ML-KEM")
              .newEncapsulator(publicKey, InjectedSecureRandom.of(random))
              .encapsulate();
      return new Encapsulation(result.encapsulation(), result.key().getEncoded());
    } catch (InvalidKeyException | InvalidKeySpecException e) {
      throw new TlsException(
          AlertDescription.ILLEGAL_PARAMETER,
          "key_share: the ML-KEM-768 encapsulation key is not valid",
          e);
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  /** The secret of a ciphertext; a forged one of the right length gives a useless secret. */
  public static byte[] decapsulate(PrivateKey key, byte[] ciphertext) throws TlsException {
    try {
      return KEM.getInstance("ML-KEM").newDecapsulator(key).decapsulate(ciphertext).getEncoded();
    } catch (DecapsulateException e) {
      throw new TlsException(
          AlertDescription.INTERNAL_ERROR, "key_share: ML-KEM-768 decapsulation failed", e);
    } catch (GeneralSecurityException e) {
      throw missing(e);
    }
  }

  private static IllegalStateException missing(GeneralSecurityException e) {
    return new IllegalStateException("ML-KEM-768 is missing from this JDK", e);
  }
}
