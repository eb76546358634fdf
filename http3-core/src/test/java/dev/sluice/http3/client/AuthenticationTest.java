package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.Http3Exception;
import java.io.IOException;
import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AuthenticationTest {

  private static final HttpRequest REQUEST =
      HttpRequest.newBuilder(URI.create("https://a.test/x")).build();
  private static final HttpHeaders BASIC = challenge("Basic realm=\"here\"");
  private static final HttpHeaders NONE = HttpHeaders.of(Map.of(), (n, v) -> true);

  private int asked;

  private final Authenticator authenticator =
      new Authenticator() {
        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
          asked++;
          assertEquals("here", getRequestingPrompt());
          assertEquals("a.test", getRequestingHost());
          return new PasswordAuthentication("Aladdin", "open sesame".toCharArray());
        }
      };

  private static HttpHeaders challenge(String value) {
    return HttpHeaders.of(Map.of("www-authenticate", List.of(value)), (n, v) -> true);
  }

  @Test
  void answersABasicChallengeAndRemembersWhatWorked() throws IOException {
    Authentication authentication = new Authentication(authenticator);
    Authentication.Attempts first = new Authentication.Attempts();
    assertNull(authentication.forRequest(REQUEST, first));
    assertTrue(authentication.again(REQUEST, 401, BASIC, first));
    // RFC 7617 §2
    assertEquals("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", authentication.forRequest(REQUEST, first));
    assertFalse(authentication.again(REQUEST, 200, NONE, first));
    assertEquals(
        "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
        authentication.forRequest(REQUEST, new Authentication.Attempts()));
    assertEquals(1, asked);
    HttpRequest elsewhere = HttpRequest.newBuilder(URI.create("https://b.test/x")).build();
    assertNull(authentication.forRequest(elsewhere, first));
  }

  @Test
  void givesUpAfterThreeRefusals() throws IOException {
    Authentication authentication = new Authentication(authenticator);
    Authentication.Attempts attempts = new Authentication.Attempts();
    for (int i = 0; i < 4; i++) {
      authentication.forRequest(REQUEST, attempts);
      assertTrue(authentication.again(REQUEST, 401, BASIC, attempts));
    }
    assertThrows(Http3Exception.class, () -> authentication.again(REQUEST, 401, BASIC, attempts));
    assertEquals(4, asked);
  }

  @Test
  void leavesTheCallersOwnCredentialsAlone() throws IOException {
    Authentication authentication = new Authentication(authenticator);
    HttpRequest own =
        HttpRequest.newBuilder(REQUEST, (n, v) -> true).header("Authorization", "Bearer x").build();
    Authentication.Attempts attempts = new Authentication.Attempts();
    assertNull(authentication.forRequest(own, attempts));
    assertFalse(authentication.again(own, 401, BASIC, attempts));
    assertEquals(0, asked);
  }

  @Test
  void otherSchemesAndNoAuthenticatorAreForTheCaller() throws IOException {
    Authentication.Attempts attempts = new Authentication.Attempts();
    assertFalse(
        new Authentication(authenticator)
            .again(REQUEST, 401, challenge("Digest realm=x"), attempts));
    assertFalse(new Authentication(null).again(REQUEST, 401, BASIC, attempts));
    assertThrows(
        Http3Exception.class,
        () -> new Authentication(authenticator).again(REQUEST, 401, NONE, attempts));
  }

  @Test
  void noCredentialsIsAFailure() {
    Authentication silent = new Authentication(new Authenticator() {});
    assertThrows(
        Http3Exception.class,
        () -> silent.again(REQUEST, 401, BASIC, new Authentication.Attempts()));
  }
}
