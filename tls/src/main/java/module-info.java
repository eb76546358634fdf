/** TLS 1.3 as a state machine: bytes in, bytes and secrets out (RFC 8446, RFC 9846). */
module dev.sluice.tls {
  requires org.bouncycastle.provider;

  exports dev.sluice.tls;
  exports dev.sluice.tls.cert;
  exports dev.sluice.tls.psk;
}
