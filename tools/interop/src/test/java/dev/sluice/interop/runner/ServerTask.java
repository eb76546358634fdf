package dev.sluice.interop.runner;

import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * What a server is to do.
 *
 * @param address where to listen
 * @param preferred where clients shall move to in the case of that name: at the relay
 * @param arrivals where the relay then brings what they send
 * @param http3 whether in HTTP/3 in any case
 * @param folder with {@code www} to serve, {@code certs} and {@code logs}
 */
record ServerTask(
    Case of,
    InetSocketAddress address,
    InetSocketAddress preferred,
    InetSocketAddress arrivals,
    boolean http3,
    Path folder) {
  Path www() {
    return folder.resolve("www");
  }

  Path certs() {
    return folder.resolve("certs");
  }

  Path logs() {
    return folder.resolve("logs/server");
  }
}
