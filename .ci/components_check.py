"""Compares what ./lamella components writes with plain float64 numpy, on activations made here.

Definitions: Nguyen, Raghu and Kornblith 2021, sec. 4 and eq. 4; HSIC_1 as in numpy_check.py. Above 512 examples Gram matrices are
float32, so 1e-5 there and 1e-6 below. Run: python3 components_check.py LAMELLA SEED [SEED ...]
"""
import csv, json, subprocess, sys, tempfile
import numpy as np
sys.dont_write_bytecode = True
from numpy_check import gram, hsic1, read


def activations(seed, n):
    r = np.random.default_rng(seed); z = r.standard_normal((n, 20)) * np.arange(1, 21)[::-1] ** 0.7
    relu = lambda v: np.maximum(v, 0)
    a = {"conv": relu(z @ r.standard_normal((20, 300)) + r.standard_normal((n, 300))).reshape(n, 12, 5, 5),
         "offset": relu(z @ r.standard_normal((20, 50))) + 50, "narrow": z @ r.standard_normal((20, 3)), "wide": z @ r.standard_normal((20, 900))}
    a["outliers"] = z @ r.standard_normal((20, 70)); a["outliers"][[2, n // 3]] *= 25
    return {k: v.astype(np.float32) for k, v in a.items()}


def cka(xs):
    g = [gram(x) for x in xs]; h = np.array([[hsic1(k, l) for l in g] for k in g]); d = np.sqrt(np.diag(h))
    return h / np.outer(d, d)


def main(lamella, seeds):
    worst = 0.0; checks = 0
    for seed in seeds:
        for n, tolerance in ((90, 1e-6), (700, 1e-5)):
            a = activations(seed, n); xs = [v.reshape(n, -1).astype(np.float64) for v in a.values()]
            labels = np.arange(n) % 3
            with tempfile.TemporaryDirectory() as folder:
                np.savez(f"{folder}/a.npz", __labels__=labels, **a)
                subprocess.run([lamella, "components", f"{folder}/a.npz", "--out", f"{folder}/out", "--quiet", "--cell", "conv,wide"],
                               check=True, stdout=subprocess.DEVNULL)
                table = lambda name: list(csv.DictReader(open(f"{folder}/out/{name}.csv")))
                matrix = lambda name: read(f"{folder}/out/{name}.csv")[2]
                eigen = [np.linalg.eigh(gram(x)) for x in xs]
                values = [np.clip(w[::-1], 0, None) for w, _ in eigen]; first = [u[:, -1] for _, u in eigen]
                centred = [x - x.mean(0) for x in xs]
                kept = np.setdiff1d(np.arange(n), json.load(open(f"{folder}/out/components.json"))["leftOut"])
                share = np.mean([w[0] / w.sum() * u ** 2 for w, u in zip(values, first)], 0)
                assert set(np.argsort(-share)[:len(table("dominant-models"))]) == set(np.arange(n)) - set(kept)
                between = [sum((labels == c).sum() * np.sum(x[labels == c].mean(0) ** 2) for c in range(3)) for x in centred]
                rows = table("components")
                pairs = [
                    ([float(r["pc1_variance_fraction"]) for r in rows], [w[0] / w.sum() for w in values]),
                    ([float(r["pc3_variance_fraction"]) for r in rows], [w[2] / w.sum() for w in values]),
                    ([float(r["effective_rank"]) for r in rows], [w.sum() ** 2 / (w ** 2).sum() for w in values]),
                    ([float(r["class_separation"]) for r in rows], [b / (np.sum(x ** 2) - b) for b, x in zip(between, centred)]),
                    (matrix("pc1-cosine"), [[(u @ v) ** 2 for v in first] for u in first]),
                    (matrix("cka-all-examples"), cka(xs)),
                    (matrix("cka-without-pc1"), cka([x - np.outer(u, u @ x) for x, u in zip(centred, first)])),
                    (matrix("cka-without-dominant"), cka([x[kept] for x in xs])),
                    (matrix("cka-unit-norm"), cka([x / np.linalg.norm(x, axis=1, keepdims=True) for x in xs])),
                    (sum(float(r["contribution"]) for r in table("cells")),
                     np.sum(gram(xs[0]) * gram(xs[3])) / np.linalg.norm(gram(xs[0])) / np.linalg.norm(gram(xs[3]))),
                ]
                for number, (got, expected) in enumerate(pairs):
                    error = np.max(np.abs(np.array(got) - np.array(expected)) / np.maximum(1, np.abs(expected)))
                    assert error < tolerance, (seed, n, number, error)
                    worst = max(worst, error); checks += 1
    print(f"components: {checks} results agree with numpy, largest difference {worst:.1e}")


if __name__ == "__main__":
    main(sys.argv[1], [int(seed) for seed in sys.argv[2:]])
