package org.devpki.esp;

import static org.devpki.testing.Faults.assertFault;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Optional;
import org.devpki.model.DevpkiException;
import org.devpki.model.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MassTableTest {
    private static final String[] CONFIG = {
        "a,namespace,", "k,data,u8", "m,data,string,REPEAT", "b,namespace,", "k,data,u8"
    };

    private static List<MassTable.Device> devices(Optional<String> idColumn, String... values) {
        return MassTable.read(NvsVectors.table(CONFIG), "config.csv")
                .devices(NvsVectors.table(values), "values.csv", idColumn, file -> {
                    throw new AssertionError(file);
                });
    }

    private static String refusal(Optional<String> idColumn, String... values) {
        return assertFault(Fault.INVALID_INPUT, "", () -> devices(idColumn, values))
                .sentence();
    }

    @Test
    void columnsFollowTheOrderOfTheConfigAndOthersAreLeft() {
        List<MassTable.Device> devices =
                devices(Optional.of("id"), "id,k,note,m,k,more", "d1,1,x,model,2,y", "d2,3,x,,4,y");

        assertEquals(
                List.of("d1", "d2"), devices.stream().map(MassTable.Device::id).toList());
        assertEquals(
                List.of(
                        List.of("key", "type", "encoding", "value"),
                        List.of("a", "namespace", "", ""),
                        List.of("k", "data", "u8", "3"),
                        List.of("m", "data", "string", "model"),
                        List.of("b", "namespace", "", ""),
                        List.of("k", "data", "u8", "4")),
                devices.get(1).rows());
        assertEquals(3, devices.get(1).contents().items().size());
    }

    @Test
    void devicesWithoutIdsAreCounted() {
        assertEquals(
                List.of("1", "2"),
                devices(Optional.empty(), "k,m,k", "1,x,2", "3,,4").stream()
                        .map(MassTable.Device::id)
                        .toList());
    }

    @Test
    void aColumnThatIsMissingOrOutOfOrderIsTold() {
        assertEquals("""
                values.csv has 2 faults:
                  values.csv line 1: "m": the config names it in line 3, and there is no such column
                  values.csv line 1: there is no column "id" to name the devices by""", refusal(Optional.of("id"), "k,k", "1,2"));
        assertEquals(
                "values.csv line 1: \"k\": the column is not where the order of the config, line 5, wants it",
                refusal(Optional.empty(), "k,m", "1,x"));
    }

    @Test
    void everyBadRowOfTheValuesIsTold() {
        assertEquals("""
                values.csv has 4 faults:
                  values.csv line 2: "k": 256 is not within u8, which is 0 to 255
                  values.csv line 3: 2 fields; as many as the header's 4 are right
                  values.csv line 4: device "D1" is in line 2 too
                  values.csv line 5: "m": is REPEAT in the config and differs from the first device's; \
                leave it empty or the same""", refusal(Optional.of("id"), "id,k,m,k", "d1,256,x,1", "d2,1", "D1,1,,1", "d3,1,y,1"));
    }

    @ParameterizedTest
    @CsvSource({"../d1", ".d1", "a b", "a/b", "''", "größe", "a;b", "$x"})
    void anIdThatIsNoFileNameIsRefused(String id) {
        String told = refusal(Optional.of("id"), "id,k,m,k", id + ",1,x,1");

        assertFalse(told.indexOf("cannot be part of a file name; 1 to 128 letters") < 0, told);
    }

    @Test
    void valuesHaveAHeaderAndADevice() {
        assertEquals(
                "values.csv line 1: there is no device; a header and a row a device are right",
                refusal(Optional.empty(), "k,m,k"));
        assertEquals(
                "values.csv line 1: there is no device; a header and a row a device are right",
                refusal(Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            k,data,u7|"k": encoding "u7" is not one of u8 to i64
            k,data, u8|"k": encoding " u8" is not one of
            k,data,u8,TWICE|"k": nothing but REPEAT may follow the encoding
            k,data,u8,REPEAT,x|"k": nothing but REPEAT may follow the encoding
            k,blob,u8|"k": type "blob" is not one of namespace, data, file
            n,namespace,u8|"n": a namespace has no encoding; NAME,namespace, is right
            n,namespace,,x|"n": a namespace has no encoding
            sixteen_letters_,data,u8|key "sixteen_letters_" is not 1 to 15 ASCII characters
            """)
    void aBadRowOfTheConfigIsRefusedWithItsLine(String row, String sentence) {
        DevpkiException told = assertFault(
                Fault.INVALID_INPUT,
                sentence,
                () -> MassTable.read(NvsVectors.table("a,namespace,", row), "config.csv"));

        assertEquals("config.csv line 2: ", told.sentence().substring(0, 19));
    }

    @Test
    void theConfigBeginsWithANamespace() {
        assertFault(
                Fault.INVALID_INPUT,
                "config.csv line 1: \"k\": the first row must be a namespace",
                () -> MassTable.read(NvsVectors.table("k,data,u8"), "config.csv"));
        assertFault(
                Fault.INVALID_INPUT,
                "config.csv line 1: there is no row; a namespace is the first one",
                () -> MassTable.read(List.of(), "config.csv"));
    }

    /** Encodings that the tool's own check does not let pass, though its generator knows them. */
    @Test
    void everyEncodingOfTheGeneratorMayStandInTheConfig() {
        MassTable table = MassTable.read(
                NvsVectors.table("a,namespace,", "i,data,i16", "f,data,blob_fill(4;0xff)"), "config.csv");

        assertEquals(
                2,
                table.devices(NvsVectors.table("i,f", "-2,x"), "values.csv", Optional.empty(), file -> null)
                        .get(0)
                        .contents()
                        .items()
                        .size());
    }
}
