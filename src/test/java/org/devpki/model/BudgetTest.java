package org.devpki.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class BudgetTest {
    private static CertificateDer octets(int count) {
        return new CertificateDer(Bytes.of(new byte[count]));
    }

    @Test
    void oneCertificateCostsItsHeaders() {
        // PEM: 28 + 26 octets of frame, 400 of base64 in 7 lines, a NUL
        // TLS 1.2: type 1, length 3, length of the list 3, length of the certificate 3
        // TLS 1.3: one more for the context, two for the extensions
        assertEquals(new Budget(28 + 26 + 400 + 7 + 1, 300, 310, 313), Budget.of(List.of(octets(300))));
    }

    @Test
    void eachCertificateOfAChainCostsItsLengths() {
        assertEquals(
                new Budget(2 * 54 + 400 + 7 + 536 + 9 + 1, 701, 4 + 3 + 701 + 6, 4 + 1 + 3 + 701 + 10),
                Budget.of(List.of(octets(300), octets(401))));
    }

    @Test
    void peopleReadAllOfIt() {
        assertEquals(
                "chain 462 octets as PEM and 300 as DER, Certificate message 310 in TLS 1.2 and 313 in TLS 1.3",
                Budget.of(List.of(octets(300))).text());
    }
}
