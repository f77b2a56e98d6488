package org.lamella.model;

/** The kinds of files that are told apart: those that are opened, and those of others with the way from there. */
enum FileKind {
    ONNX,
    DL4J,
    STORED,
    KERAS,
    SAME_DIFF,
    KERAS_WEIGHTS(
            "the weights of a Keras model without its layers",
            "save the whole model in Python: model.load_weights('" + Way.FILE + "'); model.save('model.h5')"),
    KERAS_3(
            "a Keras 3 model",
            "in Python: keras.saving.load_model('" + Way.FILE + "').export('model.onnx', format='onnx')"),
    PYTORCH("a PyTorch checkpoint, which needs the Python code of its model", Way.TORCH),
    TORCHSCRIPT(
            "a TorchScript module",
            "in Python: torch.onnx.export(torch.jit.load('" + Way.FILE
                    + "').eval(), example, 'model.onnx', dynamo=False), or store activations with forward hooks"),
    TORCH_EXPORT(
            "a program of torch.export",
            "in Python: torch.onnx.export(torch.export.load('" + Way.FILE + "'), example, 'model.onnx', dynamo=True)"),
    SAVED_MODEL(
            "a TensorFlow SavedModel",
            "export it: python3 -m tf2onnx.convert --saved-model " + Way.FILE + " --output model.onnx"),
    TENSORFLOW_GRAPH(
            "a frozen TensorFlow graph",
            "export it: python3 -m tf2onnx.convert --graphdef " + Way.FILE
                    + " --inputs NAME:0 --outputs NAME:0 --output model.onnx"),
    TF_JS("a TensorFlow.js model", "export it: python3 -m tf2onnx.convert --tfjs " + Way.FILE + " --output model.onnx"),
    TF_LITE(
            "a TensorFlow Lite model",
            "export it: python3 -m tf2onnx.convert --tflite " + Way.FILE + " --output model.onnx"),
    CORE_ML(
            "a Core ML model",
            "export the model it was made from as ONNX, or store its activations as .npz with numpy.savez"),
    GGUF(
            "a language model's weights in GGUF or GGML, for llama.cpp",
            "export the model it was made from: optimum-cli export onnx --model NAME DIR"),
    TRANSFORMERS(
            "a folder of Hugging Face's transformers",
            "export it: optimum-cli export onnx --model " + Way.FILE + " DIR"),
    JOBLIB("a model saved by joblib", Way.SCIKIT),
    PICKLE("a Python pickle, which only the program that wrote it can open safely", Way.SCIKIT),
    MATLAB(
            "a MATLAB file",
            "save it with -v7.3, which is HDF5, or in Python: numpy.savez('acts.npz', **{k: v for k, v in"
                    + " scipy.io.loadmat('" + Way.FILE + "').items() if k[0] != '_'})"),
    R_DATA(
            "data of R",
            "write arrays with rhdf5::h5write, examples on the last axis, which is the first one in the file"),
    GZIP("gzipped", "unpack it first: gunzip " + Way.FILE),
    TAR("a tar archive", "unpack it first: tar -xf " + Way.FILE),
    LFS_POINTER("a pointer of Git LFS and not the file itself", "fetch the file: git lfs pull"),
    WEB_PAGE("a web page", "the download went wrong: download the file again, not the page that shows it");

    /** Parts of advice that several kinds share. */
    private static final class Way {
        static final String FILE = "FILE";
        static final String TORCH =
                "in Python: torch.onnx.export(model.eval(), example, 'model.onnx', dynamo=False), or store activations with"
                        + " forward hooks (docs/guide.md)";
        static final String SCIKIT =
                "in Python: numpy.savez('acts.npz', layer=model.transform(x)), or skl2onnx.to_onnx(model, x[:1])";
    }

    private final String what;
    private final String way;

    FileKind() {
        this("", "");
    }

    FileKind(String what, String way) {
        this.what = what;
        this.way = way;
    }

    /** Whether it is of another program, and not opened. */
    boolean isForeign() {
        return !what.isEmpty();
    }

    /** What a file of another program is, and how to get from there to one that is opened. */
    String advice(String file) {
        return "is " + what + "; " + way.replace(Way.FILE, file);
    }
}
