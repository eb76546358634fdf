/** A deterministic network on a virtual clock, for any protocol over UDP. */
module dev.sluice.network {
  exports dev.sluice.network;
}
