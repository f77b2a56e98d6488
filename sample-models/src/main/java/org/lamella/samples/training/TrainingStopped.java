package org.lamella.samples.training;

import java.nio.file.Path;
import org.lamella.LamellaException;

/** A training that was asked to stop and has saved its state. */
public final class TrainingStopped extends LamellaException {
    private static final long serialVersionUID = 1;

    TrainingStopped(Path state, int epoch, int step) {
        super(state.toString(), "stopped in epoch %d before step %d; go on with --resume".formatted(epoch, step));
    }
}
