package dev.sluice.quic.io;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What of a connection has arrived as a whole while its readers were behind: only they hold it, and
 * the connection's end finds what is left. On the loop.
 */
public final class UnreadContent {
  /** As many may be done with in here before one looks which they are. */
  private static final int DONE_WITH = 64;

  private record Held(WeakReference<HeldContent> content, Supplier<? extends IOException> why) {}

  private final ContentRetention retention;
  private final List<Held> all = new ArrayList<>();
  private int lookAt = DONE_WITH;
  private boolean ended;

  /**
   * @param retention bounds how long it waits after the end
   */
  public UnreadContent(ContentRetention retention) {
    this.retention = retention;
  }

  /**
   * Something has arrived, or what there was of it when the connection ended.
   *
   * @param why what its reader is told when it was dropped; must not lead to the content
   */
  public void add(HeldContent content, Supplier<? extends IOException> why) {
    if (ended) {
      retention.hold(content, why);
    } else if (!content.isOver()) {
      all.add(new Held(new WeakReference<>(content), why));
      if (all.size() >= lookAt) {
        all.removeIf(UnreadContent::isDoneWith);
        lookAt = 2 * all.size() + DONE_WITH; // so that looking costs each a constant
      }
    }
  }

  private static boolean isDoneWith(Held held) {
    HeldContent content = held.content.get();
    return content == null || content.isOver();
  }

  /** The connection has ended. What is added later has ended with it. */
  public void onEnd() {
    ended = true;
    for (Held held : all) {
      HeldContent content = held.content.get();
      if (content != null) {
        retention.hold(content, held.why);
      }
    }
    all.clear();
  }
}
