package org.devpki.esp;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.devpki.model.Bytes;
import org.devpki.model.Curve;
import org.devpki.model.DeviceKey;
import org.devpki.model.DevpkiException;
import org.devpki.model.KeySpec;
import org.devpki.model.SecretBytes;

/**
 * A signature over an esp_secure_cert image, made with the key of Secure Boot: 16 octets of header, then for RSA-3072 the
 * 1216-octet block of Secure Boot v2, for EC the curve, the public key and the signature.
 *
 * @see <a href="../../docs/formats/esp-secure-cert-partition.md">layout, and the tool version it was checked against</a>
 */
final class SignatureBlock {
    private static final int HEADER_OCTETS = 16;
    private static final int LENGTH_AT = 8;
    private static final int ALGORITHM_AT = 12;
    private static final int RSA_BITS = 3072;
    private static final int RSA_OCTETS = RSA_BITS / Byte.SIZE;
    private static final int RSA_BLOCK_OCTETS = 1216;
    private static final int RSA_CRC_AT = 1196;
    private static final int RSA_MAGIC = 0x02E7; // magic E7, version 2

    private SignatureBlock() {}

    /** Which key and hash: the octet of the header, which is the curve's number too. */
    private enum Algorithm {
        RSA_3072(0, "RSA", "RSASSA-PSS"),
        P_256(2, "EC", "SHA256withECDSAinP1363Format"),
        P_384(3, "EC", "SHA384withECDSAinP1363Format");

        private final int code;
        private final String keyName;
        private final String signatureName;

        Algorithm(int code, String keyName, String signatureName) {
            this.code = code;
            this.keyName = keyName;
            this.signatureName = signatureName;
        }

        static Algorithm of(KeySpec spec) {
            Algorithm found = spec.match(
                    ec -> switch (ec.curve()) {
                        case P_256 -> P_256;
                        case P_384 -> P_384;
                        case P_521 -> null;
                    },
                    rsa -> rsa.bits() == RSA_BITS ? RSA_3072 : null,
                    ed -> null,
                    ml -> null);
            if (found == null) {
                throw DevpkiException.refused(
                        "an image is signed with a key of kind RSA-3072, P-256 or P-384, not " + spec.text());
            }
            return found;
        }

        static Algorithm ofCode(int code) {
            return Arrays.stream(values())
                    .filter(algorithm -> algorithm.code == code)
                    .findFirst()
                    .orElseThrow(() -> DevpkiException.invalid(
                            "signature algorithm " + code + " is not RSA-3072, P-256 or P-384"));
        }

        int coordinateOctets() {
            return this == P_256 ? 32 : 48;
        }

        Signature engine() throws GeneralSecurityException {
            Signature engine = Jca.signature(signatureName, keyName);
            if (this == RSA_3072) {
                engine.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
            }
            return engine;
        }
    }

    /** The value of a SIGNATURE_BLOCK entry over these octets, from offset 0 of the image. */
    static SecretBytes sign(byte[] signed, DeviceKey key) {
        Algorithm algorithm = Algorithm.of(key.spec());
        try {
            KeyFactory factory = Jca.keyFactory(algorithm.keyName);
            PrivateKey privateKey = key.pkcs8().lend(octets -> privateKey(factory, octets));
            PublicKey publicKey = factory.generatePublic(
                    new X509EncodedKeySpec(key.publicKey().octets().toArray()));
            Signature engine = algorithm.engine();
            engine.initSign(privateKey);
            engine.update(signed);
            byte[] body = algorithm == Algorithm.RSA_3072
                    ? rsaBody((RSAPublicKey) publicKey, signed, engine.sign())
                    : ecBody((ECPublicKey) publicKey, algorithm, engine.sign());
            ByteBuffer block = ByteBuffer.allocate(HEADER_OCTETS + body.length).order(ByteOrder.LITTLE_ENDIAN);
            block.put(0, (byte) 1).putInt(LENGTH_AT, signed.length).put(ALGORITHM_AT, (byte) algorithm.code);
            block.put(HEADER_OCTETS, body);
            return SecretBytes.taking(block.array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PrivateKey privateKey(KeyFactory factory, byte[] pkcs8) {
        try {
            return factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] rsaBody(RSAPublicKey key, byte[] signed, byte[] signature) {
        BigInteger modulus = key.getModulus();
        ByteBuffer body = ByteBuffer.allocate(RSA_BLOCK_OCTETS).order(ByteOrder.LITTLE_ENDIAN);
        body.putInt(RSA_MAGIC).put(Bytes.of(signed).sha256().toArray());
        LittleEndian.put(body, modulus, RSA_OCTETS);
        body.putInt(key.getPublicExponent().intValueExact());
        LittleEndian.put(body, BigInteger.ONE.shiftLeft(2 * RSA_BITS).mod(modulus), RSA_OCTETS);
        body.putInt(modulus.modInverse(BigInteger.ONE.shiftLeft(Integer.SIZE))
                .negate()
                .intValue());
        LittleEndian.put(body, new BigInteger(1, signature), RSA_OCTETS);
        CRC32 crc = new CRC32(); // this one is the CRC of zip files
        crc.update(body.array(), 0, RSA_CRC_AT);
        body.putInt((int) crc.getValue());
        return body.array();
    }

    private static byte[] ecBody(ECPublicKey key, Algorithm algorithm, byte[] signature) {
        int octets = algorithm.coordinateOctets();
        ByteBuffer body = ByteBuffer.allocate(1 + 4 * octets);
        body.put((byte) algorithm.code);
        LittleEndian.put(body, key.getW().getAffineX(), octets);
        LittleEndian.put(body, key.getW().getAffineY(), octets);
        LittleEndian.put(body, new BigInteger(1, Arrays.copyOf(signature, octets)), octets);
        LittleEndian.put(body, new BigInteger(1, Arrays.copyOfRange(signature, octets, 2 * octets)), octets);
        return body.array();
    }

    /**
     * Whether the block's own key made its signature over the beginning of the image.
     *
     * @param signedOctets where the first signature entry begins
     * @throws DevpkiException INVALID_INPUT if the block is not laid out as one
     */
    static boolean verify(byte[] image, int signedOctets, byte[] block) {
        if (block.length < HEADER_OCTETS) {
            throw DevpkiException.invalid("a signature block of " + block.length + " octets is cut");
        }
        ByteBuffer header = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        Algorithm algorithm = Algorithm.ofCode(block[ALGORITHM_AT] & 0xff);
        int body = algorithm == Algorithm.RSA_3072 ? RSA_BLOCK_OCTETS : 1 + 4 * algorithm.coordinateOctets();
        if (block.length != HEADER_OCTETS + body || header.getInt(LENGTH_AT) != signedOctets) {
            return false;
        }
        try {
            Signature engine = algorithm.engine();
            byte[] signature =
                    algorithm == Algorithm.RSA_3072 ? initRsa(engine, block) : initEc(engine, algorithm, block);
            engine.update(image, 0, signedOctets);
            return engine.verify(signature);
        } catch (GeneralSecurityException | ArithmeticException e) {
            return false; // a key or signature that is none
        }
    }

    private static byte[] initRsa(Signature engine, byte[] block) throws GeneralSecurityException {
        int modulusAt = HEADER_OCTETS + 36;
        int exponentAt = modulusAt + RSA_OCTETS;
        int signatureAt = exponentAt + 4 + RSA_OCTETS + 4;
        engine.initVerify(Jca.keyFactory("RSA")
                .generatePublic(new RSAPublicKeySpec(
                        LittleEndian.get(block, modulusAt, RSA_OCTETS), LittleEndian.get(block, exponentAt, 4))));
        return bigEndian(block, signatureAt, RSA_OCTETS);
    }

    private static byte[] initEc(Signature engine, Algorithm algorithm, byte[] block) throws GeneralSecurityException {
        int octets = algorithm.coordinateOctets();
        int at = HEADER_OCTETS + 1;
        AlgorithmParameters curve = Jca.curve();
        curve.init(new ECGenParameterSpec(algorithm == Algorithm.P_256 ? Curve.P_256.oid() : Curve.P_384.oid()));
        engine.initVerify(Jca.keyFactory("EC")
                .generatePublic(new ECPublicKeySpec(
                        new ECPoint(LittleEndian.get(block, at, octets), LittleEndian.get(block, at + octets, octets)),
                        curve.getParameterSpec(ECParameterSpec.class))));
        byte[] r = bigEndian(block, at + 2 * octets, octets);
        byte[] both = Arrays.copyOf(r, 2 * octets);
        System.arraycopy(bigEndian(block, at + 3 * octets, octets), 0, both, octets, octets);
        return both;
    }

    private static byte[] bigEndian(byte[] octets, int start, int length) {
        byte[] reversed = new byte[length];
        for (int i = 0; i < length; i++) {
            reversed[i] = octets[start + length - 1 - i];
        }
        return reversed;
    }
}
