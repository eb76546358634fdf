package dev.sluice.http3.client;

import dev.sluice.http3.Http3Exception;
import java.io.IOException;
import java.net.Authenticator;
import java.net.Authenticator.RequestorType;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Basic authentication (RFC 7617) by the client's {@link Authenticator}: asked when a 401 arrives,
 * and what worked is sent unasked to the same origin from then on. A request that brings its own
 * Authorization is left alone, and its 401 goes to the caller.
 */
final class Authentication {

  /** Attempts of one call with credentials that were refused; the JDK's client has the same. */
  private static final int LIMIT = 3;

  /** Origins remembered; each was configured by the caller's own requests, so a guard only. */
  private static final int REMEMBERED = 1000;

  private final Authenticator authenticator;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Origin, String> accepted = new LinkedHashMap<>();

  /**
   * @param authenticator null for none
   */
  Authentication(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  /** The state of one call: the credentials in use and how often some were refused. */
  static final class Attempts {
    private Origin origin;
    private String credentials;
    private int refused;
  }

  /** The value of Authorization for a request, or null. */
  String forRequest(HttpRequest request, Attempts attempts) {
    if (authenticator == null || request.headers().firstValue("authorization").isPresent()) {
      return null;
    }
    Origin origin = Origin.of(request.uri());
    if (origin.equals(attempts.origin)) {
      return attempts.credentials;
    }
    lock.lock();
    try {
      attempts.origin = origin;
      attempts.credentials = accepted.get(origin);
      return attempts.credentials;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Looks at a response; blocks as long as the authenticator does.
   *
   * @return whether to send the request again, with what {@link #forRequest} now gives
   * @throws IOException when credentials are wanted and there are none, or too many were refused
   */
  boolean again(HttpRequest request, int status, HttpHeaders headers, Attempts attempts)
      throws IOException {
    if (authenticator == null || request.headers().firstValue("authorization").isPresent()) {
      return false;
    }
    if (status != 401) {
      remember(attempts);
      return false;
    }
    Challenge basic = basicChallenge(headers);
    if (basic == null) {
      return false;
    }
    if (attempts.credentials != null) {
      forget(attempts);
      if (++attempts.refused > LIMIT) {
        throw new Http3Exception("too many authentication attempts, the limit is " + LIMIT);
      }
    }
    attempts.origin = Origin.of(request.uri());
    attempts.credentials = ask(request.uri(), basic);
    return true;
  }

  private static Challenge basicChallenge(HttpHeaders headers) throws Http3Exception {
    var values = headers.allValues("www-authenticate");
    if (values.isEmpty()) {
      throw new Http3Exception("a 401 response without WWW-Authenticate"); // RFC 9110 §15.5.2
    }
    for (String value : values) {
      for (Challenge challenge : Challenge.parse(value)) {
        if (challenge.scheme().equals("basic")) {
          return challenge;
        }
      }
    }
    return null;
  }

  private String ask(URI uri, Challenge challenge) throws IOException {
    PasswordAuthentication given =
        authenticator.requestPasswordAuthenticationInstance(
            uri.getHost(),
            null,
            uri.getPort(),
            uri.getScheme(),
            challenge.parameters().get("realm"),
            "Basic",
            uri.toURL(),
            RequestorType.SERVER);
    if (given == null) {
      throw new Http3Exception("no credentials for " + Origin.of(uri));
    }
    boolean utf8 = "UTF-8".equalsIgnoreCase(challenge.parameters().get("charset"));
    Charset charset = utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    String pair = given.getUserName() + ":" + new String(given.getPassword());
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(charset));
  }

  private void remember(Attempts attempts) {
    if (attempts.credentials == null) {
      return;
    }
    lock.lock();
    try {
      if (accepted.size() >= REMEMBERED && !accepted.containsKey(attempts.origin)) {
        accepted.remove(accepted.keySet().iterator().next());
      }
      accepted.put(attempts.origin, attempts.credentials);
    } finally {
      lock.unlock();
    }
  }

  private void forget(Attempts attempts) {
    lock.lock();
    try {
      accepted.remove(attempts.origin, attempts.credentials);
    } finally {
      lock.unlock();
    }
  }
}
