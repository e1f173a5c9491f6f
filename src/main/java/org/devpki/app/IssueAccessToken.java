package org.devpki.app;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.devpki.model.AccessToken;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.SecretBytes;
import org.devpki.model.TokenForm;
import org.devpki.model.TopicGrant;

/** Signs one access token because the operator says so; the device needs no certificate for it. */
public final class IssueAccessToken {
    /** What is asked for; what is absent is as the settings say. */
    public record Order(
            DeviceId device,
            Optional<DeviceId> clientId,
            Optional<Duration> validity,
            Optional<TokenForm> form,
            List<TopicGrant> grants) {}

    /** @param text the compact form, which is as good as a password until it expires; the caller closes it */
    public record Issued(AccessToken token, String keyId, SecretBytes text) {}

    private final Workshop shop;

    IssueAccessToken(Workshop shop) {
        this.shop = shop;
    }

    /**
     * @throws DevpkiException REFUSED for a device that was revoked, or for too long; NOT_FOUND without a token signing key
     */
    public Issued run(Order order) {
        shop.refuseHome("issues no access token");
        DeviceId clientId = order.clientId().orElse(order.device());
        LockedOut lockedOut = new LockedOut(shop);
        lockedOut.refuse(order.device());
        lockedOut.refuse(clientId);
        if (shop.store().certificatesNamed(order.device().value()).isEmpty()) {
            shop.surroundings()
                    .words()
                    .accept("no certificate of " + order.device() + " is on the ledger; revoking one is what keeps a"
                            + " device from getting tokens");
        }
        try (AccessTokens tokens = new AccessTokens(shop)) {
            AccessTokens.Wish usual = tokens.usual(clientId);
            Duration validity = order.validity().orElse(usual.validity());
            if (validity.compareTo(Duration.ofSeconds(1)) < 0) {
                throw DevpkiException.invalid("an access token holds for one second at least");
            }
            shop.settings().tokens().refuseLonger(validity);
            AccessTokens.Signed signed = tokens.sign(
                    order.device(),
                    new AccessTokens.Wish(
                            clientId,
                            validity,
                            order.form().orElse(usual.form()),
                            order.grants().isEmpty() ? usual.grants() : order.grants()));
            return new Issued(signed.token(), signed.keyId(), signed.text());
        }
    }
}
