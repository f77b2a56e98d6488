package org.lamella.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;

/** Models opened together and closed together. */
record OpenModels(List<Model> models) implements AutoCloseable {
    /** @param tokenizer for all models that take tokens; null for the one beside each */
    static OpenModels open(List<String> named, int threads, @Nullable Path tokenizer, EngineOption engine) {
        List<Model> models = new ArrayList<>();
        var opened = new OpenModels(models);
        try {
            for (String one : named) {
                Model model = Checkpoints.openNamed(one);
                models.add(
                        model instanceof Checkpoint checkpoint
                                ? engine.bind(prepared(checkpoint, threads, tokenizer))
                                : model);
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static Checkpoint prepared(Checkpoint checkpoint, int threads, @Nullable Path tokenizer) {
        Checkpoint threaded = checkpoint.withThreads(threads);
        return tokenizer == null ? threaded : threaded.withTokenizer(tokenizer);
    }

    @Override
    public void close() {
        models.forEach(Model::close);
    }
}
