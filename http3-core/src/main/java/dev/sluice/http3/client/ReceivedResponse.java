package dev.sluice.http3.client;

import dev.sluice.http3.ConnectionInfo;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSession;

/** The response of an {@link Http3Client}. */
record ReceivedResponse<T>(
    HttpRequest request,
    int statusCode,
    HttpHeaders headers,
    T body,
    HttpResponse<T> previous,
    ConnectionInfo connection,
    Trailers received)
    implements Http3Response<T> {

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return Optional.ofNullable(previous);
  }

  @Override
  public Optional<SSLSession> sslSession() {
    Origin origin = Origin.of(request.uri());
    return Optional.of(new SessionView(connection, origin.host(), origin.port()));
  }

  @Override
  public CompletableFuture<HttpHeaders> trailers() {
    return received.future();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public HttpClient.Version version() {
    return HttpClient.Version.HTTP_2;
  }

  @Override
  public Optional<String> connectionLabel() {
    return Optional.of(connection.label());
  }

  @Override
  public String toString() {
    return "(" + request.method() + " " + request.uri() + ") " + statusCode;
  }
}
