package dev.sluice.http3.message;

import java.util.List;

/** Whether a request's pseudo-header fields make up a target (RFC 9114 §4.3.1, §4.4). */
final class RequestTarget {
  private RequestTarget() {}

  /**
   * Checks method and target.
   *
   * @return the head, with its authority taken from Host when there was no :authority
   * @throws MalformedMessageException when they do not make a request
   */
  static RequestHead check(RequestHead head) {
    if (!FieldRules.isToken(head.method())) {
      throw new MalformedMessageException(":method is not a token");
    }
    if (head.protocol() != null) {
      checkExtendedConnect(head);
    } else if (head.isConnect()) {
      checkConnect(head);
      return checkHost(head);
    }
    checkScheme(head.scheme());
    if (head.path() == null) {
      throw new MalformedMessageException("no :path");
    }
    if (isHttp(head.scheme())) {
      checkPath(head.path(), head.method());
    } else {
      checkPathCharacters(head.path());
    }
    RequestHead withAuthority = checkHost(head);
    if (isHttp(head.scheme()) && withAuthority.authority() == null) {
      throw new MalformedMessageException("neither :authority nor host");
    }
    return withAuthority;
  }

  /** RFC 9114 §4.4. */
  private static void checkConnect(RequestHead head) {
    if (head.scheme() != null || head.path() != null) {
      throw new MalformedMessageException("CONNECT with :scheme or :path");
    }
    if (head.authority() == null) {
      throw new MalformedMessageException("CONNECT without :authority");
    }
    Authority.checkWithPort(head.authority());
  }

  /** RFC 8441 §4, which RFC 9220 §3 takes over. */
  private static void checkExtendedConnect(RequestHead head) {
    if (!head.isConnect()) {
      throw new MalformedMessageException(":protocol with a method other than CONNECT");
    }
    if (!FieldRules.isToken(head.protocol())) {
      throw new MalformedMessageException(":protocol is not a token");
    }
    if (head.authority() == null) {
      throw new MalformedMessageException("extended CONNECT without :authority");
    }
  }

  /** Host and :authority must agree when both are there, and each must not be empty. */
  private static RequestHead checkHost(RequestHead head) {
    List<String> hosts = head.fields().all("host");
    if (hosts.size() > 1) {
      throw new MalformedMessageException("host twice");
    }
    if (head.authority() != null) {
      Authority.check(head.authority());
    }
    if (hosts.isEmpty()) {
      return head;
    }
    String host = hosts.getFirst();
    if (head.authority() == null) {
      Authority.check(host);
      return new RequestHead(
          head.method(), head.scheme(), host, head.path(), head.protocol(), head.fields());
    }
    if (!host.equalsIgnoreCase(head.authority())) {
      throw new MalformedMessageException(":authority and host differ");
    }
    return head;
  }

  private static boolean isHttp(String scheme) {
    return scheme.equalsIgnoreCase("https") || scheme.equalsIgnoreCase("http");
  }

  /** RFC 3986 §3.1. */
  private static void checkScheme(String scheme) {
    if (scheme == null) {
      throw new MalformedMessageException("no :scheme");
    }
    for (int i = 0; i < scheme.length(); i++) {
      char c = scheme.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      boolean later = c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.';
      if (!letter && (i == 0 || !later)) {
        throw new MalformedMessageException(":scheme is not a scheme");
      }
    }
    if (scheme.isEmpty()) {
      throw new MalformedMessageException("empty :scheme");
    }
  }

  private static void checkPath(String path, String method) {
    if (path.equals("*") && method.equals("OPTIONS")) {
      return;
    }
    if (!path.startsWith("/")) {
      throw new MalformedMessageException(
          path.isEmpty() ? "empty :path" : ":path does not begin with a slash");
    }
    checkPathCharacters(path);
  }

  /**
   * Visible ASCII without the fragment's mark. RFC 3986 allows fewer, but browsers send some of the
   * rest as they are, and none of it can be taken for anything else.
   */
  private static void checkPathCharacters(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c <= ' ' || c >= 0x7f || c == '#') {
        throw new MalformedMessageException("character 0x" + Integer.toHexString(c) + " in :path");
      }
    }
  }
}
