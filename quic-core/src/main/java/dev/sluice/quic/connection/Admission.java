package dev.sluice.quic.connection;

import java.net.InetSocketAddress;

/**
 * Decides about each client that wants to open a connection, before anything is spent on it. It is
 * asked on the endpoint's thread for every Initial packet that belongs to no connection, and has to
 * be quick; with several sockets it may be asked by several threads.
 *
 * <pre>{@code
 * Admission ours = client -> blocked.contains(client.remote().getAddress())
 *     ? Admission.IGNORE
 *     : AdmissionByLoad.DEFAULT.decide(client);
 * }</pre>
 */
@FunctionalInterface
public interface Admission {

  /** The connection is opened, if its first packet turns out to be authentic. */
  Decision ACCEPT = new Decision.Accept();

  /** The client has to prove its address first. */
  Decision RETRY = new Decision.Retry();

  /** The client hears nothing. */
  Decision IGNORE = new Decision.Ignore();

  /** What becomes of a client. */
  Decision decide(Client client);

  /**
   * Who asks, and how busy the endpoint is.
   *
   * @param local the address that the client wrote to, null when the socket cannot tell
   * @param remote the address that the datagram names as its source, which may be a lie unless it
   *     is validated
   * @param addressValidated whether a token shows that the client receives what is sent there (RFC
   *     9000 §8.1)
   * @param handshaking connections of the endpoint whose handshake is not complete
   * @param established all other connections of the endpoint, those that are closing included
   */
  record Client(
      InetSocketAddress local,
      InetSocketAddress remote,
      boolean addressValidated,
      int handshaking,
      int established) {}

  /** What becomes of a client. */
  sealed interface Decision {

    /** The connection is opened, if its first packet turns out to be authentic. */
    record Accept() implements Decision {}

    /**
     * The client has to prove its address first (RFC 9000 §8.1.2). For one that has proven it this
     * is the same as {@link Accept}.
     */
    record Retry() implements Decision {}

    /**
     * The client is told CONNECTION_REFUSED.
     *
     * @param reason for people; anyone on the path can read it
     */
    record Refuse(String reason) implements Decision {}

    /** The client hears nothing, as if the datagram were lost. */
    record Ignore() implements Decision {}
  }
}
