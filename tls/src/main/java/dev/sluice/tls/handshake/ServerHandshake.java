package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.ClientAuthentication;
import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.ServerTransport;
import dev.sluice.tls.SignatureRequest;
import dev.sluice.tls.TlsEvent;
import dev.sluice.tls.TlsEvent.Direction;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.TlsServerConfig;
import dev.sluice.tls.TlsSession;
import dev.sluice.tls.keys.Exporter;
import dev.sluice.tls.keys.KeyAgreement;
import dev.sluice.tls.keys.KeyPairStock;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.CertificateRequest;
import dev.sluice.tls.message.CertificateVerify;
import dev.sluice.tls.message.ClientHello;
import dev.sluice.tls.message.Finished;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;

/** The server's state machine (RFC 8446 §A.2), in the order in which a handshake runs. */
public final class ServerHandshake implements Handshake {
  private static final int COOKIE_LENGTH = 32;

  private final TlsServerConfig config;
  private final KeyPairStock stock;
  private final Queue<TlsEvent> events = new ArrayDeque<>();

  // What follows, down to the secrets, is dropped once the handshake is complete.
  private ServerTransport transport;
  private TranscriptHash transcript = new TranscriptHash();
  private PeerAuthentication client;
  private ServerState state = ServerState.START;
  private HelloRetry retry;
  private ClientHelloParameters offer;
  private CipherSuite suite;
  private NamedGroup group;
  private String protocol;
  private Resumption resumption;
  private boolean earlyData;
  private Authentication authentication = Authentication.NONE;
  private byte[] transportParameters;
  private CertificateRequest request;
  private HandshakeSecrets secrets;
  private Exporter exporter;

  /** Null until the handshake is complete. */
  private TlsSession complete;

  /**
   * @param transport makes the server's transport parameters, once the client's are known
   * @param stock of the thread that drives the handshake
   */
  public ServerHandshake(TlsServerConfig config, ServerTransport transport, KeyPairStock stock) {
    this.config = config;
    this.stock = stock;
    this.transport = transport;
    this.client =
        new PeerAuthentication(false, null, config.signatureSchemes(), config.knownChains());
  }

  @Override
  public void start() {
    // The client speaks first.
  }

  @Override
  public EncryptionLevel receiveLevel() {
    return state.level;
  }

  @Override
  public boolean expects(HandshakeType type) {
    return state.expected.contains(type);
  }

  @Override
  public void handle(RawMessage message) throws TlsException {
    switch (state) {
      case START, WAIT_SECOND_CH -> onClientHello(message);
      case WAIT_CERT -> onCertificate(message);
      case WAIT_CV -> onCertificateVerify(message);
      case WAIT_FINISHED -> onFinished(message);
      case WAIT_SIGNATURE, CONNECTED -> throw new IllegalStateException("nothing is expected");
    }
  }

  private void onClientHello(RawMessage message) throws TlsException {
    offer = ClientHelloParameters.read(ClientHello.read(message.body()));
    if (retry != null) {
      retry.requireAnswer(offer);
    }
    suite = Negotiation.suite(config, offer);
    group = retry == null ? Negotiation.group(config, offer) : retry.group();
    protocol = Negotiation.protocol(config, offer);
    transcript.start(suite);
    if (retry == null) {
      // Before anything is sent: QUIC chooses its version by them (RFC 9369 §4.1).
      events.add(new TlsEvent.PeerTransportParameters(offer.transportParameters()));
      transportParameters = ownTransportParameters();
    }
    byte[] share = offer.keyShares().share(group.code());
    if (share == null) {
      sendHelloRetryRequest(message);
      return;
    }
    resumption =
        Resumption.find(config, transport, offer, suite, protocol, message.encoded(), transcript);
    if (resumption == null) {
      authentication = Negotiation.authentication(config, offer);
    }
    KeyAgreement.Answer answer = KeyAgreement.answer(group, share, config.random(), stock);
    transcript.add(message.encoded());
    KeySchedule schedule =
        resumption == null ? new KeySchedule(suite, null) : resumption.schedule();
    secrets =
        new HandshakeSecrets(false, schedule, config.keyLog(), offer.hello().random(), events);
    decideEarlyData();
    sendFlight(answer);
  }

  private void sendHelloRetryRequest(RawMessage message) {
    byte[] cookie = null;
    if (config.helloRetryCookie()) {
      cookie = new byte[COOKIE_LENGTH];
      config.random().nextBytes(cookie);
    }
    retry = new HelloRetry(offer.hello(), suite, group, cookie);
    byte[] request = retry.encode();
    transcript.add(message.encoded());
    transcript.replaceByMessageHash();
    transcript.add(request);
    if (offer.earlyData()) {
      events.add(new TlsEvent.EarlyDataDecision(false));
    }
    send(EncryptionLevel.INITIAL, request);
    state = ServerState.WAIT_SECOND_CH;
  }

  private byte[] ownTransportParameters() {
    try {
      return transport.answer(offer.transportParameters());
    } catch (RuntimeException e) {
      throw new TransportParametersRefused(e);
    }
  }

  private void decideEarlyData() {
    if (offer.earlyData()) {
      earlyData = resumption != null && resumption.acceptsEarlyData(config, suite);
      events.add(new TlsEvent.EarlyDataDecision(earlyData));
      if (earlyData) {
        secrets.releaseEarly(transcript.hash());
      }
    }
  }

  /** ServerHello to Finished, at once (RFC 8446 §2), unless somebody else is to sign. */
  private void sendFlight(KeyAgreement.Answer answer) throws TlsException {
    ServerFlight flight = new ServerFlight(config, offer);
    byte[] hello = flight.serverHello(suite, group, answer.share(), resumption);
    transcript.add(hello);
    send(EncryptionLevel.INITIAL, hello);
    secrets.releaseHandshake(answer.secret(), transcript.hash());
    TlsWriter out = new TlsWriter();
    add(
        out,
        flight.encryptedExtensions(
            protocol, transportParameters, group, resumption != null, earlyData));
    if (resumption == null) {
      if (config.clientAuthentication() != ClientAuthentication.NONE) {
        request = flight.certificateRequest();
        add(out, request.encode());
      }
      add(out, authentication.certificate());
      SignatureRequest wanted = authentication.request(true, transcript.hash(), config.random());
      if (config.deferSignatures()) {
        send(EncryptionLevel.HANDSHAKE, out.toBytes());
        state = ServerState.WAIT_SIGNATURE;
        events.add(new TlsEvent.SignatureWanted(wanted));
        return;
      }
      add(out, authentication.certificateVerify(wanted));
    }
    finishFlight(out);
  }

  /** Whether it waits for a signature. */
  public boolean wantsSignature() {
    return state == ServerState.WAIT_SIGNATURE;
  }

  /**
   * Goes on with the flight that lacks its signature.
   *
   * @param signature null when there is none
   */
  public void onSignature(byte[] signature) throws TlsException {
    if (signature == null) {
      throw Authentication.doesNotSign(null);
    }
    TlsWriter out = new TlsWriter();
    add(out, authentication.certificateVerify(signature));
    finishFlight(out);
  }

  private void finishFlight(TlsWriter out) {
    add(out, new Finished(secrets.ownVerifyData(transcript.hash())).encode());
    send(EncryptionLevel.HANDSHAKE, out.toBytes());
    exporter = secrets.deriveApplication(transcript.hash());
    secrets.releaseApplication(Direction.SEND);
    state = request == null ? ServerState.WAIT_FINISHED : ServerState.WAIT_CERT;
  }

  private void onCertificate(RawMessage message) throws TlsException {
    client.onCertificate(Certificate.read(message.body()), request.extensions());
    transcript.add(message.encoded());
    if (!client.chain().isEmpty()) {
      client.verifyChain(
          config.certificateVerifier(),
          new CertificateVerifier.Context(false, null, config.clock().instant(), suite));
      state = ServerState.WAIT_CV;
      return;
    }
    if (config.clientAuthentication() == ClientAuthentication.NEED) {
      throw new TlsException(
          AlertDescription.CERTIFICATE_REQUIRED, "Certificate: the client has shown none");
    }
    state = ServerState.WAIT_FINISHED;
  }

  private void onCertificateVerify(RawMessage message) throws TlsException {
    client.onCertificateVerify(CertificateVerify.read(message.body()), transcript.hash());
    transcript.add(message.encoded());
    state = ServerState.WAIT_FINISHED;
  }

  private void onFinished(RawMessage message) throws TlsException {
    Finished finished = Finished.read(message.body(), suite.hashLength());
    byte[] expected = secrets.peerVerifyData(transcript.hash());
    PeerAuthentication.requireFinished(expected, finished.verifyData());
    transcript.add(message.encoded());
    byte[] resumptionMaster = secrets.resumptionMaster(transcript.hash());
    // RFC 9001 §5.7: no 1-RTT packet is opened before the handshake is complete.
    secrets.releaseApplication(Direction.RECEIVE);
    TlsSession session = session();
    state = ServerState.CONNECTED;
    events.add(new TlsEvent.HandshakeComplete(session));
    // RFC 8446 §4.2.9: no ticket for a client that could not use it.
    if (config.ticketProtector() != null && offer.dhePsk()) {
      byte[] tickets = TicketIssuer.issue(config, session, transportParameters, resumptionMaster);
      if (tickets.length > 0) {
        send(EncryptionLevel.APPLICATION, tickets);
      }
    }
    Arrays.fill(resumptionMaster, (byte) 0);
    dropHandshake();
    complete = session;
  }

  private void dropHandshake() {
    secrets.destroy();
    transport = null;
    transcript = null;
    client = null;
    retry = null;
    offer = null;
    resumption = null;
    authentication = null;
    transportParameters = null;
    request = null;
    secrets = null;
  }

  @Override
  public TlsException unexpected(HandshakeType type) {
    return Unexpected.message(type, "the server is in state " + state);
  }

  @Override
  public TlsEvent nextEvent() {
    return events.poll();
  }

  @Override
  public boolean isComplete() {
    return state == ServerState.CONNECTED;
  }

  @Override
  public TlsSession session() {
    if (complete != null) {
      return complete;
    }
    return new TlsSession(
        suite,
        group,
        protocol,
        offer == null ? null : offer.serverName(),
        resumption == null ? client.chain() : resumption.state().clientCertificates(),
        authentication.scheme(),
        resumption != null,
        earlyData);
  }

  @Override
  public byte[] export(String label, byte[] context, int length) {
    if (!isComplete()) {
      throw new IllegalStateException("the handshake is not complete");
    }
    return exporter.export(label, context, length);
  }

  @Override
  public void destroy() {
    if (secrets != null) {
      secrets.destroy();
    }
    if (exporter != null) {
      exporter.destroy();
    }
  }

  private void add(TlsWriter flight, byte[] message) {
    transcript.add(message);
    flight.bytes(message);
  }

  private void send(EncryptionLevel level, byte[] bytes) {
    events.add(new TlsEvent.SendMessage(level, bytes));
  }
}
