package dev.sluice.bench.pump;

/** What a pump carries. One thread builds, another opens. */
interface Packets {
  /** The UDP payload of every packet. */
  int SIZE = 1452;

  /** As many as fit one call with UDP_SEGMENT: 64 KiB without the headers below. */
  int FLIGHT = 44;

  /** Application bytes in each packet. */
  int payload();

  /** Builds a flight of packets back to back. */
  void build(byte[] buffer, int offset, int count);

  /** Opens a packet and copies its bytes out; the number of them, or -1. */
  int open(byte[] buffer, int offset, int length, byte[] target);
}
