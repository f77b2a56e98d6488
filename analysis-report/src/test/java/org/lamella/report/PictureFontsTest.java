package org.lamella.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;

class PictureFontsTest {
    @TempDir
    Path folder;

    /** What a fresh Java does with a small picture: writes it to the file named, or prints why not. */
    static final class Draw {
        private Draw() {}

        public static void main(String[] arguments) {
            try {
                picture().save(Path.of(arguments[0]));
            } catch (LamellaException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static Heatmap picture() {
        return Heatmap.of(Runs.run(Map.of("net", 4), List.of()).cka());
    }

    private String draw(Path file, String option, Map<String, String> environment)
            throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                option,
                // Where Java keeps what it learned about fonts earlier.
                "-Duser.home=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                Draw.class.getName(),
                file.toString());
        process.redirectErrorStream(true).environment().putAll(environment);
        Process running = process.start();
        String printed = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(running.waitFor()).as(printed).isZero();
        return printed;
    }

    @Test
    void picture_onAMachineWithoutFonts_isTheSamePicture() throws Exception {
        Path none = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig></fontconfig>");
        Path file = folder.resolve("bare.png");
        assertThat(draw(file, "-Djava.awt.headless=true", Map.of("FONTCONFIG_FILE", none.toString())))
                .isEmpty();
        assertThat(Files.readAllBytes(file)).isEqualTo(PngPicture.of(picture()));
    }

    @Test
    void picture_whereGraphicsCannotStart_isOneLine() throws Exception {
        // A font configuration that does not exist, named by hand, is not replaced by ours.
        Path none = Files.writeString(folder.resolve("fonts.conf"), "<fontconfig></fontconfig>");
        Path file = folder.resolve("none.png");
        String printed = draw(file, "-Dsun.awt.fontconfig=/nowhere", Map.of("FONTCONFIG_FILE", none.toString()));
        if (Files.notExists(file)) {
            assertThat(printed.strip().lines()).hasSize(1);
            assertThat(printed).startsWith("picture: ").contains("fontconfig");
        }
    }
}
