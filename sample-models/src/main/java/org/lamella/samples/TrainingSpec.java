package org.lamella.samples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.lamella.LamellaException;

/**
 * One network to be trained: what it is, on which data, and how. Read from JSON, in which every field must be there.
 *
 * @param name of the network, and of its checkpoint's file
 * @param network depth, width and family
 * @param train the examples to learn from
 * @param test the examples on which the network is judged; never learnt from
 * @param fraction share of each class of the training examples that is used, above 0 and at most 1
 * @param epochs passes over the training examples used
 * @param batch examples a step
 * @param learningRate at the first step; falls to 0 along half a cosine
 * @param weightDecay λ of the λ/2 ‖weights‖² in the loss; biases and batch normalisation are left out
 * @param augmentation random changes of the training images
 * @param seeds where chance comes from
 */
public record TrainingSpec(
        String name,
        Network network,
        IdxFiles train,
        IdxFiles test,
        double fraction,
        int epochs,
        int batch,
        double learningRate,
        double weightDecay,
        Augmentation augmentation,
        Seeds seeds) {

    /**
     * @param family {@code resnet}: {@link ResidualNetwork}
     * @param depth layers with weights, counted as the family counts them
     * @param width factor on the number of filters
     * @param shortcut how residual blocks change size
     */
    public record Network(String family, int depth, int width, Shortcut shortcut) {}

    /** Names of IDX files, relative to the directory of data given to the training, or absolute. */
    public record IdxFiles(String images, String labels) {}

    /**
     * @param crop pixels by which an image is moved at most, up, down, left and right; what comes in is 0
     * @param flip whether half of the images are mirrored, left to right
     */
    public record Augmentation(int crop, boolean flip) {}

    /**
     * Each kind of chance has its own seed, so that one can be changed and the others kept.
     *
     * @param initialization of the weights
     * @param order of the examples
     * @param augmentation of the images
     * @param subset which examples the fraction keeps
     */
    public record Seeds(long initialization, long order, long augmentation, long subset) {}

    public TrainingSpec {
        require(name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"), "name", name, "letters, digits, dots and dashes");
        require(network.family().equals("resnet"), "network.family", network.family(), "resnet");
        require(fraction > 0 && fraction <= 1, "fraction", fraction, "above 0 and at most 1");
        require(epochs >= 1, "epochs", epochs, "1 or more");
        require(batch >= 1, "batch", batch, "1 or more");
        require(learningRate > 0, "learningRate", learningRate, "above 0");
        require(weightDecay >= 0, "weightDecay", weightDecay, "0 or more");
        require(augmentation.crop() >= 0, "augmentation.crop", augmentation.crop(), "0 or more");
    }

    private static void require(boolean condition, String field, Object value, String wanted) {
        if (!condition) {
            throw new LamellaException("training spec", field + " is " + value + " but must be " + wanted);
        }
    }

    /** @throws LamellaException if the file is not there, is not JSON of this form, or asks for what is not possible */
    public static TrainingSpec read(Path file) {
        try {
            return JsonMapper.builder()
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build()
                    .readValue(Files.readString(file), TrainingSpec.class);
        } catch (NoSuchFileException e) {
            throw new LamellaException(file.toString(), "there is no such file", e);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof LamellaException refused) {
                throw new LamellaException(file.toString(), String.valueOf(refused.getMessage()), e);
            }
            throw new LamellaException(file.toString(), "not a training spec: " + field(e) + e.getOriginalMessage(), e);
        } catch (JsonProcessingException e) {
            throw new LamellaException(file.toString(), "not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read (" + e + ")", e);
        }
    }

    private static String field(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : path + ": ";
    }
}
