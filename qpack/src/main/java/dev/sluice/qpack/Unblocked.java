package dev.sluice.qpack;

/**
 * A field section that had to wait for the encoder stream and no longer does.
 *
 * @param streamId the stream that carried it
 * @param section what came of it; never {@link Decoded.Blocked}
 */
public record Unblocked(long streamId, Decoded section) {}
