package org.devpki.app;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.devpki.app.VerifyCertificate.Line;
import org.devpki.app.VerifyCertificate.Verdict;
import org.devpki.jose.Jwks;
import org.devpki.jose.Jwts;
import org.devpki.jose.ParsedJwt;
import org.devpki.model.Bytes;
import org.devpki.model.DeviceId;
import org.devpki.model.DevpkiException;
import org.devpki.model.PublicKeyDer;
import org.devpki.model.Quoted;

/** Takes an access token apart, and judges it as a broker would. */
public final class ReadAccessToken {
    /**
     * What it says, which nobody has looked at yet.
     *
     * @param claims by their names, as JSON has them
     */
    public record Read(String algorithm, Optional<String> keyId, Map<String, Object> claims) {}

    /** What a broker compares beside the signature and the times; what is absent is not compared. */
    public record Expected(Optional<String> issuer, Optional<String> audience, Optional<String> clientId) {}

    /** All that was looked at, and what it comes to. */
    public record Verified(Verdict verdict, Read read, List<Line> lines) {}

    private final Map<String, PublicKeyDer> keys;
    private final Optional<LockedOut> lockedOut;

    private ReadAccessToken(Map<String, PublicKeyDer> keys, Optional<LockedOut> lockedOut) {
        this.keys = keys;
        this.lockedOut = lockedOut;
    }

    /** With the keys that the ledger publishes now, and what it says of the device. */
    static ReadAccessToken byLedger(Workshop shop) {
        Map<String, PublicKeyDer> keys = new LinkedHashMap<>();
        shop.publishJwks().keys().forEach(key -> keys.put(key.id(), key.publicKey()));
        return new ReadAccessToken(keys, Optional.of(new LockedOut(shop)));
    }

    /** With a key set alone; needs no store. */
    public static ReadAccessToken by(Bytes jwks, String origin) {
        return new ReadAccessToken(Jwks.read(jwks, origin), Optional.empty());
    }

    /** @throws DevpkiException INVALID_INPUT for what is no token */
    public static Read read(Bytes token, String origin) {
        return read(ParsedJwt.parse(text(token), origin));
    }

    private static Read read(ParsedJwt jwt) {
        return new Read(jwt.algorithm(), jwt.keyId(), jwt.claims());
    }

    private static String text(Bytes token) {
        return token.asUtf8().strip();
    }

    /** @throws DevpkiException INVALID_INPUT for what is no token */
    public Verified run(Bytes token, String origin, Expected expected, Instant now) {
        ParsedJwt jwt = ParsedJwt.parse(text(token), origin);
        List<Line> lines = new ArrayList<>(List.of(signature(jwt)));
        if (!jwt.critical().isEmpty()) {
            lines.add(new Line(
                    false,
                    "its header demands that " + Quoted.of(String.join(", ", jwt.critical())) + " is understood"));
        }
        Line expiry = expiry(jwt, now);
        lines.add(expiry);
        jwt.notBefore()
                .filter(now::isBefore)
                .ifPresent(start -> lines.add(new Line(false, "it does not hold before " + start)));
        expected.issuer()
                .ifPresent(wanted ->
                        lines.add(compared("issuer", jwt.issuer().stream().toList(), wanted)));
        expected.audience().ifPresent(wanted -> lines.add(compared("audience", jwt.audience(), wanted)));
        expected.clientId()
                .ifPresent(wanted ->
                        lines.add(compared("client ID", jwt.clientId().stream().toList(), wanted)));
        lockedOut.ifPresent(ledger -> jwt.subject().ifPresent(name -> lines.add(standing(ledger, name))));
        List<Line> failed = lines.stream().filter(line -> !line.holds()).toList();
        Verdict verdict = failed.isEmpty()
                ? Verdict.VALID
                : failed.equals(List.of(expiry)) && jwt.expires().isPresent() ? Verdict.EXPIRED : Verdict.NOT_VALID;
        return new Verified(verdict, read(jwt), lines);
    }

    private Line signature(ParsedJwt jwt) {
        if (jwt.algorithm().equals("none")) {
            return new Line(false, "it is not signed: its algorithm is none");
        }
        if (jwt.keyId().isEmpty()) {
            return new Line(false, "it names no key that signed it");
        }
        String id = jwt.keyId().get();
        PublicKeyDer key = keys.get(id);
        if (key == null) {
            return new Line(false, "key " + Quoted.of(id) + " that signed it is not in the key set");
        }
        if (!Jwts.algorithm(key).equals(jwt.algorithm())) {
            return new Line(
                    false,
                    "it says that it is signed by " + Quoted.of(jwt.algorithm()) + ", but key " + id + " signs by "
                            + Jwts.algorithm(key));
        }
        boolean holds = jwt.isSignedBy(key);
        return new Line(holds, "it is " + (holds ? "" : "NOT ") + "signed by key " + id);
    }

    private static Line expiry(ParsedJwt jwt, Instant now) {
        if (jwt.expires().isEmpty()) {
            return new Line(false, "it never expires, as access tokens must");
        }
        Instant end = jwt.expires().get();
        return now.isBefore(end) ? new Line(true, "it holds until " + end) : new Line(false, "it expired at " + end);
    }

    private static Line compared(String what, List<String> found, String wanted) {
        boolean holds = found.contains(wanted);
        String said = found.isEmpty() ? "none" : Quoted.of(String.join(", ", found));
        return new Line(holds, "its " + what + " is " + said + (holds ? "" : ", not " + Quoted.of(wanted)));
    }

    private static Line standing(LockedOut ledger, String name) {
        boolean isRevoked;
        try {
            isRevoked = ledger.has(new DeviceId(name));
        } catch (DevpkiException e) {
            return new Line(false, "its subject " + Quoted.of(name) + " is no device's name");
        }
        return new Line(!isRevoked, name + " is " + (isRevoked ? "" : "not ") + "locked out by a revocation");
    }
}
