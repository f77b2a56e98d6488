package org.lamella.run;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamella.LamellaException;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.DataSource;
import org.lamella.data.Sha256;
import org.lamella.model.Model;

/** What is recorded of the models of a run. */
final class RunModels {
    private RunModels() {}

    /**
     * Checks names that become parts of file names and of arrays' names: better refused now than when the results are written.
     *
     * @throws LamellaException if one cannot be, or is that of two models
     */
    static void checkNames(List<Model> models) {
        if (models.size() < 2) {
            return;
        }
        Set<String> names = new HashSet<>();
        for (Model model : models) {
            String name = model.name();
            if (name.contains("--")
                    || name.equals("layers")
                    || name.length() > 80
                    || name.chars().anyMatch(Character::isISOControl)) {
                throw new LamellaException(
                        "model '" + name + "'",
                        "cannot be a file's name beside another model's; give it another: name=" + model.path());
            }
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw new LamellaException(
                        "model '" + name + "'", "is the name of two models; give one another name: name=path");
            }
        }
    }

    /** The models with their layers as they are compared, numbered from 0. Reads the models' files for their digests. */
    static List<RunPlan.Model> compared(List<Model> models, OpenedModels opened) {
        List<RunPlan.Model> compared = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            Model model = models.get(i);
            List<Layer> layers = opened.sources().get(i).layers();
            List<Layer> numbered = IntStream.range(0, layers.size())
                    .mapToObj(position -> layers.get(position).at(position))
                    .toList();
            compared.add(new RunPlan.Model(
                    model.name(),
                    Sha256.of(model.files()),
                    numbered,
                    opened.own(model.name()).map(DataSource::sha256).orElse(null),
                    opened.given(model.name()).map(DataSource::preparation).orElse("")));
        }
        return compared;
    }

    /** The models as they stand in a manifest. */
    static List<RunManifest.Model> recorded(List<Model> models, List<RunPlan.Model> compared, OpenedModels opened) {
        List<RunManifest.Model> recorded = new ArrayList<>();
        for (int i = 0; i < models.size(); i++) {
            Model model = models.get(i);
            recorded.add(new RunManifest.Model(
                    model.name(),
                    model.path().toString(),
                    model.format(),
                    opened.engine(model.name()).map(Engine::toString).orElse(null),
                    compared.get(i).sha256(),
                    compared.get(i).layers().stream().map(Layer::name).toList(),
                    Stream.concat(model.leftOut().stream(), opened.leftOut(model.name()).stream())
                            .map(LeftOut::toString)
                            .toList(),
                    opened.own(model.name()).map(RunManifest.Data::of).orElse(null),
                    opened.given(model.name())
                            .map(DataSource::preparation)
                            .filter(preparation -> !preparation.isEmpty())
                            .orElse(null)));
        }
        return recorded;
    }
}
