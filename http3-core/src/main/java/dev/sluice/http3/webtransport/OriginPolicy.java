package dev.sluice.http3.webtransport;

import dev.sluice.http3.message.RequestHead;
import java.util.Set;

/**
 * Which web pages a server lets open sessions (§3.2). It is asked only about requests that have an
 * Origin field, which those of browsers have; the others come from programs, which could say
 * anything.
 */
@FunctionalInterface
public interface OriginPolicy {
  /** Pages of the server itself: https and the same authority. */
  OriginPolicy SAME_ORIGIN =
      (origin, request) -> origin.equalsIgnoreCase("https://" + request.authority());

  /** Any page. Whoever uses it knows the client by other means, or does not care. */
  OriginPolicy ANY = (origin, request) -> true;

  /**
   * Whether to let a page in.
   *
   * @param origin the serialized origin (RFC 6454 §6.2), "null" for an opaque one
   * @param request for the session
   */
  boolean allows(String origin, RequestHead request);

  /** Pages of these origins only, each as in {@code https://example.com:8443}. */
  static OriginPolicy oneOf(Set<String> origins) {
    Set<String> allowed = Set.copyOf(origins);
    return (origin, request) -> allowed.contains(origin);
  }
}
