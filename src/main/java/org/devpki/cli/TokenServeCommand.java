package org.devpki.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.devpki.app.ExchangeCertificate;
import org.devpki.app.ServerIdentity;
import org.devpki.app.Workshop;
import org.devpki.http.TokenServer;
import org.devpki.model.SecretBytes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code devpki token serve}. */
@Command(
        name = "serve",
        description = {
            "Give access tokens to devices that show their certificates, over HTTPS, until it is stopped: POST /token. It sees",
            "a revocation at once. GET /jwks.json has the key set, for everybody."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  devpki token serve --cert out/localhost/chain.pem --key out/localhost/key.pem",
            "  devpki token serve --listen [::1]:8444 --cert chain.pem --key key.pem --passphrase-file /etc/devpki/passphrase"
        })
final class TokenServeCommand implements Callable<Integer> {
    @Mixin
    CommonOptions common;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Where to listen (default: 127.0.0.1:8444); port 0 takes any free one.")
    String listen = "127.0.0.1:8444";

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            required = true,
            description = "The server's certificate and those above it, PEM, as profile broker-server makes it.")
    Path certificate;

    @Option(names = "--key", paramLabel = "FILE", required = true, description = "Its key, unencrypted.")
    Path key;

    @Override
    public Integer call() throws InterruptedException {
        InetSocketAddress address = ListenOption.address(listen);
        try (Workshop shop = common.open();
                ExchangeCertificate exchanges = shop.exchangeCertificate();
                ServerIdentity identity = identity()) {
            exchanges.openKey();
            TokenServer server = TokenServer.start(exchanges, identity, address);
            try (Interruption interruption = new Interruption(server::close)) {
                common.streams()
                        .out()
                        .println("listening on https://" + ListenOption.text(address, server.port()) + "/");
                new CountDownLatch(1).await(); // until a signal ends the process
            }
        }
        return ExitCodes.DONE;
    }

    private ServerIdentity identity() {
        try (SecretBytes secret = CommonOptions.secret(key)) {
            return ServerIdentity.read(
                    common.input(certificate.toString()), certificate.toString(), secret, key.toString());
        }
    }
}
