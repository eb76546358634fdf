package dev.sluice.tls.handshake;

import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.extension.Cookie;
import dev.sluice.tls.extension.Extension;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareRetry;
import dev.sluice.tls.extension.Place;
import dev.sluice.tls.extension.SelectedVersion;
import dev.sluice.tls.extension.UnknownExtension;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.ServerHello;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The server's request for another ClientHello (RFC 8446 §4.1.4), and what it expects of that one.
 *
 * @param first the ClientHello that lacked a share
 * @param group for which a share is wanted
 * @param cookie to be echoed, or null
 */
record HelloRetry(ClientHello first, CipherSuite suite, NamedGroup group, byte[] cookie) {
  /** What a client changes in its second ClientHello (RFC 8446 §4.1.2). */
  private static final Set<ExtensionType> CHANGING =
      EnumSet.of(
          ExtensionType.KEY_SHARE,
          ExtensionType.EARLY_DATA,
          ExtensionType.COOKIE,
          ExtensionType.PRE_SHARED_KEY,
          ExtensionType.PADDING);

  /** The HelloRetryRequest. */
  byte[] encode() {
    List<Extension> list = new ArrayList<>();
    list.add(new SelectedVersion(SelectedVersion.TLS_1_3));
    list.add(new KeyShareRetry(group.code()));
    if (cookie != null) {
      list.add(new Cookie(cookie));
    }
    return ServerHello.retry(suite.code(), Extensions.of(Place.HELLO_RETRY_REQUEST, list)).encode();
  }

  /** Refuses a second ClientHello that is not the first with what was asked for. */
  void requireAnswer(ClientHelloParameters second) throws TlsException {
    ClientHello hello = second.hello();
    boolean same =
        MessageDigest.isEqual(hello.random(), first.random())
            && hello.cipherSuites().equals(first.cipherSuites())
            && lasting(hello.extensions()).equals(lasting(first.extensions()));
    if (!same) {
      throw ClientHelloParameters.illegal("the second is another than the first");
    }
    if (second.earlyData()) {
      throw ClientHelloParameters.illegal("early_data after a HelloRetryRequest");
    }
    if (second.keyShares().entries().size() != 1
        || second.keyShares().share(group.code()) == null) {
      throw ClientHelloParameters.illegal("not the one key share of " + group.rfcName());
    }
    if (cookie != null && second.cookie() == null) {
      throw hello.extensions().missing(ExtensionType.COOKIE);
    }
    if (cookie != null && !MessageDigest.isEqual(cookie, second.cookie().value())) {
      throw ClientHelloParameters.illegal("the cookie is not the one that was given");
    }
  }

  private static Map<Integer, ByteBuffer> lasting(Extensions extensions) {
    Map<Integer, ByteBuffer> lasting = new HashMap<>();
    for (UnknownExtension extension : extensions.all()) {
      ExtensionType type = ExtensionType.of(extension.code());
      if (type == null || !CHANGING.contains(type)) {
        lasting.put(extension.code(), ByteBuffer.wrap(extension.data()));
      }
    }
    return lasting;
  }
}
