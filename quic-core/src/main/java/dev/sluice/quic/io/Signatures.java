package dev.sluice.quic.io;

import dev.sluice.quic.connection.Connection;
import dev.sluice.tls.SignatureRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.GeneralSecurityException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Has an executor sign for the connections of a socket, so that their event loop goes on with the
 * others meanwhile. For the loop's thread.
 */
final class Signatures {
  private static final Logger LOG = System.getLogger(Signatures.class.getName());

  private final EventLoop loop;
  private final Consumer<Connection> wake;

  /** Where signatures are made; on the loop's thread unless somebody said otherwise. */
  private Executor executor = Runnable::run;

  /**
   * @param wake gives a connection its turn
   */
  Signatures(EventLoop loop, Consumer<Connection> wake) {
    this.loop = loop;
    this.wake = wake;
  }

  void on(Executor another) {
    executor = another;
  }

  /** Has made what the connection wants signed, if it does. */
  void attendTo(Connection connection) {
    SignatureRequest request = connection.signing().poll();
    if (request == null) {
      return;
    }
    Runnable work = () -> bring(connection, signature(request));
    try {
      executor.execute(work);
    } catch (RuntimeException | Error e) {
      // It is shut down, has too much to do, no thread, or a fault: better late than never.
      work.run();
    }
  }

  private static byte[] signature(SignatureRequest request) {
    try {
      return request.sign();
    } catch (GeneralSecurityException | RuntimeException | Error e) {
      LOG.log(Level.ERROR, "the key of " + request.identity() + " does not sign", e);
      return null;
    }
  }

  private void bring(Connection connection, byte[] signature) {
    try {
      loop.execute(
          () -> {
            connection.signing().signed(signature, loop.now());
            wake.accept(connection);
          });
    } catch (RejectedExecutionException e) {
      // The loop has ended, and with it the connection.
    }
  }
}
