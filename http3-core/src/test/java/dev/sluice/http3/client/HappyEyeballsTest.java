package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HappyEyeballsTest implements HappyEyeballs.Outcome<String> {

  private static final List<InetSocketAddress> THREE =
      Stream.of(1, 2, 3).map(port -> new InetSocketAddress("127.0.0.1", port)).toList();

  private final Map<Integer, HappyEyeballs.Progress<String>> dialled = new LinkedHashMap<>();
  private final List<Integer> abandoned = new ArrayList<>();
  private String winner;
  private HappyEyeballs.Failure failure;
  private final CountDownLatch decided = new CountDownLatch(1);

  @Override
  public void onConnected(String connection) {
    assertNull(winner);
    winner = connection;
    decided.countDown();
  }

  @Override
  public void onFailed(HappyEyeballs.Failure why) {
    assertNull(failure);
    failure = why;
    decided.countDown();
  }

  private Runnable dial(InetSocketAddress address, HappyEyeballs.Progress<String> progress) {
    dialled.put(address.getPort(), progress);
    return () -> abandoned.add(address.getPort());
  }

  private static HappyEyeballs.Failure because(IOException exception) {
    return new HappyEyeballs.Failure(null, exception);
  }

  @Test
  void theFirstThatAnswersWinsAndTheOthersAreGivenUp() throws Exception {
    ExecutorService loop = Executors.newSingleThreadExecutor();
    try (loop) {
      HappyEyeballs<String> race =
          new HappyEyeballs<>(
              THREE,
              (address, progress) -> {
                Runnable abandon = dial(address, progress);
                if (address.getPort() == 2) {
                  loop.execute(() -> progress.connected("two"));
                }
                return abandon;
              },
              loop,
              this);
      // The first address stays silent, so the second gets its turn by the stagger alone.
      loop.execute(race::start);
      decided.await();
    }
    assertEquals("two", winner);
    assertEquals(List.of(1, 2), List.copyOf(dialled.keySet()));
    assertEquals(List.of(1), abandoned);
    dialled.get(1).connected("one"); // too late
    assertEquals("two", winner);
  }

  @Test
  void aFailureStartsTheNextAtOnceAndTheMostTellingIsReported() {
    HappyEyeballs<String> race = new HappyEyeballs<>(THREE, this::dial, Runnable::run, this);
    race.start();
    assertEquals(1, dialled.size());
    dialled.get(1).failed(because(new ConnectException("refused")));
    assertEquals(2, dialled.size());
    IOException telling = new SSLHandshakeException("expired");
    dialled.get(2).failed(because(telling));
    dialled.get(3).failed(because(new ConnectException("refused, too")));
    assertSame(telling, failure.exception());
    assertEquals(List.of(), abandoned);
  }

  @Test
  void whatCannotEvenBeginCountsAsAFailure() {
    new HappyEyeballs<String>(
            THREE,
            (address, progress) -> {
              throw new IOException("no route to " + address.getPort());
            },
            Runnable::run,
            this)
        .start();
    assertEquals("no route to 1", failure.exception().getMessage());
  }

  @Test
  void whatThrowsInTheAttemptDoesToo() {
    new HappyEyeballs<String>(
            THREE,
            (address, progress) -> {
              throw new IllegalStateException("no trust in " + address.getPort());
            },
            Runnable::run,
            this)
        .start();
    assertEquals("no trust in 1", failure.exception().getCause().getMessage());
  }

  @Test
  void soDoesAnError() {
    new HappyEyeballs<String>(
            THREE,
            (address, progress) -> {
              throw new NoClassDefFoundError("no trust manager for " + address.getPort());
            },
            Runnable::run,
            this)
        .start();
    assertEquals("no trust manager for 1", failure.exception().getCause().getMessage());
  }

  @Test
  void noAddressIsAFailure() {
    new HappyEyeballs<String>(List.of(), this::dial, Runnable::run, this).start();
    assertEquals(ConnectException.class, failure.exception().getClass());
  }

  @Test
  void anAbortedRaceTellsNobody() {
    HappyEyeballs<String> race = new HappyEyeballs<>(THREE, this::dial, Runnable::run, this);
    race.start();
    race.abort();
    assertEquals(List.of(1), abandoned);
    dialled.get(1).failed(because(new IOException()));
    dialled.get(1).connected("one");
    assertNull(winner);
    assertNull(failure);
  }

  @Test
  void familiesTakeTurns() throws UnknownHostException {
    InetAddress a6 = InetAddress.getByName("::1");
    InetAddress b6 = InetAddress.getByName("::2");
    InetAddress c6 = InetAddress.getByName("::3");
    InetAddress a4 = InetAddress.getByName("127.0.0.1");
    InetAddress b4 = InetAddress.getByName("127.0.0.2");
    assertEquals(List.of(a6, a4, b6, b4, c6), AddressOrder.interleave(List.of(a6, b6, c6, a4, b4)));
    assertEquals(List.of(a4, a6, b4), AddressOrder.interleave(List.of(a4, b4, a6)));
    assertEquals(List.of(), AddressOrder.interleave(List.of()));
  }
}
