"""Makes the Keras files of the tests, in the layout in which Keras 2 saves models, without Keras:

    python3 make_models.py

needs numpy and h5py (python3-h5py of Debian 12 was used). Weights are drawn from a fixed seed. For the models that can be run,
NAME.npz holds examples ("x") and what every layer gives for them, computed here with numpy in float64 from Keras's definitions.
"""

import json

import h5py
import numpy as np

random = np.random.default_rng(7)


# Layers, channels last. Each takes arrays and its weights and gives an array.


def padded(x, kernel, stride, padding, fill=0.0):
    """With the odd row of padding at the end."""
    if padding == "valid":
        return x
    pads = []
    for axis in (1, 2):
        length = x.shape[axis]
        needed = max((-(-length // stride) - 1) * stride + kernel - length, 0)
        pads.append((needed // 2, needed - needed // 2))
    return np.pad(x, [(0, 0), *pads, (0, 0)], constant_values=fill)


def windows(x, kernel, stride):
    """Examples, rows, columns, kernel rows, kernel columns, channels."""
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(1, 2))
    return view[:, ::stride, ::stride].transpose(0, 1, 2, 4, 5, 3)


def conv(x, kernel, bias=None, stride=1, padding="valid"):
    size = kernel.shape[0]
    y = np.einsum("nijabc,abco->nijo", windows(padded(x, size, stride, padding), size, stride), kernel)
    return y if bias is None else y + bias


def depthwise(x, kernel, bias=None, stride=1, padding="valid"):
    size = kernel.shape[0]
    y = np.einsum("nijabc,abcm->nijcm", windows(padded(x, size, stride, padding), size, stride), kernel)
    y = y.reshape(*y.shape[:3], -1)
    return y if bias is None else y + bias


def max_pool(x, size, stride, padding):
    return windows(padded(x, size, stride, padding, -np.inf), size, stride).max(axis=(3, 4))


def average_pool(x, size, stride, padding):
    sums = windows(padded(x, size, stride, padding), size, stride).sum(axis=(3, 4))
    return sums / windows(padded(np.ones_like(x), size, stride, padding), size, stride).sum(axis=(3, 4))


def batch_norm(x, gamma, beta, mean, variance, epsilon):
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def relu(x):
    return np.maximum(x, 0)


# Files.


def drawn(*names):
    """How weights were drawn in training: nothing that running the model needs."""
    config = {}
    for name in names:
        config[name + "_initializer"] = {"class_name": "GlorotUniform", "config": {"seed": None}}
        config[name + "_regularizer"] = None
        config[name + "_constraint"] = {"class_name": "UnitNorm", "config": {"axis": 0}}
    return config


def layer(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, "trainable": True, "dtype": "float32", **config}}


def taking(described, *sources):
    """The same as a layer of a functional model."""
    return {
        **described,
        "name": described["config"]["name"],
        "inbound_nodes": [[[source, 0, 0, {}] for source in sources]] if sources else [],
    }


def normal(*shape):
    return (0.4 * random.standard_normal(shape)).astype(np.float32)


def statistics(channels):
    return {
        "gamma": 1 + normal(channels),
        "beta": normal(channels),
        "moving_mean": normal(channels),
        "moving_variance": (0.5 + random.random(channels)).astype(np.float32),
    }


def save(path, model, weights):
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["backend"] = "tensorflow"
        if model is not None:
            file.attrs["model_config"] = json.dumps(model)
        root = file.create_group("model_weights") if model is not None else file
        root.attrs["layer_names"] = [name.encode() for name in weights]
        for name, arrays in weights.items():
            group = root.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{array}:0".encode() for array in arrays]
            for array, values in arrays.items():
                group.create_dataset(f"{name}/{array}:0", data=values)


def expect(path, x, activations):
    np.savez(path, x=x, **{name: values.astype(np.float32) for name, values in activations.items()})


def images(kind, name, **config):
    return layer(kind, name, data_format="channels_last", **config)


def convolution(kind, name, padding, stride, activation="linear", bias=True, size=3, **config):
    return images(
        kind,
        name,
        kernel_size=[size, size],
        strides=[stride, stride],
        padding=padding,
        dilation_rate=[1, 1],
        activation=activation,
        use_bias=bias,
        **drawn("kernel", "depthwise", "pointwise", "bias"),
        **config,
    )


def pooling(kind, name, size, stride, padding):
    return images(kind, name, pool_size=[size, size], strides=[stride, stride], padding=padding)


def dense(name, units, activation):
    return layer("Dense", name, units=units, activation=activation, use_bias=True, **drawn("kernel", "bias"))


def normalization(name):
    return layer(
        "BatchNormalization",
        name,
        axis=[3],
        momentum=0.99,
        epsilon=0.001,
        center=True,
        scale=True,
        **drawn("beta", "gamma", "moving_mean", "moving_variance"),
    )


def sequential():
    weights = {
        "conv": {"kernel": normal(3, 3, 3, 6), "bias": normal(6)},
        "norm": statistics(6),
        "separable": {
            "depthwise_kernel": normal(3, 3, 6, 2),
            "pointwise_kernel": normal(1, 1, 12, 8),
            "bias": normal(8),
        },
        "depthwise": {"depthwise_kernel": normal(3, 3, 8, 1), "bias": normal(8)},
        "limited": {},
        "pool": {},
        "dropout": {},
        "mean": {},
        "classes": {"kernel": normal(8, 5), "bias": normal(5)},
    }
    layers = [
        layer("InputLayer", "image", batch_input_shape=[None, 12, 10, 3], sparse=False, ragged=False),
        convolution("Conv2D", "conv", "same", 2, "relu", filters=6),
        normalization("norm"),
        convolution("SeparableConv2D", "separable", "same", 1, "relu", filters=8, depth_multiplier=2),
        convolution("DepthwiseConv2D", "depthwise", "valid", 1, depth_multiplier=1),
        layer("ReLU", "limited", max_value=6.0, negative_slope=0.0, threshold=0.0),
        pooling("MaxPooling2D", "pool", 2, 2, "same"),
        layer("Dropout", "dropout", rate=0.25, noise_shape=None, seed=None),
        images("GlobalAveragePooling2D", "mean"),
        dense("classes", 5, "softmax"),
    ]
    save("sequential.h5", {"class_name": "Sequential", "config": {"name": "net", "layers": layers}}, weights)

    x = random.standard_normal((4, 12, 10, 3)).astype(np.float32)
    w = {name: list(arrays.values()) for name, arrays in weights.items()}
    a = {"image": x}
    a["conv"] = relu(conv(x, *w["conv"], stride=2, padding="same"))
    a["norm"] = batch_norm(a["conv"], *w["norm"], 0.001)
    deep = depthwise(a["norm"], w["separable"][0], padding="same")
    a["separable"] = relu(conv(deep, w["separable"][1], w["separable"][2]))
    a["depthwise"] = depthwise(a["separable"], *w["depthwise"])
    a["limited"] = np.minimum(relu(a["depthwise"]), 6)
    a["pool"] = max_pool(a["limited"], 2, 2, "same")
    a["dropout"] = a["pool"]
    a["mean"] = a["pool"].mean(axis=(1, 2))
    a["classes"] = softmax(a["mean"] @ w["classes"][0] + w["classes"][1])
    expect("sequential.npz", x, a)


def functional():
    weights = {
        "stem": {"kernel": normal(3, 3, 2, 4), "bias": normal(4)},
        "left": {"kernel": normal(3, 3, 4, 4), "bias": normal(4)},
        "right": {"kernel": normal(1, 1, 4, 4)},
        "norm": statistics(4),
        "narrow": {"kernel": normal(3, 3, 8, 3), "bias": normal(3)},
        "hidden": {"kernel": normal(27, 6), "bias": normal(6)},
    }
    layers = [
        taking(layer("InputLayer", "image", batch_input_shape=[None, 9, 9, 2], sparse=False, ragged=False)),
        taking(convolution("Conv2D", "stem", "same", 2, "relu", filters=4), "image"),
        taking(convolution("Conv2D", "left", "same", 1, filters=4), "stem"),
        taking(convolution("Conv2D", "right", "valid", 1, bias=False, size=1, filters=4), "stem"),
        taking(normalization("norm"), "right"),
        taking(layer("Add", "sum"), "left", "norm"),
        taking(layer("LeakyReLU", "leaky", alpha=0.2), "sum"),
        taking(layer("Concatenate", "both", axis=-1), "leaky", "stem"),
        taking(pooling("AveragePooling2D", "average", 3, 2, "same"), "both"),
        taking(images("ZeroPadding2D", "framed", padding=[[1, 1], [1, 1]]), "average"),
        taking(convolution("Conv2D", "narrow", "valid", 1, "tanh", filters=3), "framed"),
        taking(images("Flatten", "flat"), "narrow"),
        taking(dense("hidden", 6, "sigmoid"), "flat"),
    ]
    config = {
        "name": "net",
        "layers": layers,
        "input_layers": [["image", 0, 0]],
        "output_layers": [["hidden", 0, 0]],
    }
    save("functional.h5", {"class_name": "Functional", "config": config}, weights)

    x = random.standard_normal((4, 9, 9, 2)).astype(np.float32)
    w = {name: list(arrays.values()) for name, arrays in weights.items()}
    a = {"image": x}
    a["stem"] = relu(conv(x, *w["stem"], stride=2, padding="same"))
    a["left"] = conv(a["stem"], *w["left"], padding="same")
    a["right"] = conv(a["stem"], *w["right"])
    a["norm"] = batch_norm(a["right"], *w["norm"], 0.001)
    a["sum"] = a["left"] + a["norm"]
    a["leaky"] = np.where(a["sum"] > 0, a["sum"], 0.2 * a["sum"])
    a["both"] = np.concatenate([a["leaky"], a["stem"]], axis=-1)
    a["average"] = average_pool(a["both"], 3, 2, "same")
    a["framed"] = np.pad(a["average"], [(0, 0), (1, 1), (1, 1), (0, 0)])
    a["narrow"] = np.tanh(conv(a["framed"], *w["narrow"]))
    a["flat"] = a["narrow"].reshape(4, -1)
    a["hidden"] = 1 / (1 + np.exp(-(a["flat"] @ w["hidden"][0] + w["hidden"][1])))
    expect("functional.npz", x, a)


def unsupported():
    layers = [
        layer("InputLayer", "image", batch_input_shape=[None, 4, 4, 1], sparse=False, ragged=False),
        convolution("Conv2D", "conv", "same", 1, filters=2),
        layer("GroupNormalization", "groups", groups=2, axis=-1, epsilon=0.001),
    ]
    weights = {"conv": {"kernel": normal(3, 3, 1, 2), "bias": normal(2)}, "groups": {"gamma": normal(2)}}
    save("unsupported.h5", {"class_name": "Sequential", "config": {"name": "net", "layers": layers}}, weights)


def weights_alone():
    save("weights.h5", None, {"conv": {"kernel": normal(3, 3, 1, 2), "bias": normal(2)}})


def no_model():
    with h5py.File("arrays.h5", "w") as file:
        file["layer"] = normal(6, 2)


def residual():
    """Two residual blocks; residual_data.npz has images and labels, residual.npz what the network gives with the first block's branch and without."""
    weights = {
        "stem": {"kernel": normal(3, 3, 2, 4), "bias": normal(4)},
        "one_a": {"kernel": normal(3, 3, 4, 4), "bias": normal(4)},
        "one_norm": statistics(4),
        "one_b": {"kernel": normal(3, 3, 4, 4), "bias": normal(4)},
        "two_a": {"kernel": normal(3, 3, 4, 4), "bias": normal(4)},
        "two_b": {"kernel": normal(3, 3, 4, 4), "bias": normal(4)},
        "classes": {"kernel": normal(4, 3), "bias": normal(3)},
    }
    layers = [
        taking(layer("InputLayer", "image", batch_input_shape=[None, 8, 8, 2], sparse=False, ragged=False)),
        taking(convolution("Conv2D", "stem", "same", 1, "relu", filters=4), "image"),
        taking(convolution("Conv2D", "one_a", "same", 1, "relu", filters=4), "stem"),
        taking(normalization("one_norm"), "one_a"),
        taking(convolution("Conv2D", "one_b", "same", 1, filters=4), "one_norm"),
        taking(layer("Add", "one"), "stem", "one_b"),
        taking(layer("Activation", "one_out", activation="relu"), "one"),
        taking(convolution("Conv2D", "two_a", "same", 1, "relu", filters=4), "one_out"),
        taking(convolution("Conv2D", "two_b", "same", 1, filters=4), "two_a"),
        taking(layer("Add", "two"), "two_b", "one_out"),
        taking(images("GlobalAveragePooling2D", "mean"), "two"),
        taking(dense("classes", 3, "softmax"), "mean"),
    ]
    config = {
        "name": "net",
        "layers": layers,
        "input_layers": [["image", 0, 0]],
        "output_layers": [["classes", 0, 0]],
    }
    save("residual.h5", {"class_name": "Functional", "config": config}, weights)

    x = random.standard_normal((48, 8, 8, 2)).astype(np.float32)
    w = {name: list(arrays.values()) for name, arrays in weights.items()}

    def classes(first_branch):
        stem = relu(conv(x, *w["stem"], padding="same"))
        inner = batch_norm(relu(conv(stem, *w["one_a"], padding="same")), *w["one_norm"], 0.001)
        one = relu(stem + first_branch * conv(inner, *w["one_b"], padding="same"))
        inner = relu(conv(one, *w["two_a"], padding="same"))
        two = conv(inner, *w["two_b"], padding="same") + one
        return softmax(two.mean(axis=(1, 2)) @ w["classes"][0] + w["classes"][1])

    whole, without = classes(1), classes(0)
    np.savez("residual_data.npz", x=x, y=(whole - whole.mean(axis=0)).argmax(axis=1))
    expect("residual.npz", x, {"whole": whole, "without_one": without})


sequential()
functional()
unsupported()
weights_alone()
no_model()
residual()
