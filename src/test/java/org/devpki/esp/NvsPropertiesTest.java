package org.devpki.esp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.devpki.model.CsvRow;
import org.devpki.model.SecretBytes;
import org.devpki.testing.CountingRandom;
import org.junit.jupiter.api.Test;

/** What is written is read back: random items, both formats, plain and encrypted. */
class NvsPropertiesTest {
    private static final int CASES = 60;
    private static final int SIZE = 0x40000;

    @Test
    void whatIsWrittenIsReadBack() {
        for (long seed = 1; seed <= CASES; seed++) {
            for (NvsFormat format : NvsFormat.values()) {
                NvsContents contents = new Maker(seed, format).contents();
                NvsPartition partition = new NvsPartition(SIZE, format, seed % 3 == 0);

                NvsReading reading =
                        NvsImages.read(NvsImages.write(contents, partition, Optional.empty()), Optional.empty());

                String what = "seed " + seed + " " + format;
                assertEquals(List.of(), reading.problems(), what);
                assertEquals(contents, reading.contents(), what);
            }
        }
    }

    @Test
    void whatIsEncryptedIsReadBackWithTheSameKeysOnly() {
        for (long seed = 1; seed <= CASES / 4; seed++) {
            NvsContents contents = new Maker(seed, NvsFormat.V2).contents();
            NvsKeys keys = NvsKeys.random(new CountingRandom(seed));
            SecretBytes image = NvsImages.write(contents, NvsPartition.ofSize(SIZE), Optional.of(keys));

            NvsReading reading = NvsImages.read(image, Optional.of(keys));
            NvsReading other = NvsImages.read(image, Optional.of(NvsKeys.random(new CountingRandom(-seed))));

            assertEquals(List.of(), reading.problems(), "seed " + seed);
            assertEquals(contents, reading.contents(), "seed " + seed);
            assertNotEquals(List.of(), other.problems(), "seed " + seed);
            assertEquals(List.of(), other.contents().items(), "seed " + seed);
        }
    }

    @Test
    void rowsOfATableSayTheSameContents() {
        for (long seed = 1; seed <= CASES; seed++) {
            NvsContents contents = new Maker(seed, NvsFormat.V2).withoutReals().contents();
            List<CsvRow> rows = new ArrayList<>();
            NvsTable.rows(contents).forEach(fields -> rows.add(new CsvRow(rows.size() + 1, fields)));

            assertEquals(
                    contents,
                    NvsTable.read(rows, "table", file -> {
                        throw new AssertionError(file);
                    }),
                    "seed " + seed);
        }
    }

    /** Random contents: sizes round the borders of entries and pages, keys of each length, namespaces that return. */
    private static final class Maker {
        private static final List<NvsInteger> INTEGERS = List.of(NvsInteger.values());
        private static final int[] LENGTHS = {0, 1, 31, 32, 33, 63, 64, 1000, 1983, 1984};
        private static final int[] LONG_LENGTHS = {3936, 3967, 3968, 3998, 3999};
        private static final int[] BLOB_LENGTHS = {3999, 4000, 4001, 8000, 9001};

        private final Random random;
        private final NvsFormat format;
        private boolean hasReals = true;

        Maker(long seed, NvsFormat format) {
            this.random = new Random(seed);
            this.format = format;
        }

        Maker withoutReals() {
            hasReals = false;
            return this;
        }

        NvsContents contents() {
            List<String> namespaces = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(4); i++) {
                namespaces.add("n" + i + "x".repeat(random.nextInt(13)));
            }
            List<NvsItem> items = new ArrayList<>();
            Set<List<String>> seen = new HashSet<>();
            for (int i = 0; i < random.nextInt(120); i++) {
                String namespace = namespaces.get(random.nextInt(namespaces.size()));
                String key = key();
                if (seen.add(List.of(namespace, key))) {
                    items.add(new NvsItem(namespace, key, value()));
                }
            }
            return new NvsContents(namespaces, items);
        }

        private String key() {
            StringBuilder key = new StringBuilder();
            int length = 1 + random.nextInt(15);
            while (key.length() < length) {
                key.append((char) ('!' + random.nextInt('~' - '!' + 1)));
            }
            return key.toString();
        }

        private NvsValue value() {
            switch (random.nextInt(hasReals ? 6 : 4)) {
                case 0, 1 -> {
                    NvsInteger type = INTEGERS.get(random.nextInt(INTEGERS.size()));
                    BigInteger any = new BigInteger(type.octets() * 8, random).add(type.least());
                    return new NvsValue.Whole(type, random.nextInt(4) == 0 ? type.most() : any);
                }
                case 2 -> {
                    return new NvsValue.Text(letters(length(format == NvsFormat.V1 ? new int[] {1983} : LONG_LENGTHS)));
                }
                case 3 -> {
                    byte[] octets = new byte[length(format == NvsFormat.V1 ? new int[] {1984} : BLOB_LENGTHS)];
                    random.nextBytes(octets);
                    return new NvsValue.Blob(SecretBytes.taking(octets));
                }
                case 4 -> {
                    return new NvsValue.Float32(random.nextFloat());
                }
                default -> {
                    return new NvsValue.Float64(random.nextGaussian());
                }
            }
        }

        private int length(int[] rare) {
            int[] from = random.nextInt(12) == 0 ? rare : LENGTHS;
            return Math.min(from[random.nextInt(from.length)], rare[rare.length - 1]);
        }

        private SecretBytes letters(int length) {
            byte[] octets = new byte[length];
            for (int i = 0; i < length; i++) {
                octets[i] = (byte) (' ' + random.nextInt(95));
            }
            return SecretBytes.taking(octets);
        }
    }
}
