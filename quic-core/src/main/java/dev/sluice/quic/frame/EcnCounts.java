package dev.sluice.quic.frame;

/**
 * How many packets of one packet number space arrived with each ECN codepoint (RFC 9000 §19.3.2).
 *
 * @param ect0 packets with ECT(0)
 * @param ect1 packets with ECT(1)
 * @param ce packets with ECN-CE
 */
public record EcnCounts(long ect0, long ect1, long ce) {}
