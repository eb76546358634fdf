package dev.sluice.http3.session;

import dev.sluice.http3.ContentDroppedException;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.webtransport.SessionEnding;
import dev.sluice.http3.webtransport.SessionStatistics;
import dev.sluice.http3.webtransport.SessionStream;
import dev.sluice.http3.webtransport.WebTransportSession;
import dev.sluice.quic.io.DatagramShelf;
import dev.sluice.quic.io.HandOver;
import dev.sluice.quic.io.UnreadContent;
import dev.sluice.quic.io.Waiters;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * What lies between a session on the loop and the threads that use it. Methods named "on..." and
 * those that say so belong to the loop.
 */
final class SessionHandle {
  private final WebTransportDriver driver;
  private final WebTransportSession session;
  private final WebTransport face = new WebTransport(this);
  private final HandOver<WebTransportStream> bidi = new HandOver<>(this::onTaken);
  private final HandOver<WebTransportStream> uni = new HandOver<>(this::onTaken);
  private final DatagramShelf unreadDatagrams;
  private final HandOver<byte[]> datagrams;
  private final CompletableFuture<Void> draining = new CompletableFuture<>();
  private final CompletableFuture<SessionEnding> closed = new CompletableFuture<>();
  private final CompletableFuture<WebTransport> established = new CompletableFuture<>();

  // Loop only.
  private final Set<WebTransportStream> streams = new HashSet<>();
  private final Waiters<WebTransportStream> bidiWanted = new Waiters<>();
  private final Waiters<WebTransportStream> uniWanted = new Waiters<>();

  private final UnreadContent unread;
  private final Supplier<IOException> dropped;

  private volatile SessionStatistics lastStatistics;
  private volatile Fields responseFields = Fields.EMPTY;
  private volatile String protocol;

  SessionHandle(WebTransportDriver driver, WebTransportSession session) {
    this.driver = driver;
    this.session = session;
    unreadDatagrams = new DatagramShelf(driver.datagramLimits().queue());
    datagrams = new HandOver<>(unreadDatagrams, taken -> {});
    unread = new UnreadContent(driver.loop().retention());
    Duration limit = driver.loop().retention().limit();
    dropped = () -> new ContentDroppedException(limit);
    session.attach(this);
  }

  WebTransportSession session() {
    return session;
  }

  Fields responseFields() {
    return responseFields;
  }

  String protocol() {
    return protocol;
  }

  CompletableFuture<Void> draining() {
    return draining;
  }

  CompletableFuture<SessionEnding> closed() {
    return closed;
  }

  /** The session for its user, once it is established. */
  CompletableFuture<WebTransport> established() {
    return established;
  }

  void onLoop(Runnable task) {
    driver.onLoop(task);
  }

  /**
   * Waits for a result.
   *
   * @throws IllegalStateException on the loop, which would wait for itself
   */
  <T> T await(CompletableFuture<T> result) throws IOException {
    if (!result.isDone() && driver.isLoop(Thread.currentThread())) {
      throw new IllegalStateException(
          "this would block the connection's own thread; use the asynchronous method there");
    }
    return Waiting.on(result);
  }

  /**
   * Asks the loop.
   *
   * @param afterwards the answer when the loop is no more
   */
  <T> CompletableFuture<T> ask(Supplier<T> question, Supplier<T> afterwards) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (!driver.onLoop(() -> answer(question, answer))) {
      answer(afterwards, answer);
    }
    return answer;
  }

  private static <T> void answer(Supplier<T> question, CompletableFuture<T> answer) {
    try {
      answer.complete(question.get());
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  private IOException gone() {
    SessionEnding ending = closed.getNow(null);
    return ending == null
        ? new IOException("the connection's loop has ended")
        : new SessionEndedException(ending);
  }

  // ---- streams ----

  CompletableFuture<WebTransportStream> open(boolean bidirectional) {
    CompletableFuture<WebTransportStream> opened = new CompletableFuture<>();
    boolean accepted =
        driver.onLoop(
            () -> {
              wanted(bidirectional).add(opened);
              openWanted(bidirectional);
            });
    if (!accepted) {
      opened.completeExceptionally(gone());
    }
    return opened;
  }

  private Waiters<WebTransportStream> wanted(boolean bidirectional) {
    return bidirectional ? bidiWanted : uniWanted;
  }

  /** Loop: opens what somebody waits for, as far as the limits allow. */
  void openWanted(boolean bidirectional) {
    Waiters<WebTransportStream> wanted = wanted(bidirectional);
    for (CompletableFuture<WebTransportStream> next = wanted.first();
        next != null;
        next = wanted.first()) {
      if (session.ending() != null) {
        next.completeExceptionally(new SessionEndedException(session.ending()));
        continue;
      }
      SessionStream stream = bidirectional ? session.openBidi() : session.openUni();
      if (stream == null) {
        return; // StreamsAvailable follows
      }
      WebTransportStream opened = add(stream);
      start(opened);
      if (!next.complete(opened)) {
        opened.abandon();
      }
    }
  }

  private WebTransportStream add(SessionStream stream) {
    WebTransportStream added =
        new WebTransportStream(
            driver, stream, content -> unread.add(content, dropped), streams::remove);
    stream.attach(added);
    streams.add(added);
    return added;
  }

  private static void start(WebTransportStream stream) {
    if (stream.inlet() != null) {
      stream.inlet().start();
    }
  }

  CompletableFuture<WebTransportStream> accept(boolean bidirectional) {
    return (bidirectional ? bidi : uni).take();
  }

  /** Any thread: what has arrived on a stream goes to whoever has accepted it. */
  private void onTaken(WebTransportStream stream) {
    driver.onLoop(() -> start(stream));
  }

  void onOpened(SessionStream stream) {
    (stream.isBidirectional() ? bidi : uni).put(add(stream));
  }

  // ---- datagrams ----

  CompletableFuture<byte[]> receiveDatagram() {
    return datagrams.take();
  }

  /** Whoever reads need not come to the loop for each. */
  void onDatagrams() {
    for (byte[] next = session.nextDatagram(System.nanoTime());
        next != null;
        next = session.nextDatagram(System.nanoTime())) {
      datagrams.put(next);
    }
  }

  /** Loop: what the session has carried, with what was dropped behind it. */
  SessionStatistics statistics() {
    return session.statistics().plusDroppedUnread(unreadDatagrams.dropped());
  }

  /** As it was at the end. */
  SessionStatistics lastStatistics() {
    return lastStatistics;
  }

  // ---- the course of the session ----

  void onEstablished() {
    responseFields = session.response().fields();
    protocol = session.protocol();
    established.complete(face);
  }

  void onDraining() {
    draining.complete(null);
  }

  /** Everything that arrived goes to those who use it, and then the ending. */
  void onEnded(SessionEnding ending) {
    onDatagrams();
    for (WebTransportStream stream : List.copyOf(streams)) {
      if (stream.inlet() != null) {
        stream.inlet().fillAll();
      }
      if (stream.outlet() != null) {
        stream.outlet().onEnded();
      }
    }
    streams.clear();
    lastStatistics = statistics();
    unread.onEnd();
    openWanted(true);
    openWanted(false);
    closed.complete(ending);
    Supplier<IOException> failure = () -> new SessionEndedException(ending);
    bidi.end(failure);
    uni.end(failure);
    datagrams.end(failure);
    driver.loop().retention().hold(datagrams, dropped);
    established.completeExceptionally(new SessionEndedException(ending));
  }
}
