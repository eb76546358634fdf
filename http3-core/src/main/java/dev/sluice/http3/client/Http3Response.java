package dev.sluice.http3.client;

import dev.sluice.http3.ConnectionInfo;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;

/**
 * A response that came over HTTP/3: every response of an {@link Http3Client} is one.
 *
 * <p>{@link #version()} returns {@link java.net.http.HttpClient.Version#HTTP_2}, since the enum of
 * Java 25 has no constant for HTTP/3; {@link #connection()} tells the truth, and so does the type.
 *
 * @param <T> the type of the body
 */
public interface Http3Response<T> extends HttpResponse<T> {

  /** The connection that the response came on, as it was when the response's headers arrived. */
  ConnectionInfo connection();

  /**
   * The trailer section (RFC 9114 §4.1). Completes when the body has been received whole, with
   * empty headers when there is no trailer section, and with the exception that ended the response
   * when it was cut short. A body that nobody reads never completes it. What depends on it runs on
   * the client's executor, and may wait for the body.
   */
  CompletableFuture<HttpHeaders> trailers();
}
