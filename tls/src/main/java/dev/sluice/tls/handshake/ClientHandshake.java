package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.CertificateVerifier;
import dev.sluice.tls.CipherSuite;
import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.Identity;
import dev.sluice.tls.IdentitySelector;
import dev.sluice.tls.NamedGroup;
import dev.sluice.tls.SignatureScheme;
import dev.sluice.tls.TlsClientConfig;
import dev.sluice.tls.TlsEvent;
import dev.sluice.tls.TlsEvent.Direction;
import dev.sluice.tls.TlsException;
import dev.sluice.tls.TlsSession;
import dev.sluice.tls.extension.CertificateAuthorities;
import dev.sluice.tls.extension.Cookie;
import dev.sluice.tls.extension.ExtensionType;
import dev.sluice.tls.extension.Extensions;
import dev.sluice.tls.extension.KeyShareRetry;
import dev.sluice.tls.extension.KeyShareSelection;
import dev.sluice.tls.extension.PreSharedKeySelection;
import dev.sluice.tls.extension.SignatureAlgorithms;
import dev.sluice.tls.keys.Exporter;
import dev.sluice.tls.keys.KeyAgreement;
import dev.sluice.tls.keys.KeyPairStock;
import dev.sluice.tls.keys.KeySchedule;
import dev.sluice.tls.message.Certificate;
import dev.sluice.tls.message.CertificateRequest;
import dev.sluice.tls.message.CertificateVerify;
import dev.sluice.tls.message.EncryptedExtensions;
import dev.sluice.tls.message.Finished;
import dev.sluice.tls.message.HandshakeType;
import dev.sluice.tls.message.NewSessionTicket;
import dev.sluice.tls.message.ServerHello;
import dev.sluice.tls.wire.TlsWriter;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** The client's state machine (RFC 8446 §A.1), in the order in which a handshake runs. */
public final class ClientHandshake implements Handshake {
  private final TlsClientConfig config;
  private final Queue<TlsEvent> events = new ArrayDeque<>();

  // What follows, down to the secrets, is dropped once the handshake is complete.
  private TranscriptHash transcript = new TranscriptHash();
  private ClientOffer offer;
  private PeerAuthentication server;
  private ClientState state = ClientState.START;
  private CipherSuite suite;
  private boolean retried;
  private NamedGroup retryGroup;
  private NamedGroup group;
  private boolean resumed;
  private HandshakeSecrets secrets;
  private ServerParameters parameters;
  private Authentication requestedAuthentication;
  private Exporter exporter;
  private TicketReceiver tickets;

  /** Null until the handshake is complete. */
  private TlsSession complete;

  /**
   * @param transportParameters the client's, as QUIC encodes them
   * @param stock of the thread that drives the handshake
   */
  public ClientHandshake(TlsClientConfig config, byte[] transportParameters, KeyPairStock stock) {
    this.config = config;
    this.offer = new ClientOffer(config, transportParameters, stock);
    this.server =
        new PeerAuthentication(
            true, config.serverName(), config.signatureSchemes(), config.knownChains());
  }

  @Override
  public void start() {
    if (state != ClientState.START) {
      throw new IllegalStateException("the handshake has begun already");
    }
    byte[] hello = offer.first();
    transcript.add(hello);
    send(EncryptionLevel.INITIAL, hello);
    if (offer.offersEarlyData()) {
      // 0-RTT runs under the ticket's suite; the server may yet choose another for the rest.
      TranscriptHash early = new TranscriptHash();
      early.start(offer.ticket().cipherSuite());
      early.add(hello);
      secretsOf(offer.pskSchedule()).releaseEarly(early.hash());
    }
    state = ClientState.WAIT_SH;
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
      case WAIT_SH -> onHello(message);
      case WAIT_EE -> onEncryptedExtensions(message);
      case WAIT_CERT_CR, WAIT_CERT -> {
        if (message.type() == HandshakeType.CERTIFICATE_REQUEST) {
          onCertificateRequest(message);
        } else {
          onCertificate(message);
        }
      }
      case WAIT_CV -> onCertificateVerify(message);
      case WAIT_FINISHED -> onFinished(message);
      case CONNECTED -> tickets.onTicket(NewSessionTicket.read(message.body()), events);
      case START -> throw new IllegalStateException("nothing is expected yet");
    }
  }

  private void onHello(RawMessage message) throws TlsException {
    ServerHello hello = ServerHello.read(message.body());
    suite = ServerHelloChecks.check(hello, config, offer, suite);
    transcript.start(suite);
    if (hello.isHelloRetryRequest()) {
      onHelloRetryRequest(hello, message);
    } else {
      onServerHello(hello, message);
    }
  }

  private void onHelloRetryRequest(ServerHello hello, RawMessage message) throws TlsException {
    if (retried) {
      throw new TlsException(
          AlertDescription.UNEXPECTED_MESSAGE, "HelloRetryRequest: a second one");
    }
    KeyShareRetry share = KeyShareRetry.in(hello.extensions());
    Cookie cookie = Cookie.in(hello.extensions());
    if (share == null && cookie == null) {
      throw ServerHelloChecks.illegal(hello, "asks for no change");
    }
    if (share != null) {
      retryGroup = NamedGroup.of(share.group());
      if (retryGroup == null || !config.groups().contains(retryGroup)) {
        throw ServerHelloChecks.illegal(hello, "asks for a group that was not offered");
      }
      if (offer.agreement(retryGroup) != null) {
        throw ServerHelloChecks.illegal(
            hello, "asks for " + retryGroup.rfcName() + ", whose share it has");
      }
    }
    retried = true;
    transcript.replaceByMessageHash();
    transcript.add(message.encoded());
    boolean early = offer.offersEarlyData();
    byte[] second = offer.second(retryGroup, cookie, transcript);
    transcript.add(second);
    if (early) {
      // RFC 9001 §4.6.2: a HelloRetryRequest always rejects 0-RTT.
      events.add(new TlsEvent.EarlyDataDecision(false));
    }
    send(EncryptionLevel.INITIAL, second);
  }

  private void onServerHello(ServerHello hello, RawMessage message) throws TlsException {
    resumed = isResumed(hello);
    KeyShareSelection share = KeyShareSelection.in(hello.extensions());
    if (share == null) {
      if (resumed) {
        throw ServerHelloChecks.illegal(hello, "resumes without the key_share of psk_dhe_ke");
      }
      throw hello.extensions().missing(ExtensionType.KEY_SHARE);
    }
    group = NamedGroup.of(share.entry().group());
    KeyAgreement agreement = group == null ? null : offer.agreement(group);
    if (agreement == null) {
      throw ServerHelloChecks.illegal(hello, "key_share is of a group without a client's share");
    }
    byte[] sharedSecret = agreement.agree(share.entry().keyExchange());
    offer.destroyAgreements();
    transcript.add(message.encoded());
    KeySchedule schedule = resumed ? pskSchedule() : new KeySchedule(suite, null);
    secrets = secretsOf(schedule);
    secrets.releaseHandshake(sharedSecret, transcript.hash());
    state = ClientState.WAIT_EE;
  }

  private boolean isResumed(ServerHello hello) throws TlsException {
    PreSharedKeySelection selection = PreSharedKeySelection.in(hello.extensions());
    if (selection == null) {
      return false;
    }
    if (selection.selectedIdentity() != 0) {
      throw ServerHelloChecks.illegal(hello, "selects a pre-shared key that was not offered");
    }
    String hash = offer.ticket().cipherSuite().hashAlgorithm();
    if (!hash.equals(suite.hashAlgorithm())) {
      throw ServerHelloChecks.illegal(hello, suite + " has another hash than the pre-shared key");
    }
    return true;
  }

  /** The schedule of the ticket, under the suite that has now been chosen. */
  private KeySchedule pskSchedule() {
    return new KeySchedule(suite, offer.ticket().resumptionSecret());
  }

  private void onEncryptedExtensions(RawMessage message) throws TlsException {
    Extensions extensions = EncryptedExtensions.read(message.body()).extensions();
    extensions.requireOffered(offer.extensions());
    parameters = ServerParameters.read(extensions, config);
    if (offer.offersEarlyData()) {
      requireEarlyDataAllowed();
      events.add(new TlsEvent.EarlyDataDecision(parameters.earlyData()));
    }
    events.add(new TlsEvent.PeerTransportParameters(parameters.transportParameters()));
    transcript.add(message.encoded());
    state = resumed ? ClientState.WAIT_FINISHED : ClientState.WAIT_CERT_CR;
  }

  /** 0-RTT can only go ahead under all that the ticket promised (RFC 8446 §4.2.10). */
  private void requireEarlyDataAllowed() throws TlsException {
    boolean same =
        resumed
            && suite == offer.ticket().cipherSuite()
            && parameters.applicationProtocol().equals(offer.ticket().applicationProtocol());
    if (parameters.earlyData() && !same) {
      throw new TlsException(
          AlertDescription.ILLEGAL_PARAMETER,
          "EncryptedExtensions: early_data is accepted for another session than the ticket's");
    }
  }

  private void onCertificateRequest(RawMessage message) throws TlsException {
    CertificateRequest request = CertificateRequest.read(message.body());
    if (request.context().length != 0) {
      throw new TlsException(
          AlertDescription.ILLEGAL_PARAMETER,
          "CertificateRequest: certificate_request_context is not empty");
    }
    SignatureAlgorithms algorithms = SignatureAlgorithms.in(request.extensions());
    if (algorithms == null) {
      throw request.extensions().missing(ExtensionType.SIGNATURE_ALGORITHMS);
    }
    requestedAuthentication =
        authentication(
            algorithms.known(),
            SignatureAlgorithms.inCertificates(request.extensions()).codes(),
            CertificateAuthorities.in(request.extensions()));
    transcript.add(message.encoded());
    state = ClientState.WAIT_CERT;
  }

  private Authentication authentication(
      List<SignatureScheme> schemes,
      List<Integer> certificateAlgorithms,
      CertificateAuthorities authorities) {
    Identity identity =
        config
            .identitySelector()
            .select(
                new IdentitySelector.Request(
                    false,
                    config.serverName(),
                    schemes,
                    certificateAlgorithms,
                    authorities.names()));
    // RFC 8446 §4.4.2.3: a server that cannot judge the chain is shown none.
    boolean fits = identity != null && identity.isSignedWith(certificateAlgorithms);
    SignatureScheme scheme = fits ? identity.schemeFor(schemes) : null;
    return scheme == null ? Authentication.NONE : new Authentication(identity, scheme);
  }

  private void onCertificate(RawMessage message) throws TlsException {
    server.onCertificate(Certificate.read(message.body()), offer.extensions());
    server.verifyChain(
        config.certificateVerifier(),
        new CertificateVerifier.Context(
            true, config.serverName(), config.clock().instant(), suite));
    transcript.add(message.encoded());
    state = ClientState.WAIT_CV;
  }

  private void onCertificateVerify(RawMessage message) throws TlsException {
    server.onCertificateVerify(CertificateVerify.read(message.body()), transcript.hash());
    transcript.add(message.encoded());
    state = ClientState.WAIT_FINISHED;
  }

  private void onFinished(RawMessage message) throws TlsException {
    Finished finished = Finished.read(message.body(), suite.hashLength());
    byte[] expected = secrets.peerVerifyData(transcript.hash());
    PeerAuthentication.requireFinished(expected, finished.verifyData());
    transcript.add(message.encoded());
    exporter = secrets.deriveApplication(transcript.hash());
    send(EncryptionLevel.HANDSHAKE, ownFlight());
    byte[] resumptionMaster = secrets.resumptionMaster(transcript.hash());
    secrets.releaseApplication(Direction.SEND);
    secrets.releaseApplication(Direction.RECEIVE);
    TlsSession session = session();
    state = ClientState.CONNECTED;
    tickets = new TicketReceiver(config, session, resumptionMaster, parameters);
    dropHandshake();
    complete = session;
    events.add(new TlsEvent.HandshakeComplete(session));
  }

  private void dropHandshake() {
    offer.destroy();
    secrets.destroy();
    transcript = null;
    offer = null;
    server = null;
    parameters = null;
    requestedAuthentication = null;
    secrets = null;
  }

  /** Certificate and CertificateVerify when they were asked for, and Finished. */
  private byte[] ownFlight() throws TlsException {
    TlsWriter flight = new TlsWriter();
    if (requestedAuthentication != null) {
      add(flight, requestedAuthentication.certificate());
      if (requestedAuthentication.identity() != null) {
        add(
            flight,
            requestedAuthentication.certificateVerify(
                requestedAuthentication.request(false, transcript.hash(), config.random())));
      }
    }
    add(flight, new Finished(secrets.ownVerifyData(transcript.hash())).encode());
    return flight.toBytes();
  }

  private void add(TlsWriter flight, byte[] message) {
    transcript.add(message);
    flight.bytes(message);
  }

  @Override
  public TlsException unexpected(HandshakeType type) {
    if (state == ClientState.CONNECTED && type == HandshakeType.CERTIFICATE_REQUEST) {
      return TlsException.protocolViolation(
          "CertificateRequest: there is no authentication after the handshake (RFC 9001 §4.4)");
    }
    return Unexpected.message(type, "the client is in state " + state);
  }

  @Override
  public TlsEvent nextEvent() {
    return events.poll();
  }

  @Override
  public boolean isComplete() {
    return state == ClientState.CONNECTED;
  }

  @Override
  public TlsSession session() {
    if (complete != null) {
      return complete;
    }
    boolean named =
        offer.extensions() != null && offer.extensions().contains(ExtensionType.SERVER_NAME);
    return new TlsSession(
        suite,
        group,
        parameters == null ? null : parameters.applicationProtocol(),
        named ? config.serverName() : null,
        resumed ? offer.ticket().peerCertificates() : server.chain(),
        server.scheme(),
        resumed,
        parameters != null && parameters.earlyData());
  }

  @Override
  public byte[] export(String label, byte[] context, int length) {
    if (exporter == null) {
      throw new IllegalStateException("the handshake is not complete");
    }
    return exporter.export(label, context, length);
  }

  @Override
  public void destroy() {
    if (offer != null) {
      offer.destroy();
    }
    if (secrets != null) {
      secrets.destroy();
    }
    if (exporter != null) {
      exporter.destroy();
    }
    if (tickets != null) {
      tickets.destroy();
    }
  }

  private HandshakeSecrets secretsOf(KeySchedule schedule) {
    return new HandshakeSecrets(true, schedule, config.keyLog(), offer.random(), events);
  }

  private void send(EncryptionLevel level, byte[] bytes) {
    events.add(new TlsEvent.SendMessage(level, bytes));
  }
}
