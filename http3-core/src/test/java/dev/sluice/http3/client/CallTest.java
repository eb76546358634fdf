package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/** What the attempts of a call tell it, one after the other and all at once. */
class CallTest {
  private static final RequestHead HEAD =
      RequestHead.of("POST", "https", "a.test", "/", Fields.EMPTY);

  private final List<String> ends = new ArrayList<>();
  private final List<Runnable> loop = new ArrayList<>();
  private final Executor here = Runnable::run;
  private final Operations operations = new Operations(() -> ends.add("all calls"));
  private final CallServices services =
      new CallServices(
          loop::add,
          here,
          null,
          operations,
          new Cookies(null),
          new Authentication(null),
          Redirect.NORMAL,
          EarlyData.NEVER,
          false);
  private final Call<Void> call =
      new Call<>(
          services,
          HttpRequest.newBuilder(URI.create("https://a.test/")).build(),
          BodyHandlers.discarding(),
          here,
          here);

  /** The content of a request may go on being sent when its redirect is followed already. */
  @Test
  void aPublisherThatFailsAfterARedirectDoesNotEndTheCall() {
    operations.begin(call);
    call.start();
    Attempt before = new Attempt(HEAD, null, null, call, loop::add, here, here);
    call.onPublisherFailed(before, new IOException("the source is gone"));
    operations.shutdown();
    assertEquals(List.of(), ends);
    assertEquals(List.of(call), operations.underWay());
  }
}
