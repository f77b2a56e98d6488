"""Minibatch CKA of stored activations in plain numpy: the algebra of the paper's published code (Nguyen, Raghu and
Kornblith 2021), in float32, with the features of a batch centred first.

    numpy_cka.py ACTIVATIONS.npz BATCH RESULT.npy

Takes turns with another process: prints {"about": …}, then for each line "cka N" computes N times and prints
{"seconds": …} for one; "save N" does so and writes the matrix. Needs numpy and nothing else.
"""

import ctypes
import json
import pathlib
import sys
import time

import numpy as np


def centred_gram(x, gram):
    """Writes the U-centred Gram matrix of n examples x d features into gram, n x n."""
    n = len(x)
    x = x - x.mean(axis=0)
    np.matmul(x, x.T, out=gram)  # numpy sees the transpose and calls syrk
    np.fill_diagonal(gram, 0)
    means = gram.sum(axis=0) / np.float32(n - 2)
    means -= means.sum() / np.float32(2 * (n - 1))
    gram -= means[:, None]
    gram -= means[None, :]
    np.fill_diagonal(gram, 0)


def minibatch_cka(layers, n):
    """CKA of all pairs of layers, each examples x features; every batch has n examples."""
    count, examples = len(layers), len(layers[0])
    grams = np.empty((count, n, n), np.float32)
    rows = grams.reshape(count, n * n)
    hsic = np.zeros((count, count), np.float32)
    for start in range(0, examples - n + 1, n):
        for layer, gram in zip(layers, grams):
            centred_gram(layer[start : start + n], gram)
        hsic += rows @ rows.T
    scale = np.sqrt(hsic.diagonal())
    return hsic / scale[:, None] / scale[None, :]


def blas():
    """The OpenBLAS that numpy uses and the kernel it runs, as far as can be seen from outside."""
    root = pathlib.Path(np.__file__).parent
    places = [root.parent / "numpy.libs", root / ".dylibs", root / ".libs"]
    libraries = [str(file) for place in places for file in place.glob("*openblas*")]
    maps = pathlib.Path("/proc/self/maps")
    if maps.exists():  # numpy of a distribution, on the system's library
        loaded = {line.split(None, 5)[5].strip() for line in maps.read_text().splitlines() if len(line.split(None, 5)) > 5}
        libraries += sorted(file for file in loaded if "blas" in file.lower())
    for path in libraries:
        library = ctypes.CDLL(path)
        for prefix in ("scipy_", ""):
            for suffix in ("64_", ""):
                corename = getattr(library, f"{prefix}openblas_get_corename{suffix}", None)
                config = getattr(library, f"{prefix}openblas_get_config{suffix}", None)
                if corename and config:
                    corename.restype = config.restype = ctypes.c_char_p
                    version = config().decode().split()[1]
                    return f"OpenBLAS {version} ({corename().decode()})"
    return "a BLAS that is not OpenBLAS"


def main(activations, batch, result):
    with np.load(activations) as file:
        layers = [file[name] for name in file.files]
    print(json.dumps({"about": f"numpy {np.__version__} on {blas()}"}), flush=True)
    for line in sys.stdin:
        what, repetitions = line.split()
        started = time.perf_counter()
        for _ in range(int(repetitions)):
            matrix = minibatch_cka(layers, batch)
        seconds = (time.perf_counter() - started) / int(repetitions)
        if what == "save":
            np.save(result, matrix.astype(np.float64))
        print(json.dumps({"seconds": seconds}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
