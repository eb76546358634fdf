package dev.sluice.http3.capsule;

/** Decides about each capsule before its value is read. */
@FunctionalInterface
public interface CapsuleGate {
  /**
   * Whether to hold a capsule's value; otherwise it is read past and never held, as it must be for
   * an unknown type (RFC 9297 §3.2), and should be for one too large to be of use (§3.5).
   *
   * @param length of the value in bytes, 0 to 2^62-1; one that is held counts against memory
   * @throws dev.sluice.http3.message.MalformedMessageException when a capsule of this type cannot
   *     have this length
   */
  boolean keep(long type, long length);
}
