package dev.sluice.qpack;

import java.util.ArrayList;
import java.util.List;

/**
 * The static table (RFC 9204 §3.1, Appendix A): 99 lines that every endpoint knows, found by index
 * or by content.
 */
final class StaticTable {
  /** Appendix A in order, the name up to the first blank. */
  private static final String APPENDIX_A =
      """
      :authority
      :path /
      age 0
      content-disposition
      content-length 0
      cookie
      date
      etag
      if-modified-since
      if-none-match
      last-modified
      link
      location
      referer
      set-cookie
      :method CONNECT
      :method DELETE
      :method GET
      :method HEAD
      :method OPTIONS
      :method POST
      :method PUT
      :scheme http
      :scheme https
      :status 103
      :status 200
      :status 304
      :status 404
      :status 503
      accept */*
      accept application/dns-message
      accept-encoding gzip, deflate, br
      accept-ranges bytes
      access-control-allow-headers cache-control
      access-control-allow-headers content-type
      access-control-allow-origin *
      cache-control max-age=0
      cache-control max-age=2592000
      cache-control max-age=604800
      cache-control no-cache
      cache-control no-store
      cache-control public, max-age=31536000
      content-encoding br
      content-encoding gzip
      content-type application/dns-message
      content-type application/javascript
      content-type application/json
      content-type application/x-www-form-urlencoded
      content-type image/gif
      content-type image/jpeg
      content-type image/png
      content-type text/css
      content-type text/html; charset=utf-8
      content-type text/plain
      content-type text/plain;charset=utf-8
      range bytes=0-
      strict-transport-security max-age=31536000
      strict-transport-security max-age=31536000; includesubdomains
      strict-transport-security max-age=31536000; includesubdomains; preload
      vary accept-encoding
      vary origin
      x-content-type-options nosniff
      x-xss-protection 1; mode=block
      :status 100
      :status 204
      :status 206
      :status 302
      :status 400
      :status 403
      :status 421
      :status 425
      :status 500
      accept-language
      access-control-allow-credentials FALSE
      access-control-allow-credentials TRUE
      access-control-allow-headers *
      access-control-allow-methods get
      access-control-allow-methods get, post, options
      access-control-allow-methods options
      access-control-expose-headers content-length
      access-control-request-headers content-type
      access-control-request-method get
      access-control-request-method post
      alt-svc clear
      authorization
      content-security-policy script-src 'none'; object-src 'none'; base-uri 'none'
      early-data 1
      expect-ct
      forwarded
      if-range
      origin
      purpose prefetch
      server
      timing-allow-origin *
      upgrade-insecure-requests 1
      user-agent
      x-forwarded-for
      x-frame-options deny
      x-frame-options sameorigin
      """;

  private static final FieldLine[] LINES = lines();

  /** For each name the index of its first line. */
  private static final int[] NAMES = firstOfEachName();

  private static final PerfectHash BY_NAME = new PerfectHash(nameHashes());
  private static final PerfectHash BY_LINE = new PerfectHash(lineHashes());

  private StaticTable() {}

  /** The line with this index, or null when the table has none. */
  static FieldLine line(long index) {
    return index >= 0 && index < LINES.length ? LINES[(int) index] : null;
  }

  /** The lowest index that has this name, or -1. */
  static int findName(String name) {
    int place = BY_NAME.find(name.hashCode());
    return place >= 0 && LINES[NAMES[place]].name().equals(name) ? NAMES[place] : -1;
  }

  /** The index of the line, or -1. */
  static int findLine(String name, String value) {
    int index = BY_LINE.find(lineHash(name, value));
    if (index < 0) {
      return -1;
    }
    FieldLine line = LINES[index];
    return line.value().equals(value) && line.name().equals(name) ? index : -1;
  }

  private static FieldLine[] lines() {
    return APPENDIX_A
        .lines()
        .map(row -> row.split(" ", 2))
        .map(parts -> new FieldLine(parts[0], parts.length == 2 ? parts[1] : ""))
        .toArray(FieldLine[]::new);
  }

  private static int[] firstOfEachName() {
    List<String> seen = new ArrayList<>();
    List<Integer> first = new ArrayList<>();
    for (int i = 0; i < LINES.length; i++) {
      if (!seen.contains(LINES[i].name())) {
        seen.add(LINES[i].name());
        first.add(i);
      }
    }
    return first.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int[] nameHashes() {
    int[] hashes = new int[NAMES.length];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = LINES[NAMES[i]].name().hashCode();
    }
    return hashes;
  }

  private static int[] lineHashes() {
    int[] hashes = new int[LINES.length];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = lineHash(LINES[i].name(), LINES[i].value());
    }
    return hashes;
  }

  /** Strings remember their hash, so this costs little for a line that is encoded again. */
  static int lineHash(String name, String value) {
    return name.hashCode() * 31 + value.hashCode();
  }
}
