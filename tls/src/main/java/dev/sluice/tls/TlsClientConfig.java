package dev.sluice.tls;

import dev.sluice.tls.cert.KnownChains;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * How a client conducts its handshakes. Immutable; one serves any number of connections when its
 * random generator, clock, verifier, selector and key log may be used by all their threads.
 *
 * @param serverName the DNS name or IP literal that the server must prove to be. A DNS name is sent
 *     as server_name, an IP literal is not (RFC 6066 §3)
 * @param applicationProtocols ALPN protocols in order of preference, at least one (RFC 9001 §8.1)
 * @param certificateVerifier judges the server's chain
 * @param identitySelector chooses the client's certificate when the server asks for one
 * @param cipherSuites in order of preference
 * @param groups in order of preference
 * @param keyShares the groups for which the first ClientHello carries a share, each among groups
 * @param signatureSchemes accepted in the server's chain and CertificateVerify
 * @param ticket the session to resume, or null
 * @param earlyData whether to offer 0-RTT when the ticket allows it
 * @param grease whether to sprinkle reserved values over the offer (RFC 8701)
 * @param knownChains remembers the chains of servers
 * @param keyLog told of every secret
 * @param random source of every random value; a cryptographically secure one outside of tests
 * @param clock the time, for certificates and tickets
 */
public record TlsClientConfig(
    String serverName,
    List<String> applicationProtocols,
    CertificateVerifier certificateVerifier,
    IdentitySelector identitySelector,
    List<CipherSuite> cipherSuites,
    List<NamedGroup> groups,
    List<NamedGroup> keyShares,
    List<SignatureScheme> signatureSchemes,
    SessionTicket ticket,
    boolean earlyData,
    boolean grease,
    KnownChains knownChains,
    KeyLog keyLog,
    RandomGenerator random,
    InstantSource clock) {

  /** Copies the lists and refuses what cannot make a ClientHello. */
  public TlsClientConfig {
    ConfigChecks.requireHost(serverName);
    Objects.requireNonNull(certificateVerifier, "certificateVerifier");
    Objects.requireNonNull(knownChains, "knownChains");
    Objects.requireNonNull(random, "random");
    Objects.requireNonNull(clock, "clock");
    applicationProtocols = ConfigChecks.protocols(applicationProtocols);
    cipherSuites = ConfigChecks.nonEmpty("cipherSuites", cipherSuites);
    groups = ConfigChecks.nonEmpty("groups", groups);
    keyShares = List.copyOf(keyShares);
    signatureSchemes = ConfigChecks.nonEmpty("signatureSchemes", signatureSchemes);
    if (Set.copyOf(groups).size() < groups.size()) {
      throw new IllegalArgumentException(
          "a group has one share at most (RFC 8446 §4.2.8): " + groups);
    }
    if (!groups.containsAll(keyShares)) {
      throw new IllegalArgumentException("every key share must be of one of the groups");
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

  /** Says which server, and nothing secret. */
  @Override
  public String toString() {
    return "TlsClientConfig[" + serverName + " " + applicationProtocols + "]";
  }

  /** Collects a configuration. What has no default: name, protocols, verifier, random, clock. */
  public static final class Builder {
    private String serverName;
    private List<String> applicationProtocols = List.of();
    private CertificateVerifier certificateVerifier;
    private IdentitySelector identitySelector = IdentitySelector.NONE;
    private List<CipherSuite> cipherSuites = List.of(CipherSuite.values());
    private List<NamedGroup> groups = List.of(NamedGroup.values());
    private List<NamedGroup> keyShares;
    private List<SignatureScheme> signatureSchemes = List.of(SignatureScheme.values());
    private SessionTicket ticket;
    private boolean earlyData;
    private boolean grease = true;
    private KnownChains knownChains = KnownChains.of(KnownChains.USUAL_CAPACITY);
    private KeyLog keyLog = KeyLog.NONE;
    private RandomGenerator random;
    private InstantSource clock;

    private Builder() {}

    private Builder(TlsClientConfig from) {
      serverName = from.serverName;
      applicationProtocols = from.applicationProtocols;
      certificateVerifier = from.certificateVerifier;
      identitySelector = from.identitySelector;
      cipherSuites = from.cipherSuites;
      groups = from.groups;
      // Those that followed from the groups follow from other ones, too.
      keyShares = from.keyShares.equals(defaultShares()) ? null : from.keyShares;
      signatureSchemes = from.signatureSchemes;
      ticket = from.ticket;
      earlyData = from.earlyData;
      grease = from.grease;
      knownChains = from.knownChains;
      keyLog = from.keyLog;
      random = from.random;
      clock = from.clock;
    }

    /** The DNS name or IP literal that the server must prove to be. */
    public Builder serverName(String name) {
      serverName = name;
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

    /** Judge of the server's chain. */
    public Builder certificateVerifier(CertificateVerifier verifier) {
      certificateVerifier = verifier;
      return this;
    }

    /** Source of client certificates. Default: none. */
    public Builder identitySelector(IdentitySelector selector) {
      identitySelector = selector;
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

    /**
     * Groups of the first ClientHello's shares. Default, whatever the groups come to be:
     * X25519MLKEM768 and X25519 as far as they are among them, else the first one.
     */
    public Builder keyShares(NamedGroup... wanted) {
      keyShares = List.of(wanted);
      return this;
    }

    /** Schemes in order of preference. Default: all. */
    public Builder signatureSchemes(SignatureScheme... schemes) {
      signatureSchemes = List.of(schemes);
      return this;
    }

    /** The session to resume; null for a full handshake. */
    public Builder ticket(SessionTicket session) {
      ticket = session;
      return this;
    }

    /** Whether to offer 0-RTT. Default: no. */
    public Builder earlyData(boolean offer) {
      earlyData = offer;
      return this;
    }

    /** Whether to send GREASE values. Default: yes. */
    public Builder grease(boolean send) {
      grease = send;
      return this;
    }

    /**
     * Remembers the chains of servers, and what was found of them. {@link KnownChains#NONE} judges
     * each anew; several configurations may share one. Default: one of its own for 64 chains.
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
    public TlsClientConfig build() {
      return new TlsClientConfig(
          serverName,
          applicationProtocols,
          certificateVerifier,
          identitySelector,
          cipherSuites,
          groups,
          keyShares == null ? defaultShares() : keyShares,
          signatureSchemes,
          ticket,
          earlyData,
          grease,
          knownChains,
          keyLog,
          random,
          clock);
    }

    private List<NamedGroup> defaultShares() {
      List<NamedGroup> shares =
          groups.stream()
              .filter(g -> g == NamedGroup.X25519MLKEM768 || g == NamedGroup.X25519)
              .toList();
      return shares.isEmpty() && !groups.isEmpty() ? List.of(groups.getFirst()) : shares;
    }
  }
}
