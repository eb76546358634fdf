package dev.sluice.http3.connection;

import dev.sluice.http3.ending.ConnectionErrorException;
import dev.sluice.http3.ending.Http3Error;
import dev.sluice.http3.frame.CancelPushFrame;
import dev.sluice.http3.frame.GoawayFrame;
import dev.sluice.http3.frame.HeadersFrame;
import dev.sluice.http3.frame.Http3Frame;
import dev.sluice.http3.frame.MaxPushIdFrame;
import dev.sluice.http3.frame.PriorityUpdateFrame;
import dev.sluice.http3.frame.PushPromiseFrame;
import dev.sluice.http3.frame.SettingsFrame;
import dev.sluice.http3.message.Priority;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** What the frames on the peer's control stream mean (RFC 9114 §7.2, RFC 9218 §7.2). */
final class PeerControl {
  private final Consumer<Http3Settings> onSettings;
  private final LongConsumer onGoaway;
  private final BiConsumer<Long, Priority> onPriority;
  private long maxPushId = -1;

  /**
   * @param onGoaway takes every GOAWAY's id, unchecked
   * @param onPriority takes a request stream's id and what was said about it
   */
  PeerControl(
      Consumer<Http3Settings> onSettings,
      LongConsumer onGoaway,
      BiConsumer<Long, Priority> onPriority) {
    this.onSettings = onSettings;
    this.onGoaway = onGoaway;
    this.onPriority = onPriority;
  }

  /** Acts on a frame that may stand where it stood. */
  void onFrame(Http3Frame frame) {
    switch (frame) {
      case SettingsFrame settings -> onSettings.accept(checked(settings));
      case GoawayFrame(long id) -> onGoaway.accept(id);
      case MaxPushIdFrame(long id) -> onMaxPushId(id);
      case PriorityUpdateFrame update -> onPriorityUpdate(update);
      // A client that allowed no push, and a server that promised none, hear of no push either.
      case CancelPushFrame(long id) ->
          throw idError("CANCEL_PUSH: push " + id + " was never promised");
      case HeadersFrame headers -> throw new IllegalStateException();
      case PushPromiseFrame promise -> throw new IllegalStateException();
    }
  }

  /** Settings that are switches must be 0 or 1 (RFC 8441 §3, RFC 9297 §2.1.1). */
  private static Http3Settings checked(SettingsFrame frame) {
    Http3Settings settings = new Http3Settings(frame.settings());
    requireSwitch(settings, Http3Settings.ENABLE_CONNECT_PROTOCOL);
    requireSwitch(settings, Http3Settings.H3_DATAGRAM);
    return settings;
  }

  private static void requireSwitch(Http3Settings settings, long identifier) {
    if (settings.value(identifier, 0) > 1) {
      throw new ConnectionErrorException(
          Http3Error.H3_SETTINGS_ERROR,
          "SETTINGS: 0x" + Long.toHexString(identifier) + " must be 0 or 1");
    }
  }

  private void onMaxPushId(long id) {
    if (id < maxPushId) {
      throw idError("MAX_PUSH_ID fell from " + maxPushId + " to " + id);
    }
    maxPushId = id;
  }

  private void onPriorityUpdate(PriorityUpdateFrame update) {
    if (update.push()) {
      throw idError("PRIORITY_UPDATE: push " + update.elementId() + " was never promised");
    }
    if ((update.elementId() & 3) != 0) {
      throw idError("PRIORITY_UPDATE: " + update.elementId() + " is not a request stream");
    }
    Priority priority = Priority.parse(update.fieldValue());
    // RFC 9218 §7 allows a connection error for nonsense; a hint is not worth one.
    if (priority != null) {
      onPriority.accept(update.elementId(), priority);
    }
  }

  private static ConnectionErrorException idError(String reason) {
    return new ConnectionErrorException(Http3Error.H3_ID_ERROR, reason);
  }
}
