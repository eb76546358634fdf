package dev.sluice.tls.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testkit.Requirement;
import dev.sluice.testkit.SharedFiles;
import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.Hkdf;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Project Wycheproof's vectors over the very classes that the handshake uses. */
class WycheproofTest {
  private interface Check {
    /** Whether the operation gives what the vector says. */
    boolean holds(JsonNode group, JsonNode test) throws Exception;
  }

  /**
   * Runs a file: valid vectors hold, invalid ones do not. What is merely acceptable may go either
   * way but must end in a value or the documented error.
   */
  private static void run(String file, Check check) throws Exception {
    JsonNode root =
        new ObjectMapper()
            .readTree(SharedFiles.require("vectors/wycheproof/" + file + ".json").toFile());
    int seen = 0;
    for (JsonNode group : root.get("testGroups")) {
      for (JsonNode test : group.get("tests")) {
        boolean holds = check.holds(group, test);
        String result = test.get("result").asText();
        if (!result.equals("acceptable")) {
          assertEquals(
              result.equals("valid"),
              holds,
              () -> file + " " + test.get("tcId") + ": " + test.path("comment").asText());
        }
        seen++;
      }
    }
    assertEquals(root.get("numberOfTests").asInt(), seen);
  }

  private static byte[] hex(JsonNode node, String field) {
    return HexFormat.of().parseHex(node.get(field).asText());
  }

  @ParameterizedTest
  @CsvSource({"aes_gcm_test, AES/GCM/NoPadding", "chacha20_poly1305_test, ChaCha20-Poly1305"})
  void aead(String file, String transformation) throws Exception {
    run(
        file,
        (group, test) -> {
          boolean aes = transformation.startsWith("AES");
          try {
            byte[] iv = hex(test, "iv");
            Cipher cipher = Cipher.getInstance(transformation);
            cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(hex(test, "key"), aes ? "AES" : "ChaCha20"),
                aes
                    ? new GCMParameterSpec(group.get("tagSize").asInt(), iv)
                    : new IvParameterSpec(iv));
            cipher.updateAAD(hex(test, "aad"));
            cipher.update(hex(test, "ct"));
            // ChaCha20 gives nothing before the end, GCM neither.
            return Arrays.equals(hex(test, "msg"), cipher.doFinal(hex(test, "tag")));
          } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"hkdf_sha256_test, SHA-256", "hkdf_sha384_test, SHA-384"})
  void hkdf(String file, String hash) throws Exception {
    run(
        file,
        (group, test) -> {
          Hkdf hkdf = new Hkdf(hash);
          byte[] key = hkdf.extract(hex(test, "salt"), hex(test, "ikm"));
          try {
            return Arrays.equals(
                hex(test, "okm"), hkdf.expand(key, hex(test, "info"), test.get("size").asInt()));
          } catch (IllegalArgumentException e) {
            return false;
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"hmac_sha256_test, SHA-256", "hmac_sha384_test, SHA-384"})
  void hmac(String file, String hash) throws Exception {
    run(
        file,
        (group, test) -> {
          byte[] tag = new Hkdf(hash).hmac(hex(test, "key"), hex(test, "msg"));
          int length = group.get("tagSize").asInt() / 8;
          return Arrays.equals(hex(test, "tag"), Arrays.copyOf(tag, length));
        });
  }

  @Test
  @Requirement({"RFC8446-7.4.2#3", "RFC8446-7.4.2#2"})
  void x25519() throws Exception {
    run(
        "x25519_test",
        (group, test) -> {
          boolean zero = new BigInteger(1, hex(test, "shared")).signum() == 0;
          KeyAgreement own = X25519KeyAgreement.of(hex(test, "private"));
          try {
            byte[] secret = own.agree(hex(test, "public"));
            // All that is merely acceptable (twists, non-canonical points) must compute right.
            assertArrayEquals(hex(test, "shared"), secret);
            assertTrue(!zero, "the all-zero secret was given out");
            return true;
          } catch (TlsException e) {
            assertEquals(AlertDescription.ILLEGAL_PARAMETER, e.alert());
            assertTrue(zero, "refused without need");
            return false;
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"ecdh_secp256r1_ecpoint_test, SECP256R1", "ecdh_secp384r1_ecpoint_test, SECP384R1"})
  @Requirement({"RFC8446-4.2.8.2#1", "RFC8446-7.4.2#1"})
  void ecdh(String file, NamedGroup named) throws Exception {
    run(
        file,
        (group, test) -> {
          KeyAgreement own = EcdhKeyAgreement.of(named, hex(test, "private"));
          try {
            return Arrays.equals(hex(test, "shared"), own.agree(hex(test, "public")));
          } catch (TlsException e) {
            assertEquals(AlertDescription.ILLEGAL_PARAMETER, e.alert());
            return false;
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "ecdsa_secp256r1_sha256_test, ECDSA_SECP256R1_SHA256, EC",
    "ecdsa_secp384r1_sha384_test, ECDSA_SECP384R1_SHA384, EC",
    "ed25519_test, ED25519, Ed25519",
    "rsa_pss_2048_sha256_mgf1_32_test, RSA_PSS_RSAE_SHA256, RSA",
    "rsa_pss_3072_sha256_mgf1_32_test, RSA_PSS_RSAE_SHA256, RSA",
    "rsa_pss_4096_sha256_mgf1_32_test, RSA_PSS_RSAE_SHA256, RSA",
    "rsa_pss_4096_sha384_mgf1_48_test, RSA_PSS_RSAE_SHA384, RSA",
    "rsa_pss_4096_sha512_mgf1_64_test, RSA_PSS_RSAE_SHA512, RSA"
  })
  @Requirement({"RFC8446-4.2.3#7", "RFC8446-4.2.3#9"})
  void signatures(String file, SignatureScheme scheme, String algorithm) throws Exception {
    KeyFactory factory = KeyFactory.getInstance(algorithm);
    run(
        file,
        (group, test) -> {
          PublicKey key =
              factory.generatePublic(new X509EncodedKeySpec(hex(group, "publicKeyDer")));
          boolean right =
              HandshakeSignature.verify(scheme, key, hex(test, "msg"), hex(test, "sig"));
          assertEquals(right, verifiedOften(scheme, key, hex(test, "msg"), hex(test, "sig")));
          return right;
        });
  }

  /** What a key says that has verified so much that it computes otherwise. */
  private static boolean verifiedOften(
      SignatureScheme scheme, PublicKey key, byte[] content, byte[] signature) {
    VerifyingKey kept = VerifyingKey.of(key);
    for (int i = 0; i < 10; i++) {
      kept.verify(scheme, content, signature);
    }
    return kept.verify(scheme, content, signature);
  }

  @Test
  void mlKemEncapsulation() throws Exception {
    run(
        "mlkem_768_encaps_test",
        (group, test) -> {
          try {
            MlKem768.Encapsulation result =
                MlKem768.encapsulate(hex(test, "ek"), giving(hex(test, "m")));
            return Arrays.equals(hex(test, "c"), result.ciphertext())
                && Arrays.equals(hex(test, "K"), result.secret());
          } catch (TlsException e) {
            assertEquals(AlertDescription.ILLEGAL_PARAMETER, e.alert());
            return false;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlkem_768_test"})
  void mlKemDecapsulation(String file) throws Exception {
    run(
        file,
        (group, test) -> {
          byte[] seed = hex(test, "seed");
          if (seed.length != 64) {
            return false;
          }
          KeyPair pair = MlKem768.generate(giving(seed));
          if (test.has("ek")) {
            assertArrayEquals(hex(test, "ek"), MlKem768.encapsulationKey(pair));
          }
          try {
            byte[] secret = MlKem768.decapsulate(pair.getPrivate(), hex(test, "c"));
            return Arrays.equals(hex(test, "K"), secret);
          } catch (TlsException e) {
            assertEquals(AlertDescription.INTERNAL_ERROR, e.alert());
            return false;
          }
        });
  }

  @Test
  void mlKemKeyGeneration() throws Exception {
    run(
        "mlkem_768_keygen_seed_test",
        (group, test) ->
            Arrays.equals(
                hex(test, "ek"),
                MlKem768.encapsulationKey(MlKem768.generate(giving(hex(test, "seed"))))));
  }

  @Test
  void hybridSharesAreCheckedForTheirLength() {
    for (int length : new int[] {0, 1, 1215, 1217}) {
      TlsException e =
          assertThrows(
              TlsException.class,
              () ->
                  KeyAgreement.answer(
                      NamedGroup.X25519MLKEM768,
                      new byte[length],
                      giving(new byte[0]),
                      new KeyPairStock()));
      assertEquals(AlertDescription.ILLEGAL_PARAMETER, e.alert());
    }
  }

  /** A source that gives just these bytes. */
  private static RandomGenerator giving(byte[] bytes) {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        return left.getLong();
      }

      @Override
      public void nextBytes(byte[] into) {
        left.get(into);
      }
    };
  }
}
