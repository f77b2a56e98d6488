"""Compares what ./lamella writes with CKA in plain float64 numpy, on activations made here.

HSIC_1: Song et al. 2012, eq. 5, in its three terms; HSIC_0: tr(KHLH)/(n-1)^2; minibatch CKA: the ratio of the sums
(Nguyen, Raghu and Kornblith 2021, eq. 3). Run: python3 numpy_check.py LAMELLA SEED [SEED ...]
"""
import csv, json, os, subprocess, sys, tempfile
import numpy as np


def gram(x):
    x = x.reshape(len(x), -1).astype(np.float64)
    x = x - x.mean(0)
    return x @ x.T


def hsic1(k, l):
    n = len(k); k = k - np.diag(np.diag(k)); l = l - np.diag(np.diag(l)); one = np.ones(n)
    return (np.sum(k * l) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (one @ k @ l @ one)) / (n * (n - 3))


def hsic0(k, l):
    n = len(k); h = np.eye(n) - 1 / n
    return np.trace(k @ h @ l @ h) / (n - 1) ** 2


def cka(xs, ys, batch, hsic):
    n = len(xs[0]); xy = np.zeros((len(xs), len(ys))); xx = np.zeros(len(xs)); yy = np.zeros(len(ys))
    for start in range(0, n, batch):
        rows = slice(start, min(start + batch, n))
        if rows.stop - rows.start < 4:
            continue
        gx = [gram(x[rows]) for x in xs]; gy = [gram(y[rows]) for y in ys]
        for i, k in enumerate(gx):
            xx[i] += hsic(k, k)
            for j, l in enumerate(gy):
                xy[i, j] += hsic(k, l)
        for j, l in enumerate(gy):
            yy[j] += hsic(l, l)
    return xy / np.sqrt(np.outer(xx, yy))


def models(seed):
    r = np.random.default_rng(seed); n = int(r.integers(60, 200)); z = r.standard_normal((n, 12))
    def layer(d, noise, offset):
        return np.maximum(z @ r.standard_normal((12, d)) + noise * r.standard_normal((n, d)), 0) + offset
    outliers = layer(90, 0.5, 0); outliers[[1, n // 2]] *= 30
    a = {"conv": layer(480, 1, 0).reshape(n, 30, 4, 4), "offset": layer(700, 0.3, 50), "narrow": z @ r.standard_normal((12, 3)),
         "outliers": outliers, "noise": r.standard_normal((n, 1500))}
    b = {"first": layer(64, 0.1, 0), "second": layer(33, 2, 5)}
    types = [np.float32, np.float64, np.float16]
    a = {k: v.astype(types[i % 2]) for i, (k, v) in enumerate(a.items())}
    b = {k: np.asfortranarray(v.astype(types[i])) for i, (k, v) in enumerate(b.items())}
    return a, b


def read(path):
    rows = list(csv.reader(open(path)))
    return rows[0][1:], [row[0] for row in rows[1:]], np.array([[float(v) for v in row[1:]] for row in rows[1:]])


def main(lamella, seeds):
    checks = 0; worst = 0.0
    for seed in seeds:
        a, b = models(seed)
        with tempfile.TemporaryDirectory() as folder:
            np.savez(f"{folder}/a.npz", **a); np.savez_compressed(f"{folder}/b.npz", **b)
            for estimator, hsic in (("unbiased", hsic1), ("biased", hsic0)):
                for batch in (32, 47):
                    out = f"{folder}/{estimator}-{batch}"
                    subprocess.run([lamella, "cka", f"{folder}/a.npz", f"{folder}/b.npz", "--batch", str(batch),
                                    "--estimator", estimator, "--out", out, "--quiet"], check=True, stdout=subprocess.DEVNULL)
                    stored = np.load(f"{out}/cka.npz")
                    for left, x in (("a", a), ("b", b)):
                        for right, y in (("a", a), ("b", b)):
                            columns, rows, got = read(f"{out}/cka/{left}--{right}.csv")
                            assert rows == list(x) and columns == list(y), (rows, columns)
                            assert np.array_equal(stored[f"{left}--{right}"], got)
                            error = np.abs(got - cka(list(x.values()), list(y.values()), batch, hsic)).max()
                            assert error < 1e-5, (seed, estimator, batch, left, right, error)
                            checks += 1; worst = max(worst, error)
                    assert json.load(open(f"{out}/run.json"))["estimator"] == estimator
    print(f"numpy: {checks} matrices agree, largest difference {worst:.1e}")
    assert checks == 16 * len(seeds)


if __name__ == "__main__":
    main(sys.argv[1], [int(seed) for seed in sys.argv[2:]])
