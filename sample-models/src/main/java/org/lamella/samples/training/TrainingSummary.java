package org.lamella.samples.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a training that is done came to, as its {@code NAME.json} says.
 *
 * @param accuracy on the test examples
 * @param loss on the test examples
 * @param parameters of the network
 * @param seconds wall time of the epochs
 * @param checkpoint name of the file beside the result
 */
public record TrainingSummary(double accuracy, double loss, long parameters, double seconds, String checkpoint) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** The summary of a training of this very specification; empty if there is none that is done. */
    public static Optional<TrainingSummary> of(TrainingSpec spec, Path directory) {
        Path file = TrainingFiles.resultIn(directory, spec.name());
        try {
            JsonNode result = JSON.readTree(Files.readString(file));
            Path checkpoint = directory.resolve(spec.name() + ".zip");
            if (!result.path("spec").equals(JSON.readTree(SpecFile.print(spec))) || !Files.isRegularFile(checkpoint)) {
                return Optional.empty();
            }
            return Optional.of(new TrainingSummary(
                    result.at("/test/accuracy").doubleValue(),
                    result.at("/test/loss").doubleValue(),
                    result.at("/cost/parameters").longValue(),
                    result.at("/seconds").doubleValue(),
                    checkpoint.getFileName().toString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
