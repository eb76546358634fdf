package dev.sluice.http3.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.sluice.http3.Http3Exception;
import dev.sluice.http3.message.Fields;
import dev.sluice.http3.server.Http3Exchange;
import dev.sluice.testkit.Requirement;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every standard publisher's bytes reach the server, which echoes them. */
@Timeout(60)
class BodyPublishersTest {

  private static final byte[] DATA = Loopback.bytes(700_000);

  private Loopback loopback;
  @TempDir Path directory;

  @BeforeEach
  void start() throws IOException {
    loopback = Loopback.of(BodyPublishersTest::echo);
  }

  @AfterEach
  void stop() {
    loopback.close();
  }

  private static void echo(Http3Exchange exchange) throws IOException {
    String length = exchange.headers().first("content-length");
    Fields fields = Fields.of("x-length", length == null ? "none" : length);
    try (InputStream in = exchange.requestBody();
        OutputStream out = exchange.respond(200, fields)) {
      in.transferTo(out);
    }
  }

  private void check(byte[] expected, String length, BodyPublisher publisher) throws Exception {
    HttpResponse<byte[]> response =
        loopback.client.send(
            loopback.request("/echo").POST(publisher).build(), BodyHandlers.ofByteArray());
    assertEquals(200, response.statusCode());
    assertEquals(length, response.headers().firstValue("x-length").orElseThrow());
    assertArrayEquals(expected, response.body());
  }

  @Test
  void noBody() throws Exception {
    check(new byte[0], "0", BodyPublishers.noBody());
  }

  @Test
  void ofString() throws Exception {
    check("Grüße".getBytes("UTF-8"), "7", BodyPublishers.ofString("Grüße"));
  }

  @Test
  void ofByteArray() throws Exception {
    check(DATA, "700000", BodyPublishers.ofByteArray(DATA));
    check(Arrays.copyOfRange(DATA, 5, 25), "20", BodyPublishers.ofByteArray(DATA, 5, 20));
  }

  @Test
  void ofByteArrays() throws Exception {
    List<byte[]> parts = new ArrayList<>();
    for (int i = 0; i < DATA.length; i += 7000) {
      parts.add(Arrays.copyOfRange(DATA, i, i + 7000));
    }
    check(DATA, "none", BodyPublishers.ofByteArrays(parts));
  }

  @Test
  void ofInputStream() throws Exception {
    check(DATA, "none", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(DATA)));
  }

  @Test
  void ofFile() throws Exception {
    Path file = directory.resolve("file");
    Files.write(file, DATA);
    check(DATA, "700000", BodyPublishers.ofFile(file));
  }

  @Test
  void fromPublisher() throws Exception {
    SubmissionPublisher<ByteBuffer> source = new SubmissionPublisher<>();
    Flow.Publisher<ByteBuffer> publisher =
        subscriber -> {
          source.subscribe(subscriber);
          Thread.startVirtualThread(
              () -> {
                try (source) {
                  for (int i = 0; i < DATA.length; i += 10_000) {
                    source.submit(ByteBuffer.wrap(DATA, i, 10_000));
                  }
                }
              });
        };
    check(DATA, "700000", BodyPublishers.fromPublisher(publisher, DATA.length));
  }

  @Test
  void fromPublisherOfDirectAndReadOnlyBuffersOfUnknownLength() throws Exception {
    ByteBuffer direct = ByteBuffer.allocateDirect(DATA.length / 2);
    direct.put(DATA, 0, DATA.length / 2).flip();
    ByteBuffer readOnly =
        ByteBuffer.wrap(DATA, DATA.length / 2, DATA.length / 2).asReadOnlyBuffer();
    check(DATA, "none", BodyPublishers.fromPublisher(publisherOf(List.of(direct, readOnly))));
  }

  @Test
  void concat() throws Exception {
    check(
        "one two".getBytes("US-ASCII"),
        "7",
        BodyPublishers.concat(
            BodyPublishers.ofString("one"),
            BodyPublishers.ofString(" "),
            BodyPublishers.ofString("two")));
  }

  @Test
  void aPublisherMustKeepToItsLength() throws Exception {
    for (long promised : new long[] {3, 5}) {
      BodyPublisher liar =
          BodyPublishers.fromPublisher(
              publisherOf(List.of(ByteBuffer.wrap(new byte[4]))), promised);
      Http3Exception failure =
          assertThrows(
              Http3Exception.class,
              () ->
                  loopback.client.send(
                      loopback.request("/echo").POST(liar).build(), BodyHandlers.discarding()));
      assertTrue(failure.getMessage().contains("publisher"), failure.getMessage());
    }
    check(DATA, "700000", BodyPublishers.ofByteArray(DATA));
  }

  @Test
  void aPublisherThatFailsFailsTheCall() throws Exception {
    BodyPublisher failing =
        BodyPublishers.ofInputStream(
            () ->
                new InputStream() {
                  @Override
                  public int read() throws IOException {
                    throw new IOException("the source is gone");
                  }
                });
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                loopback.client.send(
                    loopback.request("/echo").POST(failing).build(), BodyHandlers.discarding()));
    assertTrue(failure.toString().contains("the source is gone"), failure.toString());
  }

  /** Such as a file that somebody appends to. */
  @Test
  void aLengthIsWhatItWasWhenTheRequestWasSent() {
    Flow.Publisher<ByteBuffer> content =
        publisherOf(List.of(ByteBuffer.wrap(new byte[4]), ByteBuffer.wrap(new byte[4])));
    AtomicLong length = new AtomicLong();
    BodyPublisher growing =
        new BodyPublisher() {
          @Override
          public long contentLength() {
            return length.addAndGet(4);
          }

          @Override
          public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            content.subscribe(subscriber);
          }
        };
    Http3Exception failure =
        assertThrows(
            Http3Exception.class,
            () ->
                loopback.client.send(
                    loopback.request("/echo").POST(growing).build(), BodyHandlers.discarding()));
    assertTrue(failure.getMessage().contains("its 4 bytes"), failure.getMessage());
  }

  /** Both against the rules of {@link Flow}, and no reason to wait for ever. */
  @Test
  void aPublisherThatFailsForNoReasonOrForAnUndeclaredOneFailsTheCall() {
    List<Flow.Publisher<ByteBuffer>> all =
        List.of(
            subscriber ->
                Thread.startVirtualThread(
                    () -> assertThrows(NullPointerException.class, () -> subscriber.onError(null))),
            subscriber -> BodyPublishersTest.<RuntimeException>fail());
    for (Flow.Publisher<ByteBuffer> one : all) {
      assertThrows(
          IOException.class,
          () ->
              loopback.client.send(
                  loopback.request("/echo").POST(BodyPublishers.fromPublisher(one)).build(),
                  BodyHandlers.discarding()));
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void fail() throws E {
    throw (E) new NoSuchMethodException("mine");
  }

  @Test
  @Requirement("RFC9114-4.1#16")
  void aServerThatDoesNotWantTheBodyAnswersAllTheSame() throws Exception {
    try (Loopback refusing =
        Loopback.of(exchange -> exchange.respond(413, Fields.EMPTY, new byte[0]))) {
      Flow.Publisher<ByteBuffer> endless = EndlessPublisher.ofChunks(16 * 1024);
      HttpResponse<Void> response =
          refusing.client.send(
              refusing.request("/upload").POST(BodyPublishers.fromPublisher(endless)).build(),
              BodyHandlers.discarding());
      assertEquals(413, response.statusCode());
      assertNull(response.body());
    }
  }

  private static Flow.Publisher<ByteBuffer> publisherOf(List<ByteBuffer> buffers) {
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              private int next;

              @Override
              public void request(long n) {
                if (next < buffers.size()) {
                  subscriber.onNext(buffers.get(next++).duplicate());
                } else if (next++ == buffers.size()) {
                  subscriber.onComplete();
                }
              }

              @Override
              public void cancel() {
                next = Integer.MAX_VALUE - 1;
              }
            });
  }
}
