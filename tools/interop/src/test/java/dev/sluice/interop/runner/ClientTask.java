package dev.sluice.interop.runner;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * What a client is to do.
 *
 * @param server where to send to
 * @param names of the files to fetch
 * @param http3 whether in HTTP/3 in any case
 * @param folder with {@code downloads} to store at, {@code certs} and {@code logs}
 */
record ClientTask(
    Case of, InetSocketAddress server, List<String> names, boolean http3, Path folder) {

  /** The URLs of the files, under the server's name in this case. */
  List<String> urls() {
    return urls(of.host());
  }

  /** The same under another name. */
  List<String> urls(String host) {
    return names.stream()
        .map(name -> "https://" + host + ":" + server.getPort() + "/" + name)
        .toList();
  }

  Path downloads() {
    return folder.resolve("downloads");
  }

  Path certs() {
    return folder.resolve("certs");
  }

  Path logs() {
    return folder.resolve("logs/client");
  }
}
