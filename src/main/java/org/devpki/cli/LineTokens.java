package org.devpki.cli;

import java.util.List;
import org.devpki.model.LedgerToken;
import org.devpki.model.LineToken;

/** How line tokens are printed. */
final class LineTokens {
    private LineTokens() {}

    static Fields members(Fields fields, LineToken token) {
        return fields.put("id", token.id())
                .put("ca", token.ca())
                .put("devices", token.devices())
                .put("name", token.name())
                .put("profiles", token.profiles())
                .put("batch", token.batch())
                .put("until", token.until())
                .put("issuedAt", token.issuedAt());
    }

    static Fields members(Fields fields, LedgerToken held) {
        return members(fields, held.token()).put("used", held.used()).put("left", held.left());
    }

    static List<Object> all(List<LedgerToken> tokens) {
        return tokens.stream()
                .<Object>map(held -> members(Fields.plain(), held).map())
                .toList();
    }

    static String sentence(LineToken token) {
        return "line token " + token.id() + ": " + token.devices() + " devices " + limits(token);
    }

    static String sentence(LedgerToken held) {
        return "line token " + held.token().id() + ": " + held.left() + " of "
                + held.token().devices() + " devices left, " + limits(held.token());
    }

    private static String limits(LineToken token) {
        return "named " + token.name() + " of profile " + String.join(" or ", token.profiles()) + " from "
                + token.ca()
                + token.batch().map(batch -> " in batch " + batch).orElse("") + " until " + token.until();
    }
}
