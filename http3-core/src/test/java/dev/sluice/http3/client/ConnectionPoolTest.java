package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.sluice.http3.message.Fields;
import dev.sluice.http3.message.RequestHead;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a pool does beside its loop. */
@Timeout(60)
class ConnectionPoolTest {
  private static final RequestHead HEAD =
      RequestHead.of("GET", "https", "a.test", "/", Fields.EMPTY);

  /** The JDK's resolver may be a program's own. */
  @Test
  void aResolverThatFailsWithAnErrorFailsThoseWhoWait() throws Exception {
    CompletableFuture<Object> failure = new CompletableFuture<>();
    Attempt.Listener listener =
        (Attempt.Listener)
            Proxy.newProxyInstance(
                Attempt.Listener.class.getClassLoader(),
                new Class<?>[] {Attempt.Listener.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("onFailed")) {
                    failure.complete(arguments[2]);
                  }
                  return null;
                });
    Executor here = Runnable::run;
    ConnectionPool pool =
        new ConnectionPool(
            here,
            origin -> {
              throw new NoClassDefFoundError("on purpose");
            },
            (origin, address, progress) -> () -> {},
            null);
    pool.submit(
        new Origin("a.test", 443), new Attempt(HEAD, null, null, listener, here, here, here));
    IOException told = assertInstanceOf(IOException.class, failure.get());
    assertInstanceOf(NoClassDefFoundError.class, told.getCause());
  }

  /** A client may end while names are still being resolved. */
  @Test
  void aNameThatIsResolvedTooLateConcernsNobody() throws Exception {
    Executor ended =
        task -> {
          throw new RejectedExecutionException("the loop has ended");
        };
    CompletableFuture<Thread> resolving = new CompletableFuture<>();
    ConnectionPool pool =
        new ConnectionPool(
            ended,
            origin -> {
              resolving.complete(Thread.currentThread());
              return List.of(InetAddress.getLoopbackAddress());
            },
            (origin, address, listener) -> () -> {},
            null);
    Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    Thread.UncaughtExceptionHandler usual = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
    try {
      pool.submit(
          new Origin("a.test", 443), new Attempt(HEAD, null, null, null, ended, ended, ended));
      resolving.get().join();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(usual);
    }
    assertEquals(List.of(), List.copyOf(uncaught));
  }
}
