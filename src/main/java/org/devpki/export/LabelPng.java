package org.devpki.export;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.devpki.model.Bytes;

/** The code with its quiet zone, black on white, a bit a pixel, with its size on paper. Without text: that needs fonts. */
final class LabelPng {
    private static final int WHITE = 0xFFFFFF;
    private static final double INCHES_PER_METRE = 1000 / LabelSize.MM_PER_INCH;

    private LabelPng() {}

    static Bytes of(LabelLayout layout, LabelSize size) {
        BufferedImage picture = picture(layout);
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(octets)) {
            writer.setOutput(out);
            writer.write(new IIOImage(picture, null, resolution(writer, picture, size)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            writer.dispose();
        }
        return Bytes.of(octets.toByteArray());
    }

    private static BufferedImage picture(LabelLayout layout) {
        int side = layout.codeDots();
        BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                if (!isDark(layout, x, y)) {
                    picture.setRGB(x, y, WHITE);
                }
            }
        }
        return picture;
    }

    private static boolean isDark(LabelLayout layout, int x, int y) {
        int column = x / layout.moduleDots() - QrCode.QUIET_ZONE;
        int row = y / layout.moduleDots() - QrCode.QUIET_ZONE;
        int side = layout.code().side();
        return column >= 0
                && row >= 0
                && column < side
                && row < side
                && layout.code().isDark(column, row);
    }

    /** The chunk pHYs (PNG specification, section 11.3.4.3): pixels a metre. */
    private static IIOMetadata resolution(ImageWriter writer, BufferedImage picture, LabelSize size)
            throws IOException {
        IIOMetadata metadata = writer.getDefaultImageMetadata(
                ImageTypeSpecifier.createFromRenderedImage(picture), writer.getDefaultWriteParam());
        String pixels = String.valueOf(Math.round(size.dpi() * INCHES_PER_METRE));
        IIOMetadataNode physical = new IIOMetadataNode("pHYs");
        physical.setAttribute("pixelsPerUnitXAxis", pixels);
        physical.setAttribute("pixelsPerUnitYAxis", pixels);
        physical.setAttribute("unitSpecifier", "meter");
        IIOMetadataNode root = new IIOMetadataNode(metadata.getNativeMetadataFormatName());
        root.appendChild(physical);
        metadata.mergeTree(metadata.getNativeMetadataFormatName(), root);
        return metadata;
    }
}
