package org.devpki.ca.lint;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.devpki.model.Quoted;
import org.devpki.x509.ParsedTbs;

/** Times are UTCTime through 2049 and GeneralizedTime from 2050 on, to the second, in Zulu. */
public final class TimeEncodingRule implements CertificateRule {
    private static final Instant FIRST_GENERALIZED = Instant.parse("2050-01-01T00:00:00Z");
    private static final Pattern UTC = Pattern.compile("[0-9]{12}Z");
    private static final Pattern GENERALIZED = Pattern.compile("[0-9]{14}Z");

    @Override
    public String id() {
        return "time-encoding";
    }

    @Override
    public String clause() {
        return "RFC 5280 section 4.1.2.5";
    }

    @Override
    public List<String> complaints(LintSubject subject) {
        List<String> complaints = new ArrayList<>();
        check("notBefore", subject.tbs().notBefore(), complaints);
        check("notAfter", subject.tbs().notAfter(), complaints);
        return complaints;
    }

    private static void check(String which, ParsedTbs.ParsedTime time, List<String> complaints) {
        String is = which + " " + Quoted.of(time.written()) + " is ";
        if (!time.isUtcTime() && time.at().isBefore(FIRST_GENERALIZED)) {
            complaints.add(is + "a GeneralizedTime; through 2049 it must be a UTCTime");
        }
        if (time.isUtcTime() && !UTC.matcher(time.written()).matches()) {
            complaints.add(is + "not of the form YYMMDDHHMMSSZ");
        }
        if (!time.isUtcTime() && !GENERALIZED.matcher(time.written()).matches()) {
            complaints.add(is + "not of the form YYYYMMDDHHMMSSZ");
        }
    }
}
