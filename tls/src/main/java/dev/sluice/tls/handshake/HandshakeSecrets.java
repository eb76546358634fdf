package dev.sluice.tls.handshake;

import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.KeyLog;
import dev.sluice.tls.TlsEvent;
import dev.sluice.tls.TlsEvent.Direction;
import dev.sluice.tls.keys.Exporter;
import dev.sluice.tls.keys.KeySchedule;
import java.util.Arrays;
import java.util.Queue;

/**
 * Walks one endpoint through the key schedule: derives each secret at its moment, writes it to the
 * key log, and hands the traffic secrets to the transport (RFC 8446 §7.1, RFC 9001 §4.1.4).
 */
final class HandshakeSecrets {
  private final boolean client;
  private final KeySchedule schedule;
  private final KeyLog keyLog;
  private final byte[] clientRandom;
  private final Queue<TlsEvent> events;
  private byte[] clientHandshake;
  private byte[] serverHandshake;
  private byte[] clientApplication;
  private byte[] serverApplication;

  HandshakeSecrets(
      boolean client,
      KeySchedule schedule,
      KeyLog keyLog,
      byte[] clientRandom,
      Queue<TlsEvent> events) {
    this.client = client;
    this.schedule = schedule;
    this.keyLog = keyLog;
    this.clientRandom = clientRandom;
    this.events = events;
  }

  /**
   * 0-RTT secret, which only the client sends with.
   *
   * @param hash of the ClientHello
   */
  void releaseEarly(byte[] hash) {
    byte[] secret = logged("CLIENT_EARLY_TRAFFIC_SECRET", schedule.derive("c e traffic", hash));
    byte[] exporter = logged("EARLY_EXPORTER_SECRET", schedule.derive("e exp master", hash));
    Arrays.fill(exporter, (byte) 0);
    release(EncryptionLevel.EARLY_DATA, client ? Direction.SEND : Direction.RECEIVE, secret);
  }

  /**
   * Handshake secrets, both at once: the transport has to acknowledge what it cannot yet answer.
   *
   * @param sharedSecret zeroed
   * @param hash of ClientHello to ServerHello
   */
  void releaseHandshake(byte[] sharedSecret, byte[] hash) {
    schedule.toHandshake(sharedSecret);
    clientHandshake =
        logged("CLIENT_HANDSHAKE_TRAFFIC_SECRET", schedule.derive("c hs traffic", hash));
    serverHandshake =
        logged("SERVER_HANDSHAKE_TRAFFIC_SECRET", schedule.derive("s hs traffic", hash));
    release(EncryptionLevel.HANDSHAKE, Direction.SEND, own().clone());
    release(EncryptionLevel.HANDSHAKE, Direction.RECEIVE, peer().clone());
  }

  /**
   * Derives, but does not yet hand out, the 1-RTT secrets; gives the exporter.
   *
   * @param hash of ClientHello to the server's Finished
   */
  Exporter deriveApplication(byte[] hash) {
    schedule.toMaster();
    clientApplication = logged("CLIENT_TRAFFIC_SECRET_0", schedule.derive("c ap traffic", hash));
    serverApplication = logged("SERVER_TRAFFIC_SECRET_0", schedule.derive("s ap traffic", hash));
    return new Exporter(
        schedule.suite(), logged("EXPORTER_SECRET", schedule.derive("exp master", hash)));
  }

  /** Hands out one of the 1-RTT secrets. */
  void releaseApplication(Direction direction) {
    byte[] secret;
    if (client == (direction == Direction.SEND)) {
      secret = clientApplication;
      clientApplication = null;
    } else {
      secret = serverApplication;
      serverApplication = null;
    }
    release(EncryptionLevel.APPLICATION, direction, secret);
  }

  /**
   * resumption_master_secret, the last that is derived.
   *
   * @param hash of ClientHello to the client's Finished
   */
  byte[] resumptionMaster(byte[] hash) {
    return schedule.derive("res master", hash);
  }

  /** The content of our own Finished (RFC 8446 §4.4.4). */
  byte[] ownVerifyData(byte[] hash) {
    return schedule.verifyData(own(), hash);
  }

  /** What the peer's Finished must contain. */
  byte[] peerVerifyData(byte[] hash) {
    return schedule.verifyData(peer(), hash);
  }

  /** Zeroes everything but what was handed out. */
  void destroy() {
    schedule.destroy();
    for (byte[] secret :
        Arrays.asList(clientHandshake, serverHandshake, clientApplication, serverApplication)) {
      if (secret != null) {
        Arrays.fill(secret, (byte) 0);
      }
    }
  }

  private byte[] own() {
    return client ? clientHandshake : serverHandshake;
  }

  private byte[] peer() {
    return client ? serverHandshake : clientHandshake;
  }

  private byte[] logged(String label, byte[] secret) {
    keyLog.log(label, clientRandom, secret);
    return secret;
  }

  private void release(EncryptionLevel level, Direction direction, byte[] secret) {
    events.add(new TlsEvent.TrafficSecret(level, direction, schedule.suite(), secret));
  }
}
