package dev.sluice.bench.pump;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.quic.io.linux.LinuxIo;
import dev.sluice.quic.io.udp.Binding;
import dev.sluice.quic.io.udp.Poller;
import dev.sluice.quic.io.udp.SelectorPoller;
import dev.sluice.quic.io.udp.UdpSocket;
import dev.sluice.tools.perf.Usage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a machine can do without a protocol: one thread seals packets side by side, masks their
 * headers and sends them, another receives, opens and copies out. No acknowledgment, no stream, no
 * loss repaired. Every other figure is a share of this.
 */
@Command(name = "pump", mixinStandardHelpOptions = true)
public final class Pump implements Callable<Integer> {
  @Option(names = "--portable", description = "With DatagramChannel, one call a datagram.")
  private boolean portable;

  @Option(names = "--bare", description = "Without cryptography: what the sockets alone carry.")
  private boolean bare;

  @Option(names = "--warmup", defaultValue = "10", description = "Seconds (${DEFAULT-VALUE}).")
  private double warmup;

  @Option(names = "--duration", defaultValue = "10", description = "Seconds (${DEFAULT-VALUE}).")
  private double duration;

  private Pump() {}

  /** Prints one JSON object. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Pump()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Poller receiving = poller();
    UdpSocket in = receiving.open(Binding.alone(any, null));
    Poller sending = poller();
    UdpSocket out = sending.open(Binding.alone(any, in.localAddress()));
    Packets packets = bare ? new BarePackets() : new SealedPackets();
    PumpReceiver receiver = new PumpReceiver(receiving, in, packets);
    PumpSender sender = new PumpSender(sending, out, in.localAddress(), packets);
    Thread.ofPlatform().daemon().name("pump-receiver").start(receiver);
    Thread.ofPlatform().daemon().name("pump-sender").start(sender);
    sleep(warmup);
    long bytes = receiver.bytes();
    long received = receiver.packets();
    long sent = sender.packets();
    Usage before = Usage.now();
    long began = System.nanoTime();
    sleep(duration);
    double seconds = (System.nanoTime() - began) / 1e9;
    Usage used = Usage.now().since(before);
    long carried = receiver.packets() - received;
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("workload", "pump");
    json.put("unit", "bytes");
    json.put("amount", receiver.bytes() - bytes);
    json.put("seconds", seconds);
    json.put("rate", (receiver.bytes() - bytes) / seconds);
    json.put("io", in.description());
    json.put("packetsLost", Math.max(0, sender.packets() - sent - carried));
    json.put("cpuSeconds", used.cpuNanos() / 1e9);
    System.out.println(new ObjectMapper().writeValueAsString(json));
    return 0;
  }

  private Poller poller() throws IOException {
    return portable ? new SelectorPoller() : LinuxIo.open();
  }

  private static void sleep(double seconds) throws InterruptedException {
    Thread.sleep((long) (seconds * 1000));
  }
}
