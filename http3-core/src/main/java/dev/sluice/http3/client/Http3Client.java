package dev.sluice.http3.client;

import dev.sluice.http3.session.SessionEndedException;
import dev.sluice.http3.session.SessionOptions;
import dev.sluice.http3.session.WebTransport;
import dev.sluice.http3.webtransport.WebTransportConfig;
import dev.sluice.quic.connection.TransportConfig;
import dev.sluice.quic.endpoint.EndpointConfig;
import dev.sluice.quic.io.IoMode;
import dev.sluice.quic.trace.Tracer;
import dev.sluice.tls.KeyLog;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * A {@link HttpClient} that speaks HTTP/3 and nothing else: no fallback to TCP, "https" URIs only.
 * It keeps one connection for each origin and sends concurrent requests over it side by side.
 *
 * <p>It follows the contract of {@code java.net.http} wherever HTTP/3 allows. Where not:
 *
 * <ul>
 *   <li>{@link #version()} and {@link HttpResponse#version()} give {@link Version#HTTP_2}: Java
 *       25's enum knows no later version. The responses are {@link Http3Response}s.
 *   <li>A request for an "http" URI fails; a redirect to one is handed to the caller.
 *   <li>There are no push promises: a client that never sends MAX_PUSH_ID gets none (RFC 9114
 *       §4.6).
 *   <li>There is no WebSocket builder.
 *   <li>A proxy is only possible where it is {@link java.net.Proxy#NO_PROXY}; with any other a
 *       request fails and does not quietly go around it. The system's default selector is not
 *       asked.
 *   <li>{@code HttpRequest.timeout} covers everything up to the completion of the returned future,
 *       the body that the handler collects included.
 *   <li>{@code Builder.priority} is HTTP/2's and has no effect; a "priority" header (RFC 9218)
 *       does.
 * </ul>
 *
 * <p>A request that certainly was not processed is sent again once, on a new connection, whatever
 * its method (one that has only waited for its turn on a connection has not been sent yet); after a
 * loss that leaves this open only idempotent ones are, and only when {@link
 * Builder#retryIdempotent} asks for it. Failures carry their ending: see {@link
 * dev.sluice.http3.RequestEndedException} and {@link dev.sluice.http3.ConnectionEndedException},
 * which is also the cause of a {@link java.net.ConnectException}, a {@link
 * java.net.http.HttpConnectTimeoutException} and a {@link javax.net.ssl.SSLHandshakeException}.
 *
 * <p>Content that nobody reads stays in its stream's window: 1 MiB at first, up to 16 where it was
 * read fast before. Other responses of the connection do not wait for it until 64 MiB are held like
 * this; then they do, until something is read or closed.
 *
 * <p>A client owns a thread from the moment it is built, and its sockets, until it is closed. The
 * thread is a daemon.
 */
public final class Http3Client extends HttpClient {
  private final ClientSettings settings;
  private final ClientRuntime runtime;
  private final Operations operations;
  private final CallServices services;
  private final SessionRequests sessions;

  Http3Client(ClientSettings settings) {
    this.settings = settings;
    this.runtime = new ClientRuntime(settings);
    this.operations = new Operations(this::terminate);
    this.services =
        new CallServices(
            runtime.loop(),
            runtime.userExecutor(),
            runtime.pool(),
            operations,
            new Cookies(settings.cookieHandler()),
            new Authentication(settings.authenticator()),
            settings.redirect(),
            settings.earlyData(),
            settings.retryIdempotent());
    this.sessions = new SessionRequests(services);
  }

  /** A client with default settings. */
  public static Http3Client newHttpClient() {
    return newBuilder().build();
  }

  /** A builder that holds the default settings. */
  public static Builder newBuilder() {
    return new Http3ClientBuilder();
  }

  /**
   * {@inheritDoc}
   *
   * @throws java.net.ConnectException when no connection came about
   * @throws javax.net.ssl.SSLHandshakeException when the handshake failed, over a certificate
   *     mostly
   * @throws java.net.http.HttpTimeoutException when the request's or the connect timeout was over
   */
  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> responseBodyHandler)
      throws IOException, InterruptedException {
    WaitingCaller caller = new WaitingCaller(services.executor());
    // Who is to wait for so long only, whatever a handler is at, cannot be who runs it.
    boolean patient = request.timeout().isEmpty();
    boolean here = settings.executor() == null && patient;
    CompletableFuture<HttpResponse<T>> future =
        begin(
            request,
            responseBodyHandler,
            here ? caller : services.executor(),
            Runnable::run, // nothing depends on it
            patient || settings.cookieHandler() == null ? Call::startHere : Call::start);
    try {
      return caller.await(future);
    } catch (InterruptedException e) {
      return despite(e, future);
    } catch (CancellationException e) {
      throw Failures.atCaller(e); // the body's: nobody else has the future
    } catch (ExecutionException e) {
      throw Failures.atCaller(e.getCause());
    }
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> responseBodyHandler) {
    return sendAsync(request, responseBodyHandler, null);
  }

  /**
   * {@inheritDoc}
   *
   * @param pushPromiseHandler never called: this client allows no pushes (RFC 9114 §4.6)
   */
  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      BodyHandler<T> responseBodyHandler,
      PushPromiseHandler<T> pushPromiseHandler) {
    return begin(
        request, responseBodyHandler, services.executor(), services.executor(), Call::start);
  }

  private <T> CompletableFuture<HttpResponse<T>> begin(
      HttpRequest request,
      BodyHandler<T> responseBodyHandler,
      Executor responses,
      Executor completions,
      Function<Call<T>, CompletableFuture<HttpResponse<T>>> start) {
    Objects.requireNonNull(responseBodyHandler, "responseBodyHandler");
    HttpRequest checked = RequestChecks.check(request);
    IOException refusal = RequestChecks.refusal(checked, settings.proxy());
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal);
    }
    Call<T> call = new Call<>(services, checked, responseBodyHandler, responses, completions);
    if (!operations.begin(call)) {
      return CompletableFuture.failedFuture(new IOException("the client was shut down"));
    }
    return start.apply(call);
  }

  /**
   * Asks for a WebTransport session and waits for it. Sessions of one origin share its connection
   * as far as the server lets them. Closing the client closes those that are open, with code 0.
   *
   * @param uri "https", the resource that the session is with
   * @throws dev.sluice.http3.session.SessionEndedException when the server refused it, or it came
   *     to another end; no redirect is followed
   * @throws IOException when no connection came about, or the server offers no WebTransport
   * @throws IllegalStateException when the client was built without {@link Builder#webTransport}
   */
  public WebTransport connect(URI uri, SessionOptions options)
      throws IOException, InterruptedException {
    CompletableFuture<WebTransport> future = connectAsync(uri, options);
    try {
      return future.get();
    } catch (InterruptedException e) {
      return despite(e, future);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof SessionEndedException ended
          ? new SessionEndedException(ended.ending())
          : Failures.atCaller(e.getCause());
    }
  }

  /** What came together with the interruption: thrown away, it would stay open for ever. */
  private static <T> T despite(InterruptedException e, CompletableFuture<T> future)
      throws InterruptedException {
    if (future.cancel(true) || future.isCompletedExceptionally()) {
      throw e;
    }
    Thread.currentThread().interrupt();
    return future.resultNow();
  }

  /** As {@link #connect}, without waiting. Cancelling the future takes the request back. */
  public CompletableFuture<WebTransport> connectAsync(URI uri, SessionOptions options) {
    if (settings.webTransport() == null) {
      throw new IllegalStateException("the client was built without WebTransport");
    }
    return sessions.send(uri, options);
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    throw new UnsupportedOperationException("WebSocket over HTTP/3 (RFC 9220) is not offered");
  }

  @Override
  public void shutdown() {
    operations.shutdown();
  }

  /**
   * {@inheritDoc} Every request fails that was not completed, also one whose content has arrived
   * and was not read: the rest of it is dropped.
   */
  @Override
  public void shutdownNow() {
    operations.shutdown();
    for (Call<?> call : operations.underWay()) {
      call.abandon(new IOException("the client was shut down"));
    }
  }

  @Override
  public boolean awaitTermination(Duration duration) throws InterruptedException {
    return operations.await(duration);
  }

  @Override
  public boolean isTerminated() {
    return operations.isTerminated();
  }

  private void terminate() {
    runtime.close(operations::terminated);
  }

  /**
   * Moves all connections to another address of this host, for example that of another network (RFC
   * 9000 §9). Requests and sessions go on meanwhile; a connection stays where it is until its
   * server has answered on the new path.
   *
   * @param local where to send from
   * @return completes when all have moved; exceptionally with the first reason why one could not,
   *     which goes on where it was. Completes on the loop's thread: what depends on it must not
   *     block
   */
  public CompletableFuture<Void> migrateAsync(InetAddress local) {
    return runtime.migrate(Objects.requireNonNull(local, "local"));
  }

  /**
   * Has all connections protect what they send with new keys as soon as that is permitted, and so
   * their servers as well (RFC 9001 §6). Connections do it by themselves before it is needed: this
   * is for those who test servers.
   */
  public void updateKeys() {
    runtime.updateKeys();
  }

  /** For people: how datagrams are moved, and which of the system's features help. */
  public String ioDescription() {
    return runtime.ioDescription();
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return Optional.ofNullable(settings.cookieHandler());
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return Optional.ofNullable(settings.connectTimeout());
  }

  @Override
  public Redirect followRedirects() {
    return settings.redirect();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return Optional.ofNullable(settings.proxy());
  }

  /** The context that was set, else the JDK's default one. */
  @Override
  public SSLContext sslContext() {
    return settings.sslContextOrDefault();
  }

  @Override
  public SSLParameters sslParameters() {
    return settings.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return Optional.ofNullable(settings.authenticator());
  }

  /** {@link Version#HTTP_2}, the latest that Java 25 can name; HTTP/3 is what is spoken. */
  @Override
  public Version version() {
    return Version.HTTP_2;
  }

  @Override
  public Optional<Executor> executor() {
    return Optional.ofNullable(settings.executor());
  }

  /** Builds clients: what {@link HttpClient.Builder} has, and what HTTP/3 adds. */
  public interface Builder extends HttpClient.Builder {
    @Override
    Builder cookieHandler(CookieHandler cookieHandler);

    @Override
    Builder connectTimeout(Duration duration);

    /**
     * {@inheritDoc} Its trust managers judge servers' certificates, unless {@link #trustManager} is
     * set.
     */
    @Override
    Builder sslContext(SSLContext sslContext);

    /**
     * {@inheritDoc} Taken from them: cipher suites, named groups and signature schemes, by their
     * standard names, where this implementation has them.
     *
     * @throws IllegalArgumentException when it has none of those that they allow
     */
    @Override
    Builder sslParameters(SSLParameters sslParameters);

    /**
     * {@inheritDoc} Without one, each task runs on a virtual thread of its own, and those of a
     * response on the thread that waits in {@code send} for it, if it does so without a timeout.
     */
    @Override
    Builder executor(Executor executor);

    @Override
    Builder followRedirects(Redirect policy);

    /** Accepts every version, and has no effect: HTTP/3 is spoken. */
    @Override
    Builder version(HttpClient.Version version);

    /** Checks the range, and has no effect: weights are HTTP/2's. */
    @Override
    Builder priority(int priority);

    /** See the notes of {@link Http3Client} on proxies. */
    @Override
    Builder proxy(ProxySelector proxySelector);

    @Override
    Builder authenticator(Authenticator authenticator);

    @Override
    Builder localAddress(InetAddress localAddr);

    /** Judges servers' certificates in place of the SSL context. */
    Builder trustManager(X509TrustManager trustManager);

    /** Has the client's certificates, for servers that ask for one. */
    Builder keyManager(X509ExtendedKeyManager keyManager);

    /**
     * Accepts every server certificate, for experiments: whoever sits on the way can read and
     * change everything.
     */
    Builder insecurelyTrustEveryone();

    /**
     * Trusts servers by the SHA-256 hashes of their certificates and by nothing else, on the terms
     * that browsers have for a page's {@code serverCertificateHashes}: an ECDSA key on P-256, and a
     * certificate that is valid for two weeks at most.
     *
     * @param sha256 of the encoded certificates, 32 bytes each, at least one
     */
    Builder serverCertificateHashes(List<byte[]> sha256);

    /** How datagrams are moved. Default: {@link IoMode#preferred()}. */
    Builder io(IoMode mode);

    /**
     * Connects to these addresses when a URI names this host and port, in place of asking the
     * resolver. The name in the URI is still the one that the certificate must have.
     *
     * @param host in any case; an IPv6 literal without brackets
     */
    Builder resolve(String host, int port, List<InetAddress> addresses);

    /** Is told every TLS secret, for decrypting captures of one's own traffic. */
    Builder keyLog(KeyLog keyLog);

    /**
     * How long a connection without traffic is kept; the server may say less.
     *
     * @param duration positive, or zero for as long as the server keeps it
     */
    Builder idleTimeout(Duration duration);

    /**
     * Limits, timeouts and so on; three streams for the peer at least (RFC 9114 §6.2). Where it has
     * the windows that QUIC has by default, the connection's is 64 MiB here from the beginning; see
     * the notes of {@link Http3Client} on content that nobody reads.
     */
    Builder quic(TransportConfig transport);

    /** Changes what the connections of a socket share: how their connection IDs are made. */
    Builder endpoint(UnaryOperator<EndpointConfig> settings);

    /**
     * One UDP socket for all connections, instead of one for each: for those who talk to thousands
     * of servers. The system does not say then when nobody listens at the other end, so that such
     * an attempt takes the whole connect timeout.
     */
    Builder sharedSocket();

    /** Gives each connection a listener to what goes on inside it. */
    Builder tracer(Supplier<Tracer> tracers);

    /** The largest response header or trailer section to accept, in bytes of RFC 9114 §4.2.2. */
    Builder maxFieldSectionSize(int bytes);

    /**
     * How long content that arrived before its connection ended waits for somebody to read from it;
     * then it is dropped, and the reader gets a {@link dev.sluice.http3.ContentDroppedException}.
     * Ten minutes by default. It does not touch a reader that goes on, nor connections that live.
     */
    Builder contentRetention(Duration retention);

    /**
     * Whether to send a request with an idempotent method (RFC 9110 §9.2.2) once more, on a new
     * connection, when the connection was lost before the response began. Not by default.
     */
    Builder retryIdempotent(boolean retry);

    /**
     * Which requests may go out as 0-RTT when a session is resumed. {@link EarlyData#NEVER} by
     * default.
     */
    Builder earlyData(EarlyData which);

    /**
     * Where sessions are remembered that later connections resume. By default in a store of the
     * client's own. One that is given may hold sessions of other clients, so that the certificate
     * of a session is judged again before it is resumed.
     */
    Builder sessions(SessionStore store);

    /**
     * Offers WebTransport on every connection, so that {@link Http3Client#connect} can be used. Not
     * by default.
     */
    Builder webTransport(WebTransportConfig config);

    /**
     * {@inheritDoc}
     *
     * @throws java.io.UncheckedIOException when the client's thread cannot be started
     */
    @Override
    Http3Client build();
  }
}
