"""Stored activations from and to numpy: what a script with hooks dumps is read, what ./lamella extract writes is opened.

A tiny network in numpy has the hooks that PyTorch's modules have, so that the script is the guide's. The same activations go
through every stored form and must give the same matrix; those that Lamella extracts from them must be the same numbers, and
give the same matrix again. Run: python3 stored_check.py LAMELLA
"""
import csv, json, os, struct, subprocess, sys, tempfile
import numpy as np


class Module:
    """One step of a network; hooks see what it returns, as with torch's register_forward_hook."""
    def __init__(self, function):
        self.function, self.hooks = function, []

    def register_forward_hook(self, hook):
        self.hooks.append(hook)

    def __call__(self, x):
        y = self.function(x)
        for hook in self.hooks:
            hook(self, (x,), y)
        return y


def network(seed):
    r = np.random.default_rng(seed)
    def conv(channels, out):
        w = r.standard_normal((out, channels, 3, 3)) / 5
        def run(x):
            p = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
            windows = np.lib.stride_tricks.sliding_window_view(p, (3, 3), axis=(2, 3))
            return np.einsum("nchwij,ocij->nohw", windows, w)
        return run
    head = r.standard_normal((6, 10))
    return {"conv1": Module(conv(3, 4)), "relu1": Module(lambda x: np.maximum(x, 0)), "block/conv2": Module(conv(4, 6)),
            "block/relu2": Module(lambda x: np.maximum(x, 0)), "pool": Module(lambda x: x.mean((2, 3))),
            "logits": Module(lambda x: x @ head)}


def dump(modules, batches):
    """The guide's script, with numpy in place of torch."""
    stored = {}
    def keep(name):
        def hook(module, inputs, output):
            stored.setdefault(name, []).append(output.astype(np.float32))
        return hook
    for name, module in modules.items():
        module.register_forward_hook(keep(name))
    for batch in batches:
        for module in modules.values():
            batch = module(batch)
    return {name: np.concatenate(parts) for name, parts in stored.items()}


def safetensors(path, arrays):
    head, at = {}, 0
    for name, array in arrays.items():
        head[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [at, at + array.nbytes]}
        at += array.nbytes
    text = json.dumps(head).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(array.tobytes() for array in arrays.values()))


def write(folder, arrays):
    """Every stored form that can be written here, by name."""
    np.savez(f"{folder}/acts.npz", **arrays)
    np.savez_compressed(f"{folder}/packed.npz", **arrays)
    np.savez(f"{folder}/fortran.npz", **{name: np.asfortranarray(array) for name, array in arrays.items()})
    np.savez(f"{folder}/big.npz", **{name: array.astype(">f8") for name, array in arrays.items()})
    os.mkdir(f"{folder}/folder")
    for i, (name, array) in enumerate(arrays.items()):
        np.save(f"{folder}/folder/{i:02d}-{name.replace('/', '.')}.npy", array)
    forms = ["acts.npz", "packed.npz", "fortran.npz", "big.npz", "folder", "acts.safetensors"]
    try:
        from safetensors.numpy import save_file
        save_file({f"{i:02d}.{name}": array for i, (name, array) in enumerate(arrays.items())}, f"{folder}/acts.safetensors")
    except ImportError:
        safetensors(f"{folder}/acts.safetensors", arrays)
    import h5py

    with h5py.File(f"{folder}/acts.h5", "w") as file, h5py.File(f"{folder}/chunked.h5", "w") as chunked:
        for name, array in arrays.items():
            file[name] = array
            chunked.create_dataset(name, data=array, chunks=True, compression="gzip", shuffle=True)
    return forms + ["acts.h5", "chunked.h5"]


def run(lamella, *arguments):
    subprocess.run([lamella, *arguments, "--quiet"], check=True, stdout=subprocess.DEVNULL)


def matrix(lamella, model, out, *options):
    run(lamella, "cka", model, "--batch", "50", "--passes", "2", "--out", out, *options)
    rows = list(csv.reader(open(f"{out}/cka.csv")))
    return rows[0][1:], np.array([[float(v) for v in row[1:]] for row in rows[1:]])


def main(lamella):
    images = np.random.default_rng(1).standard_normal((230, 3, 8, 8))
    arrays = dump(network(0), np.array_split(images, 4))
    with tempfile.TemporaryDirectory() as folder:
        forms = write(folder, arrays)
        names, expected = matrix(lamella, f"{folder}/acts.npz", f"{folder}/run")
        assert names == list(arrays), names
        for form in forms:
            got_names, got = matrix(lamella, f"{folder}/{form}", f"{folder}/run-{form}")
            assert len(got_names) == len(names) and np.array_equal(got, expected), (form, np.abs(got - expected).max())
            if form not in ("folder", "acts.safetensors"):
                assert got_names == names, (form, got_names)
            run(lamella, "extract", f"{folder}/{form}", "--batch", "37", "--out", f"{folder}/out/{form}.npz")
            with np.load(f"{folder}/out/{form}.npz") as extracted:
                for name, array in zip(extracted.files, arrays.values()):
                    assert extracted[name].dtype == np.float32 and np.array_equal(extracted[name], array), (form, name)
            _, again = matrix(lamella, f"{folder}/out/{form}.npz", f"{folder}/again-{form}")
            assert np.array_equal(again, expected), form
        run(lamella, "extract", f"{folder}/acts.npz", "--dtype", "float16", "--layers", "block/*", "--examples", "99",
            "--out", f"{folder}/half.npz")
        with np.load(f"{folder}/half.npz") as half:
            assert half.files == ["block/conv2", "block/relu2"]
            assert all(np.array_equal(half[name], arrays[name][:99].astype(np.float16)) for name in half.files)
        print(f"stored: {len(forms)} forms give one matrix and, extracted, the same numbers: {', '.join(forms)}")


if __name__ == "__main__":
    main(sys.argv[1])
