package dev.sluice.tls.handshake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testkit.SharedFiles;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.Hkdf;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.extension.KeyShareOffer;
import dev.sluice.tls.extension.KeyShareSelection;
import dev.sluice.tls.extension.PreSharedKeyOffer;
import dev.sluice.tls.keys.EcdhKeyAgreement;
import dev.sluice.tls.keys.HandshakeSignature;
import dev.sluice.tls.keys.KeyAgreement;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.keys.X25519KeyAgreement;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.CertificateRequest;
import dev.sluice.tls.message.CertificateVerify;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.EncryptedExtensions;
import dev.sluice.tls.message.Finished;
import dev.sluice.tls.message.HandshakeMessage;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.message.NewSessionTicket;
import dev.sluice.tls.message.ServerHello;
import dev.sluice.tls.psk.PskBinder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The traces of RFC 8448, walked through message by message: codecs give back the same bytes, and
 * every secret, Finished, binder and signature is what the RFC prints.
 */
class Rfc8448Test {
  private static final CipherSuite SUITE = CipherSuite.TLS_AES_128_GCM_SHA256;

  /** One section of the RFC. */
  private record Trace(JsonNode steps) {
    static Trace section(String number) throws IOException {
      JsonNode root =
          new ObjectMapper()
              .readTree(SharedFiles.require("vectors/rfc/rfc8448-traces.json").toFile());
      for (JsonNode section : root.get("sections")) {
        if (section.get("section").asText().startsWith(number + ".")) {
          return new Trace(section.get("steps"));
        }
      }
      throw new AssertionError("no section " + number);
    }

    /** All values of a name in the steps whose title holds these words. */
    List<byte[]> all(String side, String step, String name) {
      List<byte[]> found = new ArrayList<>();
      for (JsonNode node : steps) {
        boolean fits = side == null || side.equals(node.get("side").asText());
        if (fits && node.get("step").asText().contains(step)) {
          for (JsonNode value : node.get("values")) {
            if (value.get("name").asText().equals(name)) {
              found.add(HexFormat.of().parseHex(value.get("hex").asText()));
            }
          }
        }
      }
      return found;
    }

    byte[] one(String side, String step, String name) {
      return all(side, step, name).getFirst();
    }

    byte[] expanded(String label) {
      return one(null, "\"tls13 " + label + "\"", "expanded");
    }

    byte[] message(String side, String name) {
      return one(side, "construct a " + name + " handshake", name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "4", "5", "6", "7"})
  void codecsGiveBackTheSameBytes(String section) throws Exception {
    Trace trace = Trace.section(section);
    int seen = 0;
    for (JsonNode step : trace.steps) {
      String title = step.get("step").asText();
      if (title.startsWith("construct a") && !title.contains("EndOfEarlyData")) {
        byte[] bytes = HexFormat.of().parseHex(step.get("values").get(0).get("hex").asText());
        if (section.equals("4") && bytes[0] == 1) {
          bytes = trace.one("client", "send handshake record", "payload");
        }
        assertArrayEquals(bytes, decode(bytes).encode(), title);
        seen++;
      }
    }
    assertTrue(seen >= 5);
  }

  private static HandshakeMessage decode(byte[] bytes) throws Exception {
    RawMessage raw = new RawMessage(HandshakeType.of(bytes[0] & 0xff), bytes);
    return switch (raw.type()) {
      case CLIENT_HELLO -> ClientHello.read(raw.body());
      case SERVER_HELLO -> ServerHello.read(raw.body());
      case ENCRYPTED_EXTENSIONS -> EncryptedExtensions.read(raw.body());
      case CERTIFICATE_REQUEST -> CertificateRequest.read(raw.body());
      case CERTIFICATE -> Certificate.read(raw.body());
      case CERTIFICATE_VERIFY -> CertificateVerify.read(raw.body());
      case FINISHED -> Finished.read(raw.body(), SUITE.hashLength());
      case NEW_SESSION_TICKET -> NewSessionTicket.read(raw.body());
      default -> throw new AssertionError(raw.type());
    };
  }

  @Test
  void simpleHandshake() throws Exception {
    Trace trace = Trace.section("3");
    byte[] master = walk(trace, new TranscriptHash(), trace.message("client", "ClientHello"), null);
    NewSessionTicket ticket =
        NewSessionTicket.read(
            new RawMessage(
                    HandshakeType.NEW_SESSION_TICKET, trace.message("server", "NewSessionTicket"))
                .body());
    assertArrayEquals(
        trace.one("server", "generate resumption", "expanded"),
        KeySchedule.ticketSecret(SUITE, master, ticket.nonce()));
  }

  @Test
  void resumedHandshakeWithEarlyData() throws Exception {
    byte[] psk = Trace.section("3").one("server", "generate resumption", "expanded");
    Trace trace = Trace.section("4");
    byte[] hello = trace.one("client", "send handshake record", "payload");
    KeySchedule schedule = new KeySchedule(SUITE, psk);
    assertArrayEquals(
        trace.one("client", "extract secret \"early\"", "secret"), schedule.current());

    ClientHello parsed = ClientHello.read(new RawMessage(HandshakeType.CLIENT_HELLO, hello).body());
    PreSharedKeyOffer offer = PreSharedKeyOffer.in(parsed.extensions());
    TranscriptHash empty = new TranscriptHash();
    empty.start(SUITE);
    byte[] truncated = empty.hashWith(hello, hello.length - offer.bindersLength());
    assertArrayEquals(trace.one("client", "PSK binder", "binder hash"), truncated);
    assertArrayEquals(
        trace.one("client", "PSK binder", "finished"), PskBinder.compute(schedule, truncated));
    assertTrue(PskBinder.verify(schedule, truncated, offer.binders().getFirst()));
    byte[] forged = offer.binders().getFirst().clone();
    forged[31] ^= 1;
    assertFalse(PskBinder.verify(schedule, truncated, forged));

    empty.add(hello);
    assertArrayEquals(trace.expanded("c e traffic"), schedule.derive("c e traffic", empty.hash()));
    assertArrayEquals(
        trace.expanded("e exp master"), schedule.derive("e exp master", empty.hash()));
    walk(trace, new TranscriptHash(), hello, psk);
  }

  @Test
  void helloRetryRequest() throws Exception {
    Trace trace = Trace.section("5");
    List<byte[]> hellos = trace.all("client", "construct a ClientHello", "ClientHello");
    byte[] request = trace.all("server", "construct a ServerHello", "ServerHello").getFirst();
    assertTrue(((ServerHello) decode(request)).isHelloRetryRequest());
    TranscriptHash transcript = new TranscriptHash();
    transcript.add(hellos.get(0));
    transcript.start(SUITE);
    transcript.replaceByMessageHash();
    transcript.add(request);
    walk(trace, transcript, hellos.get(1), null);
  }

  @Test
  void clientAuthentication() throws Exception {
    Trace trace = Trace.section("6");
    walk(trace, new TranscriptHash(), trace.message("client", "ClientHello"), null);
  }

  @Test
  void compatibilityMode() throws Exception {
    Trace trace = Trace.section("7");
    walk(trace, new TranscriptHash(), trace.message("client", "ClientHello"), null);
  }

  /** From the last ClientHello to the client's Finished. Gives resumption_master_secret. */
  private static byte[] walk(Trace trace, TranscriptHash transcript, byte[] hello, byte[] psk)
      throws Exception {
    transcript.add(hello);
    transcript.start(SUITE);
    byte[] serverHello = trace.all("server", "construct a ServerHello", "ServerHello").getLast();
    transcript.add(serverHello);
    KeySchedule schedule = new KeySchedule(SUITE, psk);
    assertArrayEquals(trace.one(null, "extract secret \"early\"", "secret"), schedule.current());
    schedule.toHandshake(sharedSecret(trace, (ClientHello) decode(hello), serverHello));
    assertArrayEquals(
        trace.one(null, "extract secret \"handshake\"", "secret"), schedule.current());
    byte[] clientSecret = schedule.derive("c hs traffic", transcript.hash());
    byte[] serverSecret = schedule.derive("s hs traffic", transcript.hash());
    assertArrayEquals(trace.expanded("c hs traffic"), clientSecret);
    assertArrayEquals(trace.expanded("s hs traffic"), serverSecret);
    assertArrayEquals(
        trace.one("server", "write traffic keys for handshake", "key expanded"),
        Hkdf.of(SUITE).expandLabel(serverSecret, "key", new byte[0], 16));

    authenticate(trace, "server", transcript, serverSecret);
    schedule.toMaster();
    assertArrayEquals(trace.one(null, "extract secret \"master\"", "secret"), schedule.current());
    byte[] afterServer = transcript.hash();
    assertArrayEquals(trace.expanded("c ap traffic"), schedule.derive("c ap traffic", afterServer));
    assertArrayEquals(trace.expanded("s ap traffic"), schedule.derive("s ap traffic", afterServer));
    assertArrayEquals(trace.expanded("exp master"), schedule.derive("exp master", afterServer));

    authenticate(trace, "client", transcript, clientSecret);
    byte[] master = schedule.derive("res master", transcript.hash());
    assertArrayEquals(trace.expanded("res master"), master);
    return master;
  }

  private static byte[] sharedSecret(Trace trace, ClientHello hello, byte[] serverHello)
      throws Exception {
    var selected = KeyShareSelection.in(((ServerHello) decode(serverHello)).extensions()).entry();
    NamedGroup group = NamedGroup.of(selected.group());
    byte[] privateKey = trace.all("client", "create an ephemeral", "private key").getLast();
    KeyAgreement client =
        group == NamedGroup.X25519
            ? X25519KeyAgreement.of(privateKey)
            : EcdhKeyAgreement.of(group, privateKey);
    assertEquals(
        HexFormat.of().formatHex(KeyShareOffer.in(hello.extensions()).share(group.code())),
        HexFormat.of().formatHex(client.share()));
    return client.agree(selected.keyExchange());
  }

  /** One side's flight after the hellos, whatever it has of it, up to its Finished. */
  private static void authenticate(
      Trace trace, String side, TranscriptHash transcript, byte[] secret) throws Exception {
    PublicKey key = null;
    for (String name :
        List.of(
            "EncryptedExtensions",
            "CertificateRequest",
            "Certificate",
            "CertificateVerify",
            "EndOfEarlyData",
            "Finished")) {
      List<byte[]> found =
          trace.all(
              side, "construct a" + (name.startsWith("E") ? "n " : " ") + name + " hand", name);
      if (found.isEmpty()) {
        continue;
      }
      byte[] message = found.getFirst();
      if (name.equals("Certificate")) {
        byte[] der = ((Certificate) decode(message)).entries().getFirst().der();
        key =
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der))
                .getPublicKey();
      } else if (name.equals("CertificateVerify")) {
        CertificateVerify verify = (CertificateVerify) decode(message);
        byte[] content = Authentication.signedContent(side.equals("server"), transcript.hash());
        SignatureScheme scheme = SignatureScheme.of(verify.algorithm());
        assertTrue(HandshakeSignature.verify(scheme, key, content, verify.signature()));
        content[0] ^= 1;
        assertFalse(HandshakeSignature.verify(scheme, key, content, verify.signature()));
      } else if (name.equals("Finished")) {
        assertArrayEquals(
            ((Finished) decode(message)).verifyData(),
            new KeySchedule(SUITE, null).verifyData(secret, transcript.hash()));
      }
      transcript.add(message);
    }
  }
}
