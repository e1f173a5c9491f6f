package org.devpki.app;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.devpki.model.BatchId;
import org.devpki.model.Bytes;
import org.devpki.model.CaName;
import org.devpki.model.CsrDer;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.NotAfter;
import org.devpki.model.Renewal;
import org.devpki.model.SerialReference;
import org.devpki.model.SubjectAltName;

/**
 * What {@code batch run} was told.
 *
 * @param settings what holds for all rows, as options; kept in the ledger, for a later run must be told the same
 * @param profile where a row names none, and so on
 * @param packing what becomes of a row's credential
 * @param renewal what is new beside a row's certificate, where rows follow certificates
 * @param jobs how many devices are made at once
 */
public record BatchOrder(
        BatchId batch,
        String settings,
        BatchList list,
        Optional<String> profile,
        Optional<CaName> ca,
        Optional<KeySpec> key,
        Optional<NotAfter> notAfter,
        Function<BatchList.Entry, PackingOrder> packing,
        Optional<Renewal.Kind> renewal,
        int jobs) {

    /** The same for another list, one device at a time. */
    public BatchOrder of(BatchList other) {
        return of(other, 1);
    }

    BatchOrder of(BatchList other, int otherJobs) {
        return new BatchOrder(batch, settings, other, profile, ca, key, notAfter, packing, renewal, otherJobs);
    }

    /** @throws org.devpki.model.DevpkiException INVALID_INPUT for a value of the row that cannot be */
    DeviceOrder device(BatchList.Entry entry) {
        return new DeviceOrder(
                entry.device(),
                entry.column("profile").or(() -> profile),
                entry.column("ca").map(CaName::new).or(() -> ca),
                entry.column("key").map(KeySpec::parse).or(() -> key),
                entry.column(BatchList.CSR).map(BatchOrder::csr),
                entry.column("not_after").map(NotAfter::parse).or(() -> notAfter),
                Optional.of(batch),
                entry.column("san").map(BatchOrder::sans).orElse(List.of()),
                packing.apply(entry),
                renewal.map(kind ->
                        new RenewalOrder(kind, entry.column(BatchList.RENEWS).map(SerialReference::parse))));
    }

    private static CsrDer csr(String text) {
        try {
            return new CsrDer(Bytes.of(Base64.getDecoder().decode(text)));
        } catch (IllegalArgumentException e) {
            throw DevpkiException.invalid("column csr is not a certification request's DER in base64")
                    .causedBy(e);
        }
    }

    private static List<SubjectAltName> sans(String text) {
        return Arrays.stream(text.split("\\s+")).map(SubjectAltName::parse).toList();
    }
}
