package dev.sluice.quic.connection;

import dev.sluice.quic.ending.ConnectionEnding.Side;
import dev.sluice.quic.ending.ConnectionEnding.TransportClose;
import dev.sluice.quic.ending.TransportError;
import dev.sluice.quic.ending.TransportException;
import dev.sluice.quic.frame.CryptoFrame;
import dev.sluice.quic.frame.FrameTypes;
import dev.sluice.quic.trace.TraceEvent;
import dev.sluice.quic.trace.TraceEvent.ConnectionState;
import dev.sluice.quic.wire.ConnectionId;
import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.SignatureRequest;
import dev.sluice.tls.TlsEndpoint;
import dev.sluice.tls.TlsEvent;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.TlsSession;
import java.util.List;
import java.util.Objects;

/**
 * Drives the TLS handshake: CRYPTO bytes go to TLS, what TLS asks for goes into effect (RFC 9001
 * §4).
 */
final class Handshake implements Signing {
  private final Connection connection;
  private TlsEndpoint tls;
  private TransportParameters peer;
  private boolean complete;
  private boolean confirmed;
  private boolean donePending;
  private SignatureRequest wanted;

  Handshake(Connection connection) {
    this.connection = connection;
  }

  /** Begins, or begins again; a client makes the first move. */
  void start(TlsEndpoint endpoint, long now) {
    tls = endpoint;
    tls.start();
    obeyEvents(now);
  }

  /** CRYPTO, at the level of the packet that carried it (RFC 9001 §4.1.3). */
  void onCrypto(EncryptionLevel level, CryptoFrame frame, long now) {
    CryptoStream crypto = connection.spaces.of(level).crypto();
    byte[] chunk = connection.shared.handshakeBytes;
    crypto.receive(frame);
    connection.versions.settle();
    try {
      for (int n = crypto.read(chunk); n > 0; n = crypto.read(chunk)) {
        tls.receive(level, chunk, 0, n);
        obeyEvents(now);
      }
    } catch (TlsException failure) {
      obeyEvents(now);
      throw new TransportException(
          failure.transportErrorCode(), FrameTypes.CRYPTO, failure.getMessage());
    }
  }

  @Override
  public SignatureRequest poll() {
    SignatureRequest request = wanted;
    wanted = null;
    return request;
  }

  @Override
  public void signed(byte[] signature, long now) {
    if (!connection.closing.isOpen()) {
      return;
    }
    try {
      tls.onSignature(signature);
      obeyEvents(now);
    } catch (TlsException failure) {
      connection.closing.close(
          new TransportClose(Side.LOCAL, failure.transportErrorCode(), 0, failure.getMessage()),
          now);
    }
  }

  private void obeyEvents(long now) {
    for (TlsEvent event = tls.nextEvent(); event != null; event = tls.nextEvent()) {
      switch (event) {
        case TlsEvent.SendMessage(EncryptionLevel level, byte[] bytes) ->
            connection.spaces.of(level).crypto().write(bytes);
        case TlsEvent.TrafficSecret secret -> connection.spaces.install(secret, now);
        case TlsEvent.PeerTransportParameters(byte[] bytes) ->
            onPeerParameters(TransportParameterCodec.read(bytes, connection.isClient()));
        case TlsEvent.HandshakeComplete ignored -> onComplete(now);
        case TlsEvent.EarlyDataDecision(boolean accepted) ->
            connection.early.onDecision(accepted, now);
        case TlsEvent.SignatureWanted(SignatureRequest request) -> wanted = request;
        case TlsEvent.NewSessionTicket(var ticket) ->
            connection.events.add(new QuicEvent.NewSessionTicket(ticket));
      }
    }
  }

  /** A server answers with parameters of its own once it has seen the client's. */
  void onPeerParameters(TransportParameters parameters) {
    if (peer != null) {
      return;
    }
    connection.trace(() -> new TraceEvent.ParametersSet(false, parameters.byName()));
    authenticateIds(parameters);
    if (connection.isClient()) {
      connection.versions.onServer(parameters.versionInformation());
    }
    peer = parameters;
    if (connection.early.remembered() == null) {
      PeerParameters.apply(connection, parameters);
    } else {
      // They are for 1-RTT packets, which begin when the handshake is complete (§7.4.1).
      connection.early.requireKept(parameters);
    }
  }

  /** The connection IDs of the handshake were not tampered with (RFC 9000 §7.3). */
  private void authenticateIds(TransportParameters parameters) {
    require(
        "initial_source_connection_id",
        parameters.initialSourceConnectionId(),
        connection.ids.peerFirst());
    if (connection.isClient()) {
      require(
          "original_destination_connection_id",
          parameters.originalDestinationConnectionId(),
          connection.ids.originalDestination());
      require(
          "retry_source_connection_id",
          parameters.retrySourceConnectionId(),
          connection.ids.retrySource());
    }
  }

  private static void require(String name, ConnectionId stated, ConnectionId seen) {
    if (!Objects.equals(stated, seen)) {
      throw new TransportException(
          TransportError.TRANSPORT_PARAMETER_ERROR,
          FrameTypes.CRYPTO,
          "transport parameters: " + name + (stated == null ? " is missing" : " does not match"));
    }
  }

  private void onComplete(long now) {
    complete = true;
    connection.spaces.of(EncryptionLevel.HANDSHAKE).crypto().supersede();
    boolean waited = connection.early.remembered() != null;
    connection.early.onComplete(now);
    if (waited) {
      PeerParameters.apply(connection, peer);
    }
    connection.trace(now, () -> connection.versions.chosen(List.of()));
    connection.trace(now, () -> new TraceEvent.ProtocolChosen(tls.session().applicationProtocol()));
    connection.trace(now, () -> negotiated(tls.session()));
    connection.trace(
        now, () -> new TraceEvent.ConnectionStateUpdated(ConnectionState.HANDSHAKE_COMPLETE));
    connection.recovery.onHandshakeComplete();
    connection.events.add(new QuicEvent.HandshakeComplete(tls.session()));
    connection.receiver.keysArrived();
    if (!connection.isClient()) {
      donePending = true;
      confirm(now);
    }
  }

  private static TraceEvent negotiated(TlsSession session) {
    String cipher = session.cipherSuite().name().substring("TLS_".length());
    return new TraceEvent.TlsNegotiated(cipher, session.resumed(), session.earlyDataAccepted());
  }

  /** HANDSHAKE_DONE reached the client, or the server has completed (RFC 9001 §4.1.2). */
  void confirm(long now) {
    if (confirmed) {
      return;
    }
    confirmed = true;
    connection.spaces.discard(EncryptionLevel.HANDSHAKE, now);
    connection.recovery.onHandshakeConfirmed();
    connection.ids.issueMore();
    connection.trace(
        now, () -> new TraceEvent.ConnectionStateUpdated(ConnectionState.HANDSHAKE_CONFIRMED));
    connection.migration.onHandshakeConfirmed(now);
    connection.events.add(new QuicEvent.HandshakeConfirmed());
  }

  byte[] exportKeyingMaterial(String label, byte[] context, int length) {
    if (!connection.closing.isReading()) {
      throw new IllegalStateException("the connection has ended, and its secrets are gone");
    }
    return tls.exportKeyingMaterial(label, context, length);
  }

  TlsEndpoint tls() {
    return tls;
  }

  /** The peer's transport parameters that hold now; null before any do. */
  TransportParameters peer() {
    TransportParameters remembered = connection.early.remembered();
    return remembered != null ? remembered : peer;
  }

  boolean isComplete() {
    return complete;
  }

  boolean isConfirmed() {
    return confirmed;
  }

  boolean isDonePending() {
    return donePending;
  }

  void setDonePending(boolean pending) {
    donePending = pending;
  }
}
