package org.lamella.cli;

import java.util.ArrayList;
import java.util.List;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;

/** Models opened together and closed together. */
record OpenModels(List<Model> models) implements AutoCloseable {
    static OpenModels open(List<String> named, int threads, EngineOption engine) {
        List<Model> models = new ArrayList<>();
        var opened = new OpenModels(models);
        try {
            for (String one : named) {
                Model model = Checkpoints.openNamed(one);
                models.add(
                        model instanceof Checkpoint checkpoint ? engine.bind(checkpoint.withThreads(threads)) : model);
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    @Override
    public void close() {
        models.forEach(Model::close);
    }
}
