package dev.capstan.torch.internal.distributed;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Comparator;
import java.util.stream.Stream;

/** The address under which other processes reach this one. */
final class LocalAddress {
  private LocalAddress() {}

  /**
   * The address that packets to a host leave from: of several networks the one that leads there.
   *
   * @param host that others can reach, perhaps this one
   * @param alone whether all processes are on this host
   */
  static String towards(String host, int port, boolean alone) throws IOException {
    if (alone) {
      return InetAddress.getLoopbackAddress().getHostAddress();
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      // Sends nothing.
      socket.connect(new InetSocketAddress(InetAddress.getByName(host), port));
      InetAddress local = socket.getLocalAddress();
      return (local.isLoopbackAddress() ? outward() : local).getHostAddress();
    }
  }

  /** Many hosts know themselves by an address that no other reaches. */
  private static InetAddress outward() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(LocalAddress::addresses)
        .min(Comparator.comparing(address -> address.getAddress().length))
        .orElseGet(InetAddress::getLoopbackAddress);
  }

  private static Stream<InetAddress> addresses(NetworkInterface network) {
    return network
        .inetAddresses()
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress());
  }
}
