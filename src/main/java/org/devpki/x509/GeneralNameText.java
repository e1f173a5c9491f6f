package org.devpki.x509;

import java.util.Optional;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x509.GeneralName;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.SubjectAltName;

/** GeneralName to and from what devpki writes: dNSName, iPAddress, uniformResourceIdentifier. */
final class GeneralNameText {
    private GeneralNameText() {}

    static GeneralName encode(SubjectAltName name) {
        return name.match(
                dns -> new GeneralName(GeneralName.dNSName, new DERIA5String(dns.name())),
                ip -> new GeneralName(
                        GeneralName.iPAddress, new DEROctetString(ip.address().toArray())),
                uri -> uri(uri.uri()));
    }

    static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, new DERIA5String(uri));
    }

    static ParsedTbs.AlternativeName parse(GeneralName name) {
        int tag = name.getTagNo();
        if (tag == GeneralName.dNSName || tag == GeneralName.uniformResourceIdentifier) {
            String text = ASN1IA5String.getInstance(name.getName()).getString();
            return new ParsedTbs.AlternativeName(
                    tag, text, strict((tag == GeneralName.dNSName ? "dns:" : "uri:") + text));
        }
        if (tag == GeneralName.iPAddress) {
            Bytes octets = Bytes.of(ASN1OctetString.getInstance(name.getName()).getOctets());
            boolean isAddress = octets.length() == 4 || octets.length() == 16;
            Optional<SubjectAltName> san = isAddress ? Optional.of(new SubjectAltName.Ip(octets)) : Optional.empty();
            return new ParsedTbs.AlternativeName(
                    tag, san.map(SubjectAltName::text).orElse(octets.hex()), san);
        }
        return new ParsedTbs.AlternativeName(tag, "general name of kind " + tag, Optional.empty());
    }

    private static Optional<SubjectAltName> strict(String text) {
        try {
            return Optional.of(SubjectAltName.parse(text));
        } catch (DevpkiException e) {
            return Optional.empty(); // odd syntax is lint's to tell
        }
    }
}
