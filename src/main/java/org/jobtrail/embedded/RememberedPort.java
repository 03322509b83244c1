package org.jobtrail.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A loopback port that stays the same from start to start, so that a psql line or a client's settings stay valid, while it is free. */
record RememberedPort(Path file) {
    /** 127.0.0.1 and not localhost, which may be ::1 first. */
    static final String HOST = "127.0.0.1";

    ServerSocketChannel bind() throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            bind(channel, remembered());
        } catch (IOException e) {
            channel.close();
            channel = ServerSocketChannel.open();
            bind(channel, 0);
        }
        Files.writeString(file, Integer.toString(port(channel)));
        return channel;
    }

    /** For a server in another process. Somebody may take the port before it does; then it fails and is started again. */
    int find() throws IOException {
        try (ServerSocketChannel channel = bind()) {
            return port(channel);
        }
    }

    static int port(ServerSocketChannel channel) throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    private static void bind(ServerSocketChannel channel, int port) throws IOException {
        channel.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
    }

    private int remembered() throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        String digits = Files.readString(file).strip();
        return digits.matches("\\d{1,5}") ? Math.min(Integer.parseInt(digits), 65535) : 0;
    }
}
