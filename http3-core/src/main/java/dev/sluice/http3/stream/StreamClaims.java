package dev.sluice.http3.stream;

/**
 * Which of the peer's streams belong to an extension of HTTP/3 (RFC 9114 §9). HTTP/3 itself reads
 * no further than to what tells them apart, and hands them over.
 */
public interface StreamClaims {
  /** Every stream is HTTP/3's own. */
  StreamClaims NONE =
      new StreamClaims() {
        @Override
        public boolean claimsType(long type) {
          return false;
        }

        @Override
        public boolean claimsSignal(long frameType) {
          return false;
        }

        @Override
        public boolean signalMayFollowFrames() {
          return false;
        }
      };

  /** Whether unidirectional streams of this type are the extension's. */
  boolean claimsType(long type);

  /**
   * Whether this type, where a frame's type stands, is none: it has no length, and says that the
   * rest of a bidirectional stream is the extension's.
   */
  boolean claimsSignal(long frameType);

  /** Whether unknown frames may come before a signal, or it must be the first of its stream. */
  boolean signalMayFollowFrames();

  /** Whether what was agreed on says that there is extended CONNECT, whatever its setting says. */
  default boolean impliesExtendedConnect() {
    return false;
  }
}
