package org.devpki.model;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShelfPlaceTest {
    @ParameterizedTest
    @CsvSource({
        "s3://fleet-crls, fleet-crls, '', s3://fleet-crls",
        "s3://fleet-crls/, fleet-crls, '', s3://fleet-crls",
        "s3://fleet-crls/eu, fleet-crls, eu/, s3://fleet-crls/eu",
        "s3://fleet-crls/eu/, fleet-crls, eu/, s3://fleet-crls/eu",
        "s3://crl.acme.example/pki/v1.2, crl.acme.example, pki/v1.2/, s3://crl.acme.example/pki/v1.2",
        "s3://b0b/..x, b0b, ..x/, s3://b0b/..x",
    })
    void aBucketIsReadWithOrWithoutAPrefix(String text, String name, String prefix, String again) {
        ShelfPlace place = ShelfPlace.parse(text);

        assertEquals(new ShelfPlace.Bucket(name, prefix), place);
        assertEquals(again, place.toString());
        assertEquals(prefix + "issuing-ca.crl", ((ShelfPlace.Bucket) place).key("issuing-ca.crl"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"crl", "/var/lib/mosquitto/crl", "./s3:/crl", "s3", "s3/crl", "a:b", ""})
    void allElseIsAFolder(String text) {
        assertEquals(new ShelfPlace.Folder(Path.of(text)), ShelfPlace.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3:/crl",
                "s3:crl",
                "s3:",
                "S3://fleet-crls",
                "S3:/crl",
                "gs://crl",
                "https://crl.example",
                "file:/crl"
            })
    void aSlipOfTheFingerIsNoFolderCalledS3(String text) {
        DevpkiException told = assertFault(
                Fault.INVALID_INPUT,
                "shelf \"" + text + "\" is neither a folder nor a bucket, which is s3://BUCKET or s3://BUCKET/PREFIX",
                () -> ShelfPlace.parse(text));

        assertEquals(Optional.of("a folder of that name is \"./" + text + "\""), told.hint());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ab",
                "Fleet",
                "fleet_crls",
                "-fleet",
                "fleet-",
                ".fleet",
                "fleet.",
                "fl..eet",
                "192.168.5.4",
                "flåte",
                "arn:aws:s3",
                "a23456789012345678901234567890123456789012345678901234567890123x"
            })
    void aBucketIsNamedByTheRulesOfS3(String name) {
        assertFault(
                Fault.INVALID_INPUT,
                "bucket name " + Quoted.of(name) + " must be 3 to 63 of a-z 0-9 . -",
                () -> ShelfPlace.parse("s3://" + name + "/eu"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/eu", "eu//crl", "eu/..", "../eu", "./eu", "eu crl", "eu%20", "eu?x", "eu#x", "eü", "eu\n"})
    void aPrefixIsWhatAUrlHoldsAsItIs(String prefix) {
        assertFault(
                Fault.INVALID_INPUT,
                "prefix " + Quoted.of(prefix + "/") + " in a bucket must be names of A-Z a-z 0-9 . _ -",
                () -> ShelfPlace.parse("s3://fleet-crls/" + prefix));
    }

    @Test
    void whereOnlyAFolderWillDoABucketIsRefused() {
        assertEquals(Path.of("/var/www/ocsp"), ShelfPlace.parseFolder("/var/www/ocsp"));
        assertFault(
                Fault.INVALID_INPUT,
                "this goes into a folder, not into bucket s3://fleet-ocsp",
                () -> ShelfPlace.parseFolder("s3://fleet-ocsp"));
        assertFault(Fault.INVALID_INPUT, "neither a folder", () -> ShelfPlace.parseFolder("s3:/fleet-ocsp"));
    }

    @Test
    void aPrefixHasItsLimit() {
        assertFault(Fault.INVALID_INPUT, "at most 512", () -> ShelfPlace.parse("s3://fleet-crls/" + "x".repeat(512)));
        assertEquals(
                512,
                new ShelfPlace.Bucket("fleet-crls", "x".repeat(511) + "/")
                        .prefix()
                        .length());
    }
}
