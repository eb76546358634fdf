package dev.sluice.bench.peer;

import dev.sluice.tls.Identity;
import dev.sluice.tools.perf.ForeignClient;
import dev.sluice.tools.perf.PerfProtocol;
import dev.sluice.tools.perf.StreamExchange;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import tech.kwik.core.QuicConnection;
import tech.kwik.core.QuicStream;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ApplicationProtocolConnection;
import tech.kwik.core.server.ApplicationProtocolConnectionFactory;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnector;

/**
 * kwik with the protocol of {@code sluice perf}: a server, or a client with its workloads. Neither
 * of its builders has a choice of congestion controllers, it has NewReno alone; nor of the size of
 * its datagrams, of which the largest have 1252 bytes over IPv4 and cannot be made larger.
 */
public final class KwikProgram {
  /** With larger windows it has been seen to stall. */
  static final long WINDOW = 256 * 1024;

  private static final int STREAMS = 1000;
  private static final int IDLE_SECONDS = 600;

  private KwikProgram() {}

  /** {@code server}, or {@code client} with the arguments of {@code sluice perf client}. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("server")) {
      Serving.forEver(listen(), "raw QUIC");
    }
    System.exit(ForeignClient.run(KwikConnector::new, Arrays.copyOfRange(args, 1, args.length)));
  }

  /** Starts a server; gives its port. */
  static int listen() throws Exception {
    return listen(PerfProtocol.ALPN, new Factory());
  }

  /** Starts a server of any protocol. */
  static int listen(String protocol, ApplicationProtocolConnectionFactory factory)
      throws Exception {
    Identity identity = Serving.identity();
    char[] password = "bench".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "bench",
        identity.privateKey(),
        password,
        identity.certificateChain().toArray(X509Certificate[]::new));
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ServerConnector server =
        ServerConnector.builder()
            .withSocket(socket)
            .withKeyStore(store, "bench", password)
            .withConfiguration(
                ServerConnectionConfig.builder()
                    .maxIdleTimeoutInSeconds(IDLE_SECONDS)
                    .maxConnectionBufferSize(WINDOW)
                    .maxBidirectionalStreamBufferSize(WINDOW)
                    .maxUnidirectionalStreamBufferSize(WINDOW)
                    .maxOpenPeerInitiatedBidirectionalStreams(STREAMS)
                    .maxOpenPeerInitiatedUnidirectionalStreams(STREAMS)
                    .retryRequired(ServerConnectionConfig.RetryRequired.Never)
                    .build())
            .withLogger(new NullLogger())
            .build();
    server.registerApplicationProtocol(protocol, factory);
    server.start();
    return socket.getLocalPort();
  }

  /** Answers on every stream that a client opens. */
  private static final class Factory implements ApplicationProtocolConnectionFactory {
    @Override
    public ApplicationProtocolConnection createConnection(
        String protocol, QuicConnection connection) {
      return new ApplicationProtocolConnection() {
        @Override
        public void acceptPeerInitiatedStream(QuicStream stream) {
          Thread.startVirtualThread(() -> answer(stream));
        }
      };
    }

    @Override
    public int maxConcurrentPeerInitiatedUnidirectionalStreams() {
      return STREAMS;
    }

    @Override
    public int maxConcurrentPeerInitiatedBidirectionalStreams() {
      return STREAMS;
    }
  }

  private static void answer(QuicStream stream) {
    try {
      StreamExchange.serve(stream.getInputStream(), stream.getOutputStream());
    } catch (IOException e) {
      stream.resetStream(0); // the client has enough, or is gone
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
