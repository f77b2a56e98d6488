package org.lamella.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.block.Block;
import org.lamella.block.Blocks;
import org.lamella.block.Stability;
import org.lamella.run.RunResult;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

class ReportTest {
    private static final String HOSTILE = "</script><img src=x onerror=\"alert('1')\">&amp;\u2028";

    @TempDir
    Path folder;

    private static RunResult pair(int first, int second) {
        var counts = new LinkedHashMap<String, Integer>();
        counts.put("deep", first);
        counts.put("wide", second);
        return Runs.run(counts, List.of());
    }

    private static JsonNode data(String html) throws IOException {
        var found = Pattern.compile(
                        "<script type=\"application/json\" id=\"lamella-data\">(.*?)</script>", Pattern.DOTALL)
                .matcher(html);
        assertThat(found.find()).isTrue();
        return new ObjectMapper().readTree(found.group(1));
    }

    private static float[] floats(JsonNode base64) {
        var numbers = ByteBuffer.wrap(Base64.getDecoder().decode(base64.asText()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        float[] all = new float[numbers.remaining()];
        numbers.get(all);
        return all;
    }

    @Test
    void data_ofTwoModels_isEveryCellOfThreeMaps() throws IOException {
        RunResult result = pair(9, 6);
        JsonNode data = data(Report.of(result).html());
        String[][] expected = {{"deep", "deep"}, {"wide", "wide"}, {"deep", "wide"}};
        assertThat(data.get("maps")).hasSize(3);
        for (int k = 0; k < 3; k++) {
            JsonNode map = data.get("maps").get(k);
            assertThat(data.at("/models/" + map.get("rows").asInt() + "/name").asText())
                    .isEqualTo(expected[k][0]);
            assertThat(data.at("/models/" + map.get("columns").asInt() + "/name")
                            .asText())
                    .isEqualTo(expected[k][1]);
            CkaMatrix part = result.cka().between(expected[k][0], expected[k][1]);
            int width = part.columns().size();
            float[] values = floats(map.get("values"));
            float[] errors = floats(map.get("errors"));
            assertThat(values).hasSize(part.rows().size() * width);
            for (int row = 0; row < part.rows().size(); row++) {
                for (int column = 0; column < width; column++) {
                    assertThat(values[row * width + column]).isEqualTo((float) part.value(row, column));
                    assertThat(errors[row * width + column]).isEqualTo((float) part.standardError(row, column));
                }
            }
        }
        assertThat(data.at("/models/0/names/8").asText()).isEqualTo("logits");
        assertThat(data.at("/models/1/kinds/1").asText()).isEqualTo("Conv");
        assertThat(data.at("/models/1/shapes/0").asText()).isEqualTo("3 × 32 × 32");
    }

    @Test
    void undefinedCells_stayNaN_andUnknownErrorsAreLeftOut() throws IOException {
        var layers = Runs.named("m", "a", "dead");
        double[] unknown = new double[4];
        Arrays.fill(unknown, Double.NaN);
        double[] values = {1, Double.NaN, Double.NaN, Double.NaN};
        var result = new RunResult(
                Runs.manifest(List.of("m"), layers, List.of()), new CkaMatrix(layers, layers, values, unknown));
        String html = Report.of(result).html();
        JsonNode map = data(html).get("maps").get(0);
        assertThat(floats(map.get("values"))).containsExactly(1, Float.NaN, Float.NaN, Float.NaN);
        assertThat(map.get("errors").isNull()).isTrue();
        assertThat(html).contains("undefined: dead");
    }

    @Test
    void names_thatAreMarkup_stayText() throws IOException {
        var layers = Runs.named(HOSTILE, HOSTILE, "b");
        var result = new RunResult(
                Runs.manifest(List.of(HOSTILE), layers, List.of(HOSTILE)),
                Runs.matrix(layers, layers, (i, j) -> i == 0 ? Double.NaN : 0.5));
        String html = Report.of(result).html();
        assertThat(html).doesNotContain("<img").doesNotContain("\u2028").contains("&lt;img src=x onerror=&quot;");
        assertThat(Pattern.compile("</script", Pattern.CASE_INSENSITIVE)
                        .matcher(html)
                        .results())
                .hasSize(2);
        assertThat(data(html).at("/models/0/names/0").asText()).isEqualTo(HOSTILE.replace('\u2028', '\uFFFD'));
    }

    @Test
    void page_loadsNothing_andSaysSoToTheBrowser() throws Exception {
        String html = Report.of(pair(9, 6)).html();
        assertThat(html)
                .doesNotContainPattern("(src|href)=\"(?!data:,\")")
                .doesNotContain("http:", "https:", "@import");
        var script = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL).matcher(html);
        assertThat(script.find()).isTrue();
        byte[] digest =
                MessageDigest.getInstance("SHA-256").digest(script.group(1).getBytes(StandardCharsets.UTF_8));
        assertThat(html)
                .contains("default-src &#39;none&#39;")
                .contains("script-src &#39;sha256-" + Base64.getEncoder().encodeToString(digest));
    }

    @Test
    void page_tells_whatWasRun() {
        var result = Runs.run(Map.of("net", 30), List.of("a slow kernel"));
        String html = Report.of(result).html();
        assertThat(html)
                .contains("SkylakeX kernels", "2 threads", "10\u202F000", "256 examples, 10 passes", "a slow kernel")
                .contains("cifar10:data/cifar-10", "checkpoints/net.onnx", "/Shape_output_0: int64")
                .contains("<details><summary><strong>net</strong>, 30 layers</summary>");
        assertThat(Report.of(Runs.run(Map.of("net", 30), List.of())).html()).doesNotContain("id=\"warnings\"");
    }

    @Test
    void page_ofTwoTimesTwoHundredLayers_isBelowThreeMegabytes() {
        RunResult result = pair(200, 200);
        String html = Report.of(result).html();
        assertThat(html.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(3_000_000);
        assertThat(Report.of(result).html()).isEqualTo(html);
    }

    @Test
    void save_twice_replacesTheFile() throws IOException {
        Path file = folder.resolve("run/report.html");
        Report.of(pair(3, 3)).save(file);
        Report.of(pair(4, 3)).save(file);
        assertThat(Files.readString(file)).isEqualTo(Report.of(pair(4, 3)).html());
        try (var files = Files.list(file.getParent())) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void blocks_areInNumbersWordsAndOutlines_andCannotBecomeMarkup() throws IOException {
        RunResult run = pair(9, 6);
        List<String> deep = run.cka().between("deep", "deep").rows().stream()
                .map(LayerId::name)
                .toList();
        var block = new Block(
                2,
                7,
                deep.get(2),
                HOSTILE,
                0.9512,
                0.9,
                0.3125,
                0.4,
                0.3125,
                List.of(),
                new Stability(0.97, 2, 3, 7, 7));
        var blocks = List.of(
                new Blocks("deep", deep, List.of(block)),
                new Blocks(
                        "wide",
                        run.cka().between("wide", "wide").rows().stream()
                                .map(LayerId::name)
                                .toList(),
                        List.of()));
        String html =
                Report.of(new RunResult(run.manifest(), run.cka(), blocks)).html();
        assertThat(html)
                .contains("deep: 1 block", "wide: no block", "2 to 6", "0.951", "0.97", "lamella components")
                .contains("It comes back in 97 % of the draws from the batches, from layer 2–3 to layer 6.")
                .doesNotContain(HOSTILE);
        var outlines = Pattern.compile("id=\"lamella-blocks\">(.*?)</script>", Pattern.DOTALL)
                .matcher(html);
        assertThat(outlines.find()).isTrue();
        JsonNode json = new ObjectMapper().readTree(outlines.group(1));
        assertThat(json.at("/0/model").asText()).isEqualTo("deep");
        assertThat(json.at("/0/blocks").toString()).isEqualTo("[[2,6]]");
        assertThat(json.at("/1/blocks")).isEmpty();
        assertThat(Report.of(run).html()).doesNotContain("lamella-blocks\">");
    }
}
