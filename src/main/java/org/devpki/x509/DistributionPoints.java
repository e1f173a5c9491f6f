package org.devpki.x509;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/** Distribution points of certificates (RFC 5280 section 4.2.1.13) and the name they share with a CRL's own (5.2.5). */
final class DistributionPoints {
    private DistributionPoints() {}

    /** One distribution point name with all URIs in its full name; CDP and IDP are made by this one function. */
    static DistributionPointName name(List<String> uris) {
        return new DistributionPointName(
                new GeneralNames(uris.stream().map(GeneralNameText::uri).toArray(GeneralName[]::new)));
    }

    static CRLDistPoint encode(List<String> uris) {
        return new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(name(uris), null, null)});
    }

    static List<ParsedTbs.DistributionPoint> parse(ASN1Encodable value) {
        List<ParsedTbs.DistributionPoint> points = new ArrayList<>();
        for (DistributionPoint point : CRLDistPoint.getInstance(value).getDistributionPoints()) {
            Optional<DistributionPointName> name = Optional.ofNullable(point.getDistributionPoint());
            points.add(new ParsedTbs.DistributionPoint(
                    name.map(Der::bytes),
                    name.map(DistributionPoints::uris).orElse(List.of()),
                    point.getReasons() != null,
                    point.getCRLIssuer() != null));
        }
        return points;
    }

    static List<String> uris(DistributionPointName name) {
        List<String> uris = new ArrayList<>();
        if (name.getType() == DistributionPointName.FULL_NAME) {
            for (GeneralName part : GeneralNames.getInstance(name.getName()).getNames()) {
                if (part.getTagNo() == GeneralName.uniformResourceIdentifier) {
                    uris.add(GeneralNameText.parse(part).text());
                }
            }
        }
        return uris;
    }
}
