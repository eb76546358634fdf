package dev.sluice.tls;

import dev.sluice.tls.cert.KnownChains;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import javax.security.auth.x500.X500Principal;

/**
 * How a server conducts its handshakes. Immutable; one serves any number of connections when its
 * random generator, clock, selector, verifier, protector and key log may be used by all their
 * threads.
 *
 * @param identitySelector chooses the certificate by the client's server_name
 * @param applicationProtocols ALPN protocols in the server's order of preference, at least one
 * @param cipherSuites in order of preference
 * @param groups in order of preference
 * @param signatureSchemes accepted from clients that authenticate
 * @param clientAuthentication whether clients are asked for a certificate
 * @param certificateVerifier judges clients' chains; null only when none is asked for
 * @param certificateAuthorities named to clients as acceptable issuers, possibly none
 * @param ticketProtector makes and opens session tickets; null for no resumption
 * @param ticketCount tickets sent after each handshake, 0 to 16
 * @param ticketLifetime at most seven days
 * @param ticketApplicationState goes into every ticket and comes back to {@link EarlyDataPolicy};
 *     at most 4 KiB, since a ticket has to fit the client's first flight
 * @param earlyDataPolicy decides about 0-RTT; null never allows it
 * @param helloRetryCookie whether a HelloRetryRequest carries a cookie that the client must echo
 * @param deferSignatures whether to ask for each signature with {@link TlsEvent.SignatureWanted}
 *     and wait for it, in place of signing at once
 * @param knownChains remembers the chains of clients that authenticate
 * @param keyLog told of every secret
 * @param random source of every random value; a cryptographically secure one outside of tests
 * @param clock the time, for certificates and tickets
 */
public record TlsServerConfig(
    IdentitySelector identitySelector,
    List<String> applicationProtocols,
    List<CipherSuite> cipherSuites,
    List<NamedGroup> groups,
    List<SignatureScheme> signatureSchemes,
    ClientAuthentication clientAuthentication,
    CertificateVerifier certificateVerifier,
    List<X500Principal> certificateAuthorities,
    TicketProtector ticketProtector,
    int ticketCount,
    Duration ticketLifetime,
    byte[] ticketApplicationState,
    EarlyDataPolicy earlyDataPolicy,
    boolean helloRetryCookie,
    boolean deferSignatures,
    KnownChains knownChains,
    KeyLog keyLog,
    RandomGenerator random,
    InstantSource clock) {

  /** With this, a ticket has room left for a client's chain of usual length. */
  private static final int LONGEST_STATE = 4_096;

  /** Copies the lists and refuses what cannot serve. */
  public TlsServerConfig {
    Objects.requireNonNull(identitySelector, "identitySelector");
    Objects.requireNonNull(knownChains, "knownChains");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(clock, "clock");
    applicationProtocols = ConfigChecks.protocols(applicationProtocols);
    cipherSuites = ConfigChecks.nonEmpty("cipherSuites", cipherSuites);
    groups = ConfigChecks.nonEmpty("groups", groups);
    signatureSchemes = ConfigChecks.nonEmpty("signatureSchemes", signatureSchemes);
    certificateAuthorities = List.copyOf(certificateAuthorities);
    if (clientAuthentication != ClientAuthentication.NONE && certificateVerifier == null) {
      throw new IllegalArgumentException("client authentication needs a certificateVerifier");
    }
    if (ticketCount < 0 || ticketCount > 16) {
      throw new IllegalArgumentException("ticketCount is 0 to 16");
    }
    if (ticketLifetime.toSeconds() > SessionTicket.MAX_LIFETIME_SECONDS
        || ticketLifetime.toSeconds() < 1) {
      throw new IllegalArgumentException("a ticket lives one second to seven days");
    }
    if (ticketApplicationState.length > LONGEST_STATE) {
      throw new IllegalArgumentException(
          "a ticket has room for " + LONGEST_STATE + " bytes of application state");
    }
  }

  /** A builder that holds the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that holds this configuration. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Says which protocols, and nothing secret. */
  @Override
  public String toString() {
    return "TlsServerConfig[" + applicationProtocols + "]";
  }

  /** Collects a configuration. What has no default: identity, protocols, random, clock. */
  public static final class Builder {
    private IdentitySelector identitySelector;
    private List<String> applicationProtocols = List.of();
    private List<CipherSuite> cipherSuites = List.of(CipherSuite.values());
    private List<NamedGroup> groups = List.of(NamedGroup.values());
    private List<SignatureScheme> signatureSchemes = List.of(SignatureScheme.values());
    private ClientAuthentication clientAuthentication = ClientAuthentication.NONE;
    private CertificateVerifier certificateVerifier;
    private List<X500Principal> certificateAuthorities = List.of();
    private TicketProtector ticketProtector;
    private int ticketCount = 2;
    private Duration ticketLifetime = Duration.ofDays(1);
    private byte[] ticketApplicationState = new byte[0];
    private EarlyDataPolicy earlyDataPolicy;
    private boolean helloRetryCookie;
    private boolean deferSignatures;
    private KnownChains knownChains = KnownChains.of(KnownChains.USUAL_CAPACITY);
    private KeyLog keyLog = KeyLog.NONE;
    private RandomGenerator random;
    private InstantSource clock;

    private Builder() {}

    private Builder(TlsServerConfig from) {
      identitySelector = from.identitySelector;
      applicationProtocols = from.applicationProtocols;
      cipherSuites = from.cipherSuites;
      groups = from.groups;
      signatureSchemes = from.signatureSchemes;
      clientAuthentication = from.clientAuthentication;
      certificateVerifier = from.certificateVerifier;
      certificateAuthorities = from.certificateAuthorities;
      ticketProtector = from.ticketProtector;
      ticketCount = from.ticketCount;
      ticketLifetime = from.ticketLifetime;
      ticketApplicationState = from.ticketApplicationState;
      earlyDataPolicy = from.earlyDataPolicy;
      helloRetryCookie = from.helloRetryCookie;
      deferSignatures = from.deferSignatures;
      knownChains = from.knownChains;
      keyLog = from.keyLog;
      random = from.random;
      clock = from.clock;
    }

    /** The one identity for every name. */
    public Builder identity(Identity identity) {
      identitySelector = request -> identity;
      return this;
    }

    /** Chooses the identity by name. */
    public Builder identitySelector(IdentitySelector selector) {
      identitySelector = selector;
      return this;
    }

    /** ALPN protocols in order of preference. */
    public Builder applicationProtocols(String... protocols) {
      applicationProtocols = List.of(protocols);
      return this;
    }

    /** ALPN protocols in order of preference. */
    public Builder applicationProtocols(List<String> protocols) {
      applicationProtocols = protocols;
      return this;
    }

    /** Suites in order of preference. Default: all. */
    public Builder cipherSuites(CipherSuite... suites) {
      cipherSuites = List.of(suites);
      return this;
    }

    /** Groups in order of preference. Default: all, X25519MLKEM768 first. */
    public Builder groups(NamedGroup... wanted) {
      groups = List.of(wanted);
      return this;
    }

    /** Schemes accepted from clients. Default: all. */
    public Builder signatureSchemes(SignatureScheme... schemes) {
      signatureSchemes = List.of(schemes);
      return this;
    }

    /** Asks clients for certificates. Default: not. */
    public Builder clientAuthentication(ClientAuthentication wanted, CertificateVerifier verifier) {
      clientAuthentication = wanted;
      certificateVerifier = verifier;
      return this;
    }

    /** Issuers named to clients. Default: none, which means any. */
    public Builder certificateAuthorities(List<X500Principal> authorities) {
      certificateAuthorities = authorities;
      return this;
    }

    /** Allows resumption. Default: no. */
    public Builder ticketProtector(TicketProtector protector) {
      ticketProtector = protector;
      return this;
    }

    /** Tickets after each handshake, 0 to 16. Default: 2. */
    public Builder ticketCount(int count) {
      ticketCount = count;
      return this;
    }

    /** How long a ticket lives, at most seven days. Default: one day. */
    public Builder ticketLifetime(Duration lifetime) {
      ticketLifetime = lifetime;
      return this;
    }

    /** State that goes into every ticket, at most 4 KiB. Default: none. */
    public Builder ticketApplicationState(byte[] state) {
      ticketApplicationState = state;
      return this;
    }

    /** Allows 0-RTT when the policy does. Default: never. */
    public Builder earlyDataPolicy(EarlyDataPolicy policy) {
      earlyDataPolicy = policy;
      return this;
    }

    /** Whether HelloRetryRequest carries a cookie. Default: no. */
    public Builder helloRetryCookie(boolean send) {
      helloRetryCookie = send;
      return this;
    }

    /**
     * Whether signatures are asked for by an event and waited for. Then the random generator must
     * be safe for use by those who sign. Default: no.
     */
    public Builder deferSignatures(boolean defer) {
      deferSignatures = defer;
      return this;
    }

    /**
     * Remembers the chains of clients that authenticate, and what was found of them. {@link
     * KnownChains#NONE} judges each anew; several configurations may share one. Default: one of its
     * own for 64 chains.
     */
    public Builder knownChains(KnownChains memory) {
      knownChains = memory;
      return this;
    }

    /** Where secrets are logged. Default: nowhere. */
    public Builder keyLog(KeyLog log) {
      keyLog = log;
      return this;
    }

    /** Source of every random value. */
    public Builder random(RandomGenerator generator) {
      random = generator;
      return this;
    }

    /** The time. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /** The configuration. */
    public TlsServerConfig build() {
      return new TlsServerConfig(
          identitySelector,
          applicationProtocols,
          cipherSuites,
          groups,
          signatureSchemes,
          clientAuthentication,
          certificateVerifier,
          certificateAuthorities,
          ticketProtector,
          ticketCount,
          ticketLifetime,
          ticketApplicationState,
          earlyDataPolicy,
          helloRetryCookie,
          deferSignatures,
          knownChains,
          keyLog,
          random,
          clock);
    }
  }
}
