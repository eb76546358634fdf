package dev.sluice.tools.get;

import dev.sluice.http3.ConnectionInfo;
import dev.sluice.http3.client.Http3Response;
import dev.sluice.http3.client.Location;
import dev.sluice.tools.CommandException;
import dev.sluice.tools.ExitCode;
import dev.sluice.tools.Failures;
import dev.sluice.tools.Version;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One URL from the request to the last byte, through its redirects. Runs on one thread. */
final class Transfer {
  private static final int MAX_REDIRECTS = 50;
  private static final int CHUNK = 1 << 16;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final HttpClient client;
  private final GetOptions options;
  private final Output output;
  private final Report report;
  private final Progress progress;

  Transfer(HttpClient client, GetOptions options, Output output, Report report, Progress progress) {
    this.client = client;
    this.options = options;
    this.output = output;
    this.report = report;
    this.progress = progress;
  }

  /**
   * Fetches.
   *
   * @throws CommandException it came to another end; what was received until then is written
   */
  void run(TransferUrl start, RequestContent firstContent)
      throws CommandException, InterruptedException {
    URI uri = start.uri();
    RequestContent content = firstContent;
    String method = options.method(content);
    for (int redirects = 0; ; redirects++) {
      report.requesting(method, uri, redirects);
      HttpResponse<InputStream> response = send(request(uri, method, content, start), content);
      try (InputStream body = response.body()) {
        report.responding(response);
        URI next = options.location ? redirect(uri, response) : null;
        if (options.fail && response.statusCode() >= 400) {
          throw new CommandException(
              ExitCode.HTTP_ERROR, "the server answered with " + response.statusCode());
        }
        if (options.include || options.head) {
          byte[] head = head(response).getBytes(StandardCharsets.ISO_8859_1);
          output.write(head, 0, head.length);
        }
        if (next == null) {
          receive(body, response, content);
          return;
        }
        if (redirects == MAX_REDIRECTS) {
          throw new CommandException(
              ExitCode.TOO_MANY_REDIRECTS, "more than " + MAX_REDIRECTS + " redirects");
        }
        uri = next;
        // RFC 9110 §15.4: with 303 always, with 301 and 302 as every client has done it for POST.
        int status = response.statusCode();
        if (status == 303 && !method.equals("HEAD")
            || (status == 301 || status == 302) && method.equals("POST")) {
          method = "GET";
          content = RequestContent.NONE;
        }
      } catch (IOException e) {
        throw Failures.of(e, uri.getHost(), content != RequestContent.NONE);
      }
    }
  }

  private HttpResponse<InputStream> send(HttpRequest request, RequestContent content)
      throws CommandException, InterruptedException {
    report.verbose(() -> List.of(requestHead(request)));
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw Failures.of(e, request.uri().getHost(), content != RequestContent.NONE);
    }
  }

  private HttpRequest request(URI uri, String method, RequestContent content, TransferUrl start)
      throws CommandException {
    RequestFields fields = options.fields();
    fields.addDefault("accept", "*/*");
    fields.addDefault("user-agent", "sluice/" + Version.number());
    if (content.contentType() != null) {
      fields.addDefault("content-type", content.contentType());
    }
    if (start.authorization() != null) {
      fields.addDefault("authorization", start.authorization());
    }
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri)
              .method(
                  method,
                  content == RequestContent.NONE ? BodyPublishers.noBody() : content.publisher());
      for (Map.Entry<String, String> field : fields.all()) {
        // Credentials are for the server that they were given for, and so is another name for it.
        boolean secret = Set.of("authorization", "cookie", "host").contains(field.getKey());
        if (!secret || uri.getAuthority().equals(start.uri().getAuthority())) {
          request.header(field.getKey(), field.getValue());
        }
      }
      return request.build();
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  /** Credentials in what the server names are its own idea (RFC 9110 §4.2.4): they are not sent. */
  private static URI redirect(URI from, HttpResponse<?> response) throws CommandException {
    String location = response.headers().firstValue("location").orElse(null);
    if (location == null || !REDIRECTS.contains(response.statusCode())) {
      return null;
    }
    try {
      return TransferUrl.parse(Location.target(from, location).toString()).uri();
    } catch (IllegalArgumentException e) {
      throw new CommandException(
          ExitCode.MALFORMED_URL, "the server redirects to a malformed URL: " + location, e);
    }
  }

  private void receive(InputStream body, HttpResponse<?> response, RequestContent content)
      throws CommandException {
    progress.expect(response.headers().firstValueAsLong("content-length").orElse(-1));
    byte[] chunk = new byte[CHUNK];
    while (true) {
      int read;
      boolean more;
      try {
        read = body.read(chunk);
        more = body.available() > 0;
      } catch (IOException e) {
        output.flush();
        throw Failures.of(e, response.uri().getHost(), content != RequestContent.NONE);
      }
      if (read < 0) {
        break;
      }
      output.write(chunk, 0, read);
      report.received(read);
      progress.received(read);
      if (!more) {
        // Somebody may be watching a slow response.
        output.flush();
      }
    }
    output.finish();
    report.verbose(() -> List.of("* " + report.bytes() + " bytes received"));
  }

  private static String requestHead(HttpRequest request) {
    URI uri = request.uri();
    StringBuilder head = new StringBuilder();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    head.append("> ").append(request.method()).append(' ').append(uri.getRawPath()).append(query);
    head.append(" HTTP/3\n> host: ").append(uri.getAuthority());
    request
        .headers()
        .map()
        .forEach((name, values) -> values.forEach(v -> head.append("\n> " + name + ": " + v)));
    return head.append("\n>").toString();
  }

  /** The header section as {@code -i} shows it and {@code -v} does after "< ". */
  static String head(HttpResponse<?> response) {
    StringBuilder head = new StringBuilder("HTTP/3 " + response.statusCode() + " \r\n");
    response
        .headers()
        .map()
        .forEach((name, values) -> values.forEach(v -> head.append(name + ": " + v + "\r\n")));
    return head.append("\r\n").toString();
  }

  /** The connection that a response came on; null for a response of another client. */
  static ConnectionInfo connection(HttpResponse<?> response) {
    return response instanceof Http3Response<?> ours ? ours.connection() : null;
  }
}
