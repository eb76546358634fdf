/** QPACK, field compression for HTTP/3 (RFC 9204). Knows nothing of QUIC or HTTP/3. */
module dev.sluice.qpack {
  exports dev.sluice.qpack;
}
