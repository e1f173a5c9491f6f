package org.devpki.keys;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.devpki.model.Bytes;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Pkcs11UriTest {
    private static final Cryptoki.Token ACME =
            new Cryptoki.Token(7, "Acme & Söhne", "SoftHSM project", "SoftHSM v2", "fdf1e3af5a03ed25", 4);

    @Test
    void everyAttributeIsReadAndDecoded() {
        Pkcs11Uri uri = Pkcs11Uri.parse("pkcs11:token=Acme%20&%20S%c3%B6hne;manufacturer=SoftHSM%20project"
                + ";model=SoftHSM%20v2;serial=fdf1e3af5a03ed25;slot-id=7;object=root%3bca;id=%00%ff%41B;type=private"
                + "?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/acme.pin");

        assertEquals(
                new Pkcs11Uri(
                        Optional.of("Acme & Söhne"),
                        Optional.of("SoftHSM project"),
                        Optional.of("SoftHSM v2"),
                        Optional.of("fdf1e3af5a03ed25"),
                        Optional.of(7L),
                        Optional.of("root;ca"),
                        Optional.of(Bytes.of(new byte[] {0, (byte) 0xff, 'A', 'B'})),
                        Optional.of("/usr/lib/softhsm/libsofthsm2.so"),
                        Optional.of(Path.of("/etc/acme.pin"))),
                uri);
        assertTrue(uri.fits(ACME));
    }

    @ParameterizedTest
    @CsvSource({
        "token=Acme%20%26%20S%C3%B6hne, true",
        "token=Acme, false",
        "slot-id=7, true",
        "slot-id=8, false",
        "slot-id=7;serial=0, false",
        "serial=fdf1e3af5a03ed25;model=SoftHSM%20v2, true",
        "serial=fdf1e3af5a03ed25;model=other, false",
        "serial=fdf1e3af5a03ed25;manufacturer=other, false",
    })
    void aTokenFitsWhenAllThatTheUriSaysIsSo(String token, boolean isFitting) {
        assertEquals(
                isFitting, Pkcs11Uri.parse("pkcs11:object=root-ca;" + token).fits(ACME));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    pkcs11:                                      | names no key
                    pkcs11:token=acme                            | names no key
                    pkcs11:object=root-ca                        | names no token
                    pkcs11:object=root-ca;model=x                | names no token
                    pkcs11:token=acme;object                     | attributes with = in them
                    pkcs11:token=acme;;object=a                  | attributes with = in them
                    pkcs11:token=acme;object=a;object=b          | has attribute "object" twice
                    pkcs11:token=acme;object=a;library-version=3 | has no attribute "library-version"
                    pkcs11:token=acme;object=a?module-name=p11   | has no attribute "module-name"
                    pkcs11:token=acme;object=a;pin-source=/p     | has no attribute "pin-source"
                    pkcs11:token=acme;object=a;type=cert         | of type "cert" is not one of a private key
                    pkcs11:token=acme;object=%zz                 | % without two hexadecimal digits
                    pkcs11:token=acme;object=a%4                 | % without two hexadecimal digits
                    pkcs11:token=acme;object=a b                 | must be written as %20
                    pkcs11:token=acme;object=%ff                 | is not UTF-8
                    pkcs11:slot-id=one;object=a                  | slot-id "one" is not a number
                    pkcs11:token=acme;object=a?pin-source=x      | pin-source of a key URI names no file
                    file:root-ca.key.pem                         | does not begin with pkcs11:
                    """)
    void whatIsNoSuchUriIsRefusedWithItsFault(String uri, String fault) {
        assertFault(Fault.INVALID_INPUT, fault.strip(), () -> Pkcs11Uri.parse(uri.strip()));
    }

    @ParameterizedTest
    @CsvSource({
        "pkcs11:token=acme;object=a?pin-value=471100, a PIN has no place in a URI",
        "pkcs11:token=acme;object=a;pin-value=471100, has no attribute",
        "pkcs11:token=acme;object=a?pin-value=4711%0, without two hexadecimal digits",
        "pkcs11:pin-value=471100, has no attribute",
        "pkcs11:token=acme;object=a?pin-source=471100, names no file",
    })
    void aPinInAUriIsRefusedAndNotSaidAgain(String uri, String fault) {
        DevpkiException told = assertFault(Fault.INVALID_INPUT, fault, () -> Pkcs11Uri.parse(uri));

        assertFalse(told.toString().contains("4711"), told::sentence);
    }
}
