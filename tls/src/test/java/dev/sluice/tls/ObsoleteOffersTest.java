package dev.sluice.tls;

import static dev.sluice.tls.AlertDescription.HANDSHAKE_FAILURE;
import static dev.sluice.tls.AlertDescription.PROTOCOL_VERSION;
import static dev.sluice.tls.ServerRefusalTest.run;
import static dev.sluice.tls.ServerRefusalTest.with;
import static dev.sluice.tls.TlsPair.requireAlert;

import dev.sluice.testkit.Requirement;
import dev.sluice.tls.extension.KeyShareEntry;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.OfferedVersions;
import dev.sluice.tls.extension.SignatureAlgorithms;
import dev.sluice.tls.extension.SupportedGroups;
import dev.sluice.tls.message.ClientHello;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server makes of clients that offer versions and algorithms of former times. */
class ObsoleteOffersTest {
  private static final byte[] NONE = new byte[0];
  private static final byte[] ONLY_NULL = {0};

  static List<Arguments> obsolete() {
    return List.of(
        Arguments.of(
            "legacy_version of SSL 3.0",
            PROTOCOL_VERSION,
            Rewrite.clientHello(h -> with(h, 0x0300, NONE, h.cipherSuites(), ONLY_NULL))),
        Arguments.of(
            "SSL 2.0 and 3.0",
            PROTOCOL_VERSION,
            Rewrite.clientExtensions(
                e -> Rewrite.with(e, new OfferedVersions(List.of(0x0002, 0x0300))))),
        Arguments.of(
            "TLS 1.3 in legacy_version alone",
            PROTOCOL_VERSION,
            Rewrite.clientHello(
                h ->
                    new ClientHello(
                        0x0304,
                        h.random(),
                        NONE,
                        h.cipherSuites(),
                        ONLY_NULL,
                        Rewrite.with(h.extensions(), new OfferedVersions(List.of(0x0303)))))),
        Arguments.of(
            "suites of RC4, NULL, DES, 3DES and export grade",
            HANDSHAKE_FAILURE,
            Rewrite.clientHello(
                h ->
                    with(
                        h,
                        0x0303,
                        NONE,
                        List.of(0x0005, 0xc011, 0x0002, 0x0009, 0x000a, 0x0003, 0x002f),
                        ONLY_NULL))),
        Arguments.of(
            "schemes of MD5, SHA-1, SHA-224 and DSA",
            HANDSHAKE_FAILURE,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.with(
                        e,
                        new SignatureAlgorithms(
                            List.of(
                                0x0101, 0x0103, 0x0201, 0x0202, 0x0203, 0x0301, 0x0303, 0x0402,
                                0x0502, 0x0602))))),
        Arguments.of(
            "obsolete groups",
            HANDSHAKE_FAILURE,
            Rewrite.clientExtensions(
                e ->
                    Rewrite.with(
                        Rewrite.with(
                            e, new SupportedGroups(List.of(0x01, 0x13, 0x16, 0x1a, 0x1c, 0xff01))),
                        new KeyShareOffer(List.of(new KeyShareEntry(0x13, new byte[49])))))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("obsolete")
  @Requirement({
    "RFC8446-4.2.1#4",
    "RFC8446-4.2.3#20",
    "RFC8446-4.2.3#21",
    "RFC8446-B.3.1.4#1",
    "RFC8446-D.2#1",
    "RFC8446-D.5#2",
    "RFC8446-D.5#3",
    "RFC8446-D.5#4",
    "RFC8446-D.5#5",
    "RFC8446-D.5#10"
  })
  void areRefused(String what, AlertDescription alert, TlsPair.Tamper tamper) {
    requireAlert(run(tamper).server, alert);
  }

  /** RFC 9846 §4.2.2. */
  @Test
  void noOtherLegacyVersionIsTaken() {
    for (int version : new int[] {0x0002, 0x0300, 0x0301, 0x0302, 0x0304, 0x0305}) {
      TlsPair pair =
          run(Rewrite.clientHello(h -> with(h, version, NONE, h.cipherSuites(), ONLY_NULL)));
      requireAlert(pair.server, PROTOCOL_VERSION);
    }
  }
}
