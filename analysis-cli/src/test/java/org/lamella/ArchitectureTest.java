package org.lamella;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.lamella.array.FloatFormat;

/** The arrows between modules and between the packages of the core, as docs/architecture.md draws them. */
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.lamella");

    @Test
    void modules_pointInOneDirection() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("cli")
                .definedBy("org.lamella.cli..")
                .layer("report")
                .definedBy("org.lamella.report..")
                .layer("samples")
                .definedBy("org.lamella.samples..")
                .layer("core")
                .definedBy(
                        "org.lamella",
                        "org.lamella.data..",
                        "org.lamella.text..",
                        "org.lamella.array..",
                        "org.lamella.linalg..",
                        "org.lamella.activation..",
                        "org.lamella.onnx..",
                        "org.lamella.convert..",
                        "org.lamella.dl4j..",
                        "org.lamella.keras..",
                        "org.lamella.samediff..",
                        "org.lamella.model..",
                        "org.lamella.similarity..",
                        "org.lamella.measure..",
                        "org.lamella.probe..",
                        "org.lamella.component..",
                        "org.lamella.block..",
                        "org.lamella.prune..",
                        "org.lamella.run..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("report")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("samples")
                .mayOnlyBeAccessedByLayers("cli")
                .check(ALL);
    }

    @Test
    void corePackages_pointInOneDirection() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("run")
                .definedBy("org.lamella.run..")
                .layer("prune")
                .definedBy("org.lamella.prune..")
                .layer("measure")
                .definedBy("org.lamella.measure..")
                .layer("probe")
                .definedBy("org.lamella.probe..")
                .layer("component")
                .definedBy("org.lamella.component..")
                .layer("block")
                .definedBy("org.lamella.block..")
                .layer("similarity")
                .definedBy("org.lamella.similarity..")
                .layer("model")
                .definedBy("org.lamella.model..")
                .layer("keras")
                .definedBy("org.lamella.keras..")
                .layer("dl4j")
                .definedBy("org.lamella.dl4j..")
                .layer("samediff")
                .definedBy("org.lamella.samediff..")
                .layer("convert")
                .definedBy("org.lamella.convert..")
                .layer("onnx")
                .definedBy("org.lamella.onnx..")
                .layer("activation")
                .definedBy("org.lamella.activation..")
                .layer("data")
                .definedBy("org.lamella.data..")
                .layer("text")
                .definedBy("org.lamella.text..")
                .layer("array")
                .definedBy("org.lamella.array..")
                .layer("linalg")
                .definedBy("org.lamella.linalg..")
                .whereLayer("measure")
                .mayOnlyBeAccessedByLayers("run")
                .whereLayer("probe")
                .mayOnlyBeAccessedByLayers("run")
                .whereLayer("component")
                .mayOnlyBeAccessedByLayers("run")
                .whereLayer("block")
                .mayOnlyBeAccessedByLayers("run", "prune")
                .whereLayer("similarity")
                .mayOnlyBeAccessedByLayers("run", "prune", "component", "measure", "probe", "block")
                .whereLayer("model")
                .mayOnlyBeAccessedByLayers("run", "prune")
                .whereLayer("keras")
                .mayOnlyBeAccessedByLayers("model")
                .whereLayer("dl4j")
                .mayOnlyBeAccessedByLayers("model", "keras", "prune")
                .whereLayer("samediff")
                .mayOnlyBeAccessedByLayers("model")
                .whereLayer("convert")
                .mayOnlyBeAccessedByLayers("dl4j", "samediff")
                .whereLayer("onnx")
                .mayOnlyBeAccessedByLayers("model", "dl4j", "samediff", "prune")
                .whereLayer("activation")
                .mayOnlyBeAccessedByLayers(
                        "run",
                        "prune",
                        "component",
                        "measure",
                        "probe",
                        "similarity",
                        "model",
                        "dl4j",
                        "samediff",
                        "onnx")
                .whereLayer("data")
                .mayOnlyBeAccessedByLayers("run", "prune", "model", "dl4j", "samediff", "onnx")
                .whereLayer("text")
                .mayOnlyBeAccessedByLayers("onnx")
                .whereLayer("array")
                .mayOnlyBeAccessedByLayers("run", "model", "keras", "activation", "data")
                .whereLayer("linalg")
                .mayOnlyBeAccessedByLayers(
                        "run",
                        "prune",
                        "component",
                        "measure",
                        "probe",
                        "similarity",
                        "activation",
                        "model",
                        "dl4j",
                        "onnx")
                .ignoreDependency(
                        com.tngtech.archunit.base.DescribedPredicate.describe(
                                "outside the core",
                                type -> !type.getPackageName()
                                        .matches(
                                                "org\\.lamella\\.(run|prune|block|component|measure|probe|similarity|model|keras|dl4j|samediff|convert|onnx|activation|data|text|array|linalg)")),
                        com.tngtech.archunit.base.DescribedPredicate.alwaysTrue())
                .check(ALL);
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("org.lamella.(*)..").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void engines_areKnownInTheirPackagesOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "org.lamella.onnx..",
                        "org.lamella.convert..",
                        "org.lamella.dl4j..",
                        "org.lamella.keras..",
                        "org.lamella.samediff..",
                        "org.lamella.prune..",
                        "org.lamella.samples..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.onnxruntime..", "org.deeplearning4j..", "org.nd4j..", "onnx..")
                .check(ALL);
    }

    @Test
    void nativeTokenizers_areKnownInTheirPackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.lamella.text..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("ai.djl..")
                .check(ALL);
    }

    @Test
    void processes_areEndedInOnePlaceOnly() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("org.lamella.cli.Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(ALL);
    }

    @Test
    void commands_computeNothingNatively() {
        classes()
                .that()
                .resideInAPackage("org.lamella.cli..")
                .should()
                .onlyDependOnClassesThat(
                        resideOutsideOfPackages("org.bytedeco..", "org.lamella.linalg..", "org.lamella.array..")
                                .or(equivalentTo(FloatFormat.class)))
                .check(ALL);
    }
}
