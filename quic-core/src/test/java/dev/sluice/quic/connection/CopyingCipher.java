package dev.sluice.quic.connection;

import java.security.AlgorithmParameters;
import java.security.Key;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.CipherSpi;
import javax.crypto.spec.GCMParameterSpec;

/** An AES-GCM that protects nothing and makes no object, for measuring what others make. */
final class CopyingCipher extends CipherSpi {
  private static final int TAG = 16;

  private boolean opens;

  /** Kept, so that compiled code has to make it too. */
  private AlgorithmParameterSpec parameters;

  /** What comes before the JDK's own ciphers for as long as it is open. */
  static final class Installed extends Provider implements AutoCloseable {
    private static final long serialVersionUID = 1L;

    Installed() {
      super("Copying", "1", "AES-GCM without encryption");
      putService(
          new Service(
              this, "Cipher", "AES/GCM/NoPadding", CopyingCipher.class.getName(), null, null) {
            @Override
            public Object newInstance(Object parameter) {
              return new CopyingCipher();
            }
          });
      Security.insertProviderAt(this, 1);
    }

    @Override
    public void close() {
      Security.removeProvider(getName());
    }
  }

  @Override
  protected void engineInit(int mode, Key key, AlgorithmParameterSpec given, SecureRandom random) {
    opens = mode == Cipher.DECRYPT_MODE;
    parameters = given;
  }

  @Override
  protected void engineInit(int mode, Key key, AlgorithmParameters given, SecureRandom random) {
    throw new UnsupportedOperationException("packets' keys come with a specification");
  }

  @Override
  protected void engineInit(int mode, Key key, SecureRandom random) {
    throw new UnsupportedOperationException("packets' keys come with a nonce");
  }

  @Override
  protected void engineUpdateAAD(byte[] source, int offset, int length) {}

  @Override
  protected int engineDoFinal(byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    int text = opens ? length - TAG : length;
    System.arraycopy(in, inOffset, out, outOffset, text);
    if (!opens) {
      Arrays.fill(out, outOffset + text, outOffset + text + TAG, (byte) 0);
    }
    return engineGetOutputSize(length);
  }

  @Override
  protected byte[] engineDoFinal(byte[] in, int offset, int length) {
    byte[] out = new byte[engineGetOutputSize(length)];
    engineDoFinal(in, offset, length, out, 0);
    return out;
  }

  @Override
  protected int engineGetOutputSize(int length) {
    return opens ? length - TAG : length + TAG;
  }

  @Override
  protected int engineUpdate(byte[] in, int inOffset, int length, byte[] out, int outOffset) {
    throw new UnsupportedOperationException("packets are sealed and opened in one piece");
  }

  @Override
  protected byte[] engineUpdate(byte[] in, int offset, int length) {
    throw new UnsupportedOperationException("packets are sealed and opened in one piece");
  }

  @Override
  protected void engineSetMode(String mode) {}

  @Override
  protected void engineSetPadding(String padding) {}

  @Override
  protected int engineGetBlockSize() {
    return TAG;
  }

  @Override
  protected byte[] engineGetIV() {
    return ((GCMParameterSpec) parameters).getIV();
  }

  @Override
  protected AlgorithmParameters engineGetParameters() {
    return null;
  }
}
