package dev.sluice.tls.cert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TestAuthority;
import dev.sluice.tls.keys.HandshakeSignature;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where identities come from: PEM of every form, key managers, a choice by name. */
class IdentityTest {
  private static final TestAuthority ROOT = TestAuthority.create("Root", "P-256");
  private static final List<SignatureScheme> ALL = List.of(SignatureScheme.values());

  private static String pem(String label, byte[] der) {
    return "some text before\n-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  private static String chain(Identity identity) throws Exception {
    return pem("CERTIFICATE", identity.certificateChain().getFirst().getEncoded())
        + pem("CERTIFICATE", ROOT.certificate.getEncoded());
  }

  @ParameterizedTest
  @ValueSource(strings = {"P-256", "P-384", "Ed25519", "RSA"})
  void readsPkcs8(String algorithm) throws Exception {
    Identity original = ROOT.issue(algorithm, "example.org");
    String text = chain(original) + pem("PRIVATE KEY", original.privateKey().getEncoded());
    Identity read = Identity.fromPem(text, text);
    assertEquals(2, read.certificateChain().size());
    requireSigns(read);
  }

  @Test
  void readsTheOlderForms() throws Exception {
    Identity ec = ROOT.issue("P-256", "example.org");
    requireSigns(
        Identity.fromPem(
            chain(ec), pem("EC PARAMETERS", new byte[] {5, 0}) + pem("EC PRIVATE KEY", sec1(ec))));
    Identity rsa = ROOT.issue("RSA", "example.org");
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(rsa.privateKey().getEncoded());
    requireSigns(
        Identity.fromPem(
            chain(rsa),
            pem("RSA PRIVATE KEY", info.parsePrivateKey().toASN1Primitive().getEncoded())));
  }

  /** The form of OpenSSL, which names the curve inside of the key. */
  private static byte[] sec1(Identity identity) throws Exception {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(identity.privateKey().getEncoded());
    return new org.bouncycastle.asn1.sec.ECPrivateKey(
            256,
            ((ECPrivateKey) identity.privateKey()).getS(),
            info.getPrivateKeyAlgorithm().getParameters())
        .getEncoded();
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    Identity one = ROOT.issue("P-256", "example.org");
    Identity other = ROOT.issue("P-256", "example.org");
    String key = pem("PRIVATE KEY", one.privateKey().getEncoded());
    requireRefused("not the certificate's", chain(other), key);
    requireRefused("no certificate", key, key);
    requireRefused("no private key", chain(one), chain(one));
    requireRefused("encrypted", chain(one), pem("ENCRYPTED PRIVATE KEY", new byte[9]));
    requireRefused(
        "encrypted",
        chain(one),
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAA==\n"
            + "-----END EC PRIVATE KEY-----\n");
    requireRefused("cannot be read", chain(one), pem("PRIVATE KEY", new byte[] {0x30, 1, 5}));
    Identity ed = ROOT.issue("Ed25519", "example.org");
    requireRefused("not the certificate's", chain(ed), key);
    String keyless = pem("CERTIFICATE", TestAuthority.withoutKey(ed));
    requireRefused("certificate in the PEM text", keyless, key);
  }

  private static void requireRefused(String reason, String chain, String key) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Identity.fromPem(chain, key))
            .getMessage();
    assertTrue(message.contains(reason) || reason.equals("cannot be read"), message);
  }

  @Property(tries = 300)
  void anyKeyBytesGiveAKeyOrTheDocumentedError(@ForAll byte[] der, @ForAll boolean sec1) {
    try {
      Pem.privateKey(pem(sec1 ? "EC PRIVATE KEY" : "PRIVATE KEY", der));
    } catch (IllegalArgumentException e) {
      assertTrue(e.getMessage() != null);
    }
  }

  private static void requireSigns(Identity identity) throws Exception {
    SignatureScheme scheme = identity.schemeFor(ALL);
    byte[] signature = identity.sign(scheme, new byte[] {1, 2}, new Random(1));
    assertTrue(
        HandshakeSignature.verify(
            scheme,
            identity.certificateChain().getFirst().getPublicKey(),
            new byte[] {1, 2},
            signature));
  }

  @Test
  void choosesByNameAndScheme() {
    Identity rsa = ROOT.issue("RSA", "a.example");
    Identity ec = ROOT.issue("P-256", "a.example");
    Identity wild = ROOT.issue("P-256", "*.example");
    SniSelector selector = new SniSelector(List.of(rsa, ec, wild));
    assertSame(rsa, selector.select(request("a.example", ALL)));
    assertSame(
        ec, selector.select(request("a.example", List.of(SignatureScheme.ECDSA_SECP256R1_SHA256))));
    assertSame(wild, selector.select(request("b.example", ALL)));
    assertSame(rsa, selector.select(request("elsewhere", ALL)));
    assertSame(rsa, selector.select(request(null, ALL)));
  }

  private static IdentitySelector.Request request(String name, List<SignatureScheme> schemes) {
    return request(name, schemes, List.of());
  }

  private static IdentitySelector.Request request(
      String name, List<SignatureScheme> schemes, List<Integer> certificateAlgorithms) {
    return new IdentitySelector.Request(true, name, schemes, certificateAlgorithms, List.of());
  }

  @Test
  void choosesAChainThatCanBeJudged() {
    Identity byRsa = TestAuthority.create("RSA Root", "RSA").issue("P-256", "a.example");
    Identity byEc = ROOT.issue("P-256", "a.example");
    Identity other = ROOT.issue("P-256", "b.example");
    SniSelector selector = new SniSelector(List.of(byRsa, other, byEc));
    assertSame(byEc, selector.select(request("a.example", ALL, List.of(0x0403, 0x0807))));
    assertSame(byRsa, selector.select(request("a.example", ALL, List.of(0x0403, 0x0401))));
    // With none that fits, the name decides.
    assertSame(byRsa, selector.select(request("a.example", ALL, List.of(0x0807))));
    assertSame(other, selector.select(request("c.example", ALL, List.of(0x0403))));
  }

  @Test
  void whoSignsItselfCanBeJudgedByAnybody() {
    Identity self = Identity.of(List.of(ROOT.certificate), ROOT.issue("P-256", "x").privateKey());
    assertTrue(self.isSignedWith(List.of()));
    assertFalse(ROOT.issue("P-256", "a.example").isSignedWith(List.of()));
  }

  @Test
  void takesIdentitiesFromKeyManagers() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (String algorithm : List.of("RSA", "P-256", "Ed25519")) {
      Identity identity = ROOT.issue(algorithm, "example.org");
      store.setKeyEntry(
          algorithm,
          identity.privateKey(),
          "x".toCharArray(),
          new Certificate[] {identity.certificateChain().getFirst(), ROOT.certificate});
    }
    for (String kind : List.of("SunX509", "PKIX")) {
      KeyManagerFactory factory = KeyManagerFactory.getInstance(kind);
      factory.init(store, "x".toCharArray());
      KeyManagerSelector selector =
          new KeyManagerSelector((X509ExtendedKeyManager) factory.getKeyManagers()[0]);
      for (boolean server : new boolean[] {true, false}) {
        for (SignatureScheme scheme :
            List.of(SignatureScheme.ECDSA_SECP256R1_SHA256, SignatureScheme.RSA_PSS_RSAE_SHA256)) {
          Identity found =
              selector.select(
                  new IdentitySelector.Request(
                      server,
                      "example.org",
                      List.of(scheme),
                      List.of(),
                      List.of(ROOT.certificate.getSubjectX500Principal())));
          assertEquals(scheme, found.schemeFor(ALL).keyType() == scheme.keyType() ? scheme : null);
          assertEquals(2, found.certificateChain().size());
        }
        assertNull(
            selector.select(
                new IdentitySelector.Request(
                    server,
                    null,
                    List.of(SignatureScheme.ECDSA_SECP384R1_SHA384),
                    List.of(),
                    List.of())));
      }
    }
  }

  /** A client may ask for what no certificate is for, and is shown one all the same. */
  @Test
  void keyManagersAreAskedForAnyName() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (String name : List.of("example.org", "my_host.example")) {
      Identity identity = ROOT.issue("P-256", name);
      store.setKeyEntry(
          name,
          identity.privateKey(),
          "x".toCharArray(),
          new Certificate[] {identity.certificateChain().getFirst(), ROOT.certificate});
    }
    for (String kind : List.of("SunX509", "PKIX")) {
      KeyManagerFactory factory = KeyManagerFactory.getInstance(kind);
      factory.init(store, "x".toCharArray());
      KeyManagerSelector selector =
          new KeyManagerSelector((X509ExtendedKeyManager) factory.getKeyManagers()[0]);
      for (String name : List.of("my_host.example", "-x", "a..b", "", "1.2.3.4", "xn--a")) {
        assertNotNull(selector.select(request(name, ALL)), name);
      }
    }
  }

  @Test
  void opaqueKeysSignThroughTheirProvider() throws Exception {
    Provider token = new TokenProvider();
    Security.addProvider(token);
    try {
      for (String algorithm : List.of("P-256", "RSA")) {
        Identity identity = ROOT.issue(algorithm, "example.org");
        requireSigns(Identity.of(identity.certificateChain(), new TokenKey(identity.privateKey())));
      }
    } finally {
      Security.removeProvider(token.getName());
    }
  }

  /** A key whose numbers nobody can read, as on a token. */
  private static final class TokenKey implements PrivateKey {
    private static final long serialVersionUID = 1L;
    private final transient PrivateKey inside;

    TokenKey(PrivateKey inside) {
      this.inside = inside;
    }

    @Override
    public String getAlgorithm() {
      return inside.getAlgorithm();
    }

    @Override
    public String getFormat() {
      return null;
    }

    @Override
    public byte[] getEncoded() {
      return null;
    }
  }

  /** The only provider that can sign with a {@link TokenKey}. */
  private static final class TokenProvider extends Provider {
    private static final long serialVersionUID = 1L;

    TokenProvider() {
      super("Token", "1", "signs with token keys");
      put("Signature.SHA256withECDSA", EcTokenSignature.class.getName());
      put("Signature.SHA256withECDSA SupportedKeyClasses", TokenKey.class.getName());
      put("Signature.RSASSA-PSS", RsaTokenSignature.class.getName());
      put("Signature.RSASSA-PSS SupportedKeyClasses", TokenKey.class.getName());
    }
  }

  /** Made by the provider. */
  public static final class EcTokenSignature extends TokenSignature {
    public EcTokenSignature() throws GeneralSecurityException {
      super(Signature.getInstance("SHA256withECDSA", "SunEC"));
    }
  }

  /** Made by the provider. */
  public static final class RsaTokenSignature extends TokenSignature {
    public RsaTokenSignature() throws GeneralSecurityException {
      super(Signature.getInstance("RSASSA-PSS", "SunRsaSign"));
    }
  }

  /** Signs on the token. */
  abstract static class TokenSignature extends SignatureSpi {
    private final Signature signature;

    TokenSignature(Signature signature) {
      this.signature = signature;
    }

    @Override
    protected void engineSetParameter(AlgorithmParameterSpec parameters)
        throws InvalidAlgorithmParameterException {
      signature.setParameter(parameters);
    }

    @Override
    protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
      signature.initSign(((TokenKey) key).inside);
    }

    @Override
    protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
      throw new InvalidKeyException("tokens only sign");
    }

    @Override
    protected void engineUpdate(byte b) throws SignatureException {
      signature.update(b);
    }

    @Override
    protected void engineUpdate(byte[] b, int off, int len) throws SignatureException {
      signature.update(b, off, len);
    }

    @Override
    protected byte[] engineSign() throws SignatureException {
      return signature.sign();
    }

    @Override
    protected boolean engineVerify(byte[] bytes) {
      return false;
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {
      throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
      throw new UnsupportedOperationException();
    }
  }
}
