package org.devpki.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One person's part of a passphrase, of which so many open what it opens and fewer tell nothing; docs/formats/passphrase-share.md.
 *
 * @param set 8 octets that all shares of one passphrase have, and no others
 * @param threshold how many are needed, 2 to {@value #MOST}
 * @param count how many there are, no fewer
 * @param index which one this is, from 1 on
 * @param octets 32, secret
 */
public record PassphraseShare(Bytes set, int threshold, int count, int index, SecretBytes octets) {
    /** More people than any ceremony has. */
    public static final int MOST = 32;

    private static final int SET_OCTETS = 8;
    private static final int OCTETS = 32;
    private static final int CHECK_DIGITS = 8;
    private static final Pattern LINE = Pattern.compile("(devpki-share-1 ([0-9a-f]{" + 2 * SET_OCTETS
            + "}) ([0-9]{1,2}) ([0-9]{1,2}) ([0-9]{1,2}) ([0-9a-f]{" + 2 * OCTETS + "})) ([0-9a-f]{" + CHECK_DIGITS
            + "})");

    public PassphraseShare {
        refuseOther(threshold, count);
        if (index < 1 || index > count || set.length() != SET_OCTETS || octets.length() != OCTETS) {
            throw DevpkiException.invalid("share " + index + " of " + count + " is none");
        }
    }

    /** @throws DevpkiException INVALID_INPUT if a passphrase is not shared so */
    public static void refuseOther(int threshold, int count) {
        if (threshold < 2 || threshold > count || count > MOST) {
            throw DevpkiException.invalid("any " + threshold + " of " + count + " shares is not 2 to " + MOST
                    + " of as many or more, up to " + MOST);
        }
    }

    /** The file that a person keeps: a remark, and the share with its check digits. */
    public SecretBytes text() {
        String line = octets.lend(secret -> "devpki-share-1 " + set.hex() + " " + threshold + " " + count + " " + index
                + " " + Bytes.of(secret).hex());
        return SecretBytes.taking(("# share " + index + " of " + count + " of a devpki passphrase; any " + threshold
                        + " open it, fewer tell nothing\n" + line + " " + check(line) + "\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    /** @throws DevpkiException KEY_UNAVAILABLE if it is no share, or was mistyped */
    public static PassphraseShare parse(SecretBytes text, String origin) {
        String content = text.lend(octets -> new String(octets, StandardCharsets.ISO_8859_1));
        Optional<String> line = content.lines()
                .map(one -> Arrays.stream(one.strip().split("\\s+")).collect(Collectors.joining(" ")))
                .filter(one -> one.startsWith("devpki-share-1 "))
                .findFirst();
        Matcher matcher = LINE.matcher(line.orElse(""));
        if (!matcher.matches()) {
            throw DevpkiException.keyUnavailable(origin
                    + (line.isEmpty()
                            ? " holds no share: there is no line that begins with devpki-share-1"
                            : " holds a share that is cut or damaged: its line has not the form of one"));
        }
        if (!check(group(matcher, 1)).equals(group(matcher, 7))) {
            throw DevpkiException.keyUnavailable(
                    origin + " holds a share that is damaged or mistyped: its check digits do not fit");
        }
        return new PassphraseShare(
                Bytes.fromHex(group(matcher, 2)),
                Integer.parseInt(group(matcher, 3)),
                Integer.parseInt(group(matcher, 4)),
                Integer.parseInt(group(matcher, 5)),
                SecretBytes.taking(Bytes.fromHex(group(matcher, 6)).toArray()));
    }

    private static String group(Matcher matcher, int group) {
        return Objects.requireNonNull(matcher.group(group));
    }

    private static String check(String line) {
        return Bytes.utf8(line).sha256().hex().substring(0, CHECK_DIGITS);
    }
}
