package dev.sluice.tools.serve;

import dev.sluice.http3.message.Fields;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Conditional requests for one state of a file (RFC 9110 §13).
 *
 * @param entityTag the strong entity tag, with its quotes
 * @param lastModified to the second
 */
record Preconditions(String entityTag, Instant lastModified) {

  /** What is to be done about a request. */
  enum Outcome {
    PROCEED,
    NOT_MODIFIED,
    FAILED
  }

  /** Evaluates the conditions of a GET or HEAD in the order of §13.2.2. */
  Outcome evaluate(Fields request) {
    List<String> match = request.all("if-match");
    if (!match.isEmpty()) {
      if (!anyTag(match, false)) {
        return Outcome.FAILED;
      }
    } else if (date(request, "if-unmodified-since").map(lastModified::isAfter).orElse(false)) {
      return Outcome.FAILED;
    }
    List<String> noneMatch = request.all("if-none-match");
    if (!noneMatch.isEmpty()) {
      return anyTag(noneMatch, true) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }
    boolean unchanged =
        date(request, "if-modified-since").map(since -> !lastModified.isAfter(since)).orElse(false);
    return unchanged ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
  }

  /** Whether a Range field counts: there is no If-Range, or it names this very state (§13.1.5). */
  boolean rangeApplies(Fields request) {
    Optional<String> condition = Optional.ofNullable(request.first("if-range")).map(String::strip);
    return condition.isEmpty()
        || condition.get().equals(entityTag)
        // A date counts only when it is exactly ours.
        || HttpDate.parse(condition.get()).map(lastModified::equals).orElse(false);
  }

  private boolean anyTag(List<String> fields, boolean weak) {
    return fields.stream()
        .flatMap(field -> List.of(field.split(",")).stream())
        .map(String::strip)
        .anyMatch(
            tag ->
                tag.equals("*") || tag.equals(entityTag) || weak && tag.equals("W/" + entityTag));
  }

  private static Optional<Instant> date(Fields request, String field) {
    return Optional.ofNullable(request.first(field)).flatMap(HttpDate::parse);
  }
}
