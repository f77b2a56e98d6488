package org.lamella.samples.training;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;

/** The files of one training, which is the only one that writes them while they are open. */
final class TrainingFiles implements AutoCloseable {
    private static final ObjectWriter JSON = JsonMapper.builder().build().writerWithDefaultPrettyPrinter();

    private static final int PATIENCE_SECONDS = 30;

    private final Path directory;
    private final String name;
    private final FileChannel lock;

    private TrainingFiles(Path directory, String name, FileChannel lock) {
        this.directory = directory;
        this.name = name;
        this.lock = lock;
    }

    static TrainingFiles open(Path directory, String name) {
        Path file = directory.resolve("." + name + ".lock");
        try {
            Files.createDirectories(directory);
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!isHeld(channel)) {
                channel.close();
                throw new LamellaException(
                        directory.resolve(name).toString(), "is being written by another training; wait for its end");
            }
            return new TrainingFiles(directory, name, channel);
        } catch (IOException e) {
            throw new LamellaException(directory.toString(), "cannot be written (" + e + ")", e);
        }
    }

    /** Tries for some time: one that was told to stop still saves its state. */
    private static boolean isHeld(FileChannel channel) throws IOException {
        for (int tries = 0; tries < PATIENCE_SECONDS; tries++) {
            try {
                if (channel.tryLock() != null) {
                    return true;
                }
                Thread.sleep(1000);
            } catch (OverlappingFileLockException e) {
                return false; // by this process itself
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    Path checkpoint() {
        return directory.resolve(name + ".zip");
    }

    Path state() {
        return directory.resolve(name + ".state.zip");
    }

    void writeCheckpoint(ComputationGraph network) {
        write(checkpoint(), network);
    }

    void writeCheckpoint(int epoch, ComputationGraph network) {
        write(directory.resolve("%s-epoch%d.zip".formatted(name, epoch)), network);
    }

    private static void write(Path file, ComputationGraph network) {
        try {
            AtomicFile.write(file, out -> ModelSerializer.writeModel(network, out, false));
        } finally {
            network.close();
        }
    }

    void writeHistory(List<TrainingResult.Epoch> history) {
        AtomicFile.write(directory.resolve(name + ".csv"), out -> {
            CSVPrinter csv = new CSVPrinter(
                    new OutputStreamWriter(out, StandardCharsets.UTF_8),
                    CSVFormat.DEFAULT
                            .builder()
                            .setRecordSeparator('\n')
                            .setHeader(
                                    "epoch",
                                    "learning_rate",
                                    "loss",
                                    "penalty",
                                    "validation_loss",
                                    "validation_accuracy",
                                    "seconds")
                            .get());
            for (TrainingResult.Epoch epoch : history) {
                csv.printRecord(
                        epoch.number(),
                        epoch.learningRate(),
                        epoch.loss(),
                        epoch.penalty(),
                        epoch.validationLoss(),
                        epoch.validationAccuracy(),
                        epoch.seconds());
            }
            csv.flush();
        });
    }

    /** Writes the result, by which a training is known to be done, and removes what only an unfinished one needs. */
    void finish(TrainingResult result) {
        AtomicFile.write(resultIn(directory, name), out -> out.write(JSON.writeValueAsBytes(result)));
        delete(state());
    }

    /** Where the result of a training is once it is done. */
    static Path resultIn(Path directory, String name) {
        return directory.resolve(name + ".json");
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be removed (" + e + ")", e);
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
            delete(directory.resolve("." + name + ".lock"));
        } catch (IOException e) {
            throw new LamellaException(directory.toString(), "cannot be written (" + e + ")", e);
        }
    }
}
