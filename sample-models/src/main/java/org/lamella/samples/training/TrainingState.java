package org.lamella.samples.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All from which an interrupted training goes on as if it had not been: {@code NAME.state.zip}. Everything that chance decides
 * follows from the seeds and the numbers of epoch and step, so no generator's state is among it.
 *
 * @param progress how far it has come
 * @param parameters of the network, a row
 * @param updater the updater's state, a row; absent where it has none
 * @param best parameters of the best epoch so far; absent where nothing is held out
 */
record TrainingState(
        Progress progress,
        INDArray parameters,
        @Nullable INDArray updater,
        @Nullable INDArray best) {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * @param spec the specification with every field
     * @param data SHA-256 of the data
     * @param epoch that comes next or is under way, from 1
     * @param step that comes next in it, from 0
     * @param loss summed over the steps of this epoch
     * @param penalty likewise
     * @param seconds of this epoch so far
     * @param history of the epochs done
     * @param bestEpoch the one with the lowest loss on the examples held out; 0 for none yet
     */
    record Progress(
            String spec,
            String data,
            int epoch,
            int step,
            double loss,
            double penalty,
            double seconds,
            List<TrainingResult.Epoch> history,
            int bestEpoch) {
        Progress {
            history = List.copyOf(history);
        }
    }

    void write(Path file) {
        AtomicFile.write(file, out -> {
            try (ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.putNextEntry(new ZipEntry("progress.json"));
                zip.write(JSON.writeValueAsBytes(progress));
                write(zip, "parameters.bin", parameters);
                write(zip, "updater.bin", updater);
                write(zip, "best.bin", best);
            }
        });
    }

    private static void write(ZipOutputStream zip, String name, @Nullable INDArray array) throws IOException {
        if (array != null) {
            zip.putNextEntry(new ZipEntry(name));
            DataOutputStream out = new DataOutputStream(zip);
            Nd4j.write(array, out);
            out.flush();
        }
    }

    /** @throws LamellaException if it cannot be read, or is the state of another training */
    static TrainingState read(Path file, String spec, String data) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            Progress progress;
            try (InputStream in = zip.getInputStream(Objects.requireNonNull(zip.getEntry("progress.json")))) {
                progress = JSON.readValue(in, Progress.class);
            }
            if (!progress.spec().equals(spec)) {
                throw new LamellaException(
                        file.toString(), "is of another specification under the same name; remove it to start anew");
            }
            if (!progress.data().equals(data)) {
                throw new LamellaException(file.toString(), "is of a training on other data; remove it to start anew");
            }
            return new TrainingState(
                    progress,
                    Objects.requireNonNull(array(zip, "parameters.bin")),
                    array(zip, "updater.bin"),
                    array(zip, "best.bin"));
        } catch (IOException | NullPointerException e) {
            throw new LamellaException(
                    file.toString(), "cannot be read (" + e + "); remove it to start the training anew", e);
        }
    }

    private static @Nullable INDArray array(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            return null;
        }
        try (DataInputStream in = new DataInputStream(zip.getInputStream(entry))) {
            return Nd4j.read(in);
        }
    }
}
