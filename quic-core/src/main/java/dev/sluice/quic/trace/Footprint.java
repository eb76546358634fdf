package dev.sluice.quic.trace;

/**
 * Takes what a connection or an endpoint holds of each thing that a peer can make grow, beside the
 * most that it lets it grow to. Each part gives its own when it is asked to, so that the bounds
 * stand where they are kept; asking changes nothing, and costs about as much as there is to count.
 */
@FunctionalInterface
public interface Footprint {

  /**
   * One of the things.
   *
   * @param what its name; there may be several of a name, each with its own bound
   * @param amount how many of it, or how many bytes, there are now
   * @param most as many as there can be; more is a defect of ours
   */
  void holds(String what, long amount, long most);
}
