package dev.sluice.tls.handshake;

import dev.sluice.tls.AlertDescription;
import dev.sluice.tls.EncryptionLevel;
import dev.sluice.tls.TlsException;

/**
 * Feeds one role's state machine with the messages found in what the transport delivers, and guards
 * the levels at which they come (RFC 9001 §4.1.3).
 */
public final class MessagePump {
  private final Handshake handshake;
  private final MessageAssembler assembler = new MessageAssembler();
  private TlsException failure;

  /** A pump for this state machine. */
  public MessagePump(Handshake handshake) {
    this.handshake = handshake;
  }

  /**
   * Takes bytes of one level.
   *
   * @throws TlsException the handshake fails, now and from now on
   * @throws RuntimeException what the server's transport parameter operator has thrown, as it is
   */
  public void receive(EncryptionLevel level, byte[] bytes, int offset, int length)
      throws TlsException {
    proceed(
        () -> {
          requireLevel(level);
          assembler.append(bytes, offset, length);
          RawMessage message;
          while ((message = assembler.next(handshake)) != null) {
            handshake.handle(message);
            requireNothingLeft(level, message);
          }
        });
  }

  /** One step of the handshake. */
  @FunctionalInterface
  public interface Step {
    /** Takes it. */
    void run() throws TlsException;
  }

  /**
   * Takes a step of the handshake, after which it may have failed.
   *
   * @throws TlsException as above
   */
  public void proceed(Step step) throws TlsException {
    if (failure != null) {
      throw failure;
    }
    try {
      step.run();
    } catch (TlsException e) {
      throw fail(e);
    } catch (TransportParametersRefused e) {
      fail(new TlsException(AlertDescription.ILLEGAL_PARAMETER, e.getMessage(), e.refusal()));
      throw e.refusal();
    } catch (RuntimeException | Error e) { // of a program, say, that was asked for a key
      throw fail(
          new TlsException(
              AlertDescription.INTERNAL_ERROR, "handshake: unexpected failure: " + e, e));
    }
  }

  private void requireLevel(EncryptionLevel level) throws TlsException {
    EncryptionLevel expected = handshake.receiveLevel();
    if (level == EncryptionLevel.EARLY_DATA) {
      // RFC 9001 §8.3: there is no CRYPTO frame in 0-RTT.
      throw TlsException.protocolViolation("handshake: CRYPTO data in a 0-RTT packet");
    }
    if (level.compareTo(expected) < 0) {
      throw TlsException.protocolViolation(
          "handshake: new data at level " + level + ", which " + expected + " has replaced");
    }
    if (level.compareTo(expected) > 0) {
      throw new TlsException(
          AlertDescription.UNEXPECTED_MESSAGE,
          "handshake: data at level " + level + " while " + expected + " is not finished");
    }
  }

  /** RFC 9001 §4.1.3: a level ends with the message that brings the next one. */
  private void requireNothingLeft(EncryptionLevel level, RawMessage message) throws TlsException {
    if (handshake.receiveLevel() != level && assembler.held() > 0) {
      throw TlsException.protocolViolation(
          message.type().rfcName()
              + ": "
              + assembler.held()
              + " bytes follow it at level "
              + level);
    }
  }

  private TlsException fail(TlsException reason) {
    failure = reason;
    handshake.destroy();
    return reason;
  }
}
