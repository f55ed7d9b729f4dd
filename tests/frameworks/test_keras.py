"""Imported Keras models against Keras itself: weights, shapes of every layer, and MACs of a real run."""

from __future__ import annotations

import pytest

pytest.importorskip("keras", reason="the oracle is Keras itself: install convcost[keras]")
pytest.importorskip("torch", reason="the oracle runs Keras on torch: install convcost[torch]")

import pickle

import keras
import numpy as np
from keras import layers as kl
from keras import ops

from convcost import Conv, SpecError, UnsupportedError, cost, networks
from convcost.frameworks.keras_import import from_keras
from convcost.frameworks.keras_values import LAYERS
from tests.frameworks.keras_models import EXACT, MAP, RECURRENT, SEQUENCE, calls, layers_of, model_of, run_macs
from tests.frameworks.keras_models import statistics as moving_statistics


def agree(model, counted):
    """Weights and the output shape of every layer are those of Keras."""
    assert counted.params + counted.buffers == model.count_params()
    assert counted.buffers == moving_statistics(model)
    assert sum(row.params for row in counted.rows) == counted.params
    for path, _, shapes in layers_of(model):
        rows = [row for row in counted.rows if row.path == path or row.path.startswith(f"{path}/")]
        made = {row.output for row in rows}
        # Maps stand channels first here, and in Keras as they were asked for.
        allowed = [{shape, (*shape[-1:], *shape[:-1])} for shape in shapes]
        assert all(orders & made for orders in allowed), path
        assert any(rows[-1].output in orders for orders in allowed), path


@pytest.mark.parametrize("name", EXACT)
def test_every_layer_is_what_keras_runs(name):
    model = EXACT[name]()
    counted = cost(from_keras(model))
    assert counted.status == "exact"
    agree(model, counted)
    assert counted.macs == run_macs(model)
    assert cost(from_keras(model), counted.inputs, batch=3).macs == 3 * counted.macs


@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_layers_multiply_every_weight_at_every_step(name):
    model = RECURRENT[name]()
    counted = cost(from_keras(model))
    assert counted.status == "exact"
    agree(model, counted)
    matrices = sum(int(np.prod(w.shape)) for w in model.weights if "kernel" in w.path)
    assert counted.macs == SEQUENCE[0] * matrices


def test_every_law_has_a_test():
    """Laws of layers that stand in no model here are a mistake, but for those that pass on, and alternatives."""
    used = {
        type(inner).__name__
        for make in (*EXACT.values(), *RECURRENT.values())
        for layer in make().layers
        for inner in [layer, *layer._flatten_layers(include_self=False)]
    }
    tested_elsewhere = {"LayerScale", "StochasticDepth", "CustomScaleLayer"}
    pass_on = {name for name in LAYERS if LAYERS[name] is LAYERS["Identity"] or LAYERS[name] is LAYERS["Dropout"]}
    ranks = {name for name in LAYERS if "Pooling" in name or name == "Cropping3D"}
    assert set(LAYERS) - used - tested_elsewhere - pass_on - ranks == set()


# -- networks ----------------------------------------------------------------------------------------------------


def inception(x, one, three, five, projection, reduce3, reduce5):
    """Tutorial 002's module, as it prints it."""

    def unit(filters, kernel, y):
        return kl.Conv2D(filters, kernel, padding="same", activation="relu")(y)

    pooled = kl.MaxPooling2D(pool_size=3, strides=1, padding="same")(x)
    branches = unit(one, 1, x), unit(three, 3, unit(reduce3, 1, x)), unit(five, 5, unit(reduce5, 1, x))
    return kl.concatenate([*branches, unit(projection, 1, pooled)])


def side_output(x):
    """Its side classifier, without a flatten."""
    x = kl.AveragePooling2D(pool_size=5, strides=3, padding="valid")(x)
    x = kl.Conv2D(filters=128, kernel_size=1, strides=1, padding="valid", activation="relu")(x)
    x = kl.Dropout(rate=0.7)(kl.Dense(units=1024, activation="relu")(x))
    return kl.Dense(units=1000, activation="softmax")(x)


def tutorial_002():
    """The Keras program of tutorial 002."""
    inputs = keras.Input(shape=(224, 224, 3))

    def halve(x):
        return kl.MaxPooling2D(pool_size=3, strides=2, padding="same")(x)

    x = kl.Conv2D(filters=64, kernel_size=7, strides=2, padding="same", activation="relu")(inputs)
    x = halve(kl.BatchNormalization()(x))
    x = kl.Conv2D(filters=64, kernel_size=1, strides=1, padding="same", activation="relu")(x)
    x = kl.Conv2D(filters=192, kernel_size=3, strides=1, padding="same", activation="relu")(x)
    x = halve(kl.BatchNormalization()(x))
    x = inception(x, 64, 128, 32, 32, 96, 16)
    x = halve(inception(x, 128, 192, 96, 64, 128, 32))
    x = inception(x, 192, 208, 48, 64, 96, 16)
    first = side_output(x)
    x = inception(x, 160, 224, 64, 64, 112, 24)
    x = inception(x, 128, 256, 64, 64, 128, 24)
    x = inception(x, 112, 288, 64, 64, 144, 32)
    second = side_output(x)
    x = halve(inception(x, 256, 320, 128, 128, 160, 32))
    x = inception(x, 256, 320, 32, 128, 160, 32)
    x = inception(x, 384, 384, 48, 128, 192, 48)
    x = kl.AveragePooling2D(pool_size=7, strides=1, padding="valid")(x)
    x = kl.Dropout(rate=0.4)(kl.Flatten()(x))
    return keras.Model(inputs, [first, second, kl.Dense(units=1000, activation="softmax")(x)])


def test_tutorial_002_is_the_bundled_network():
    model = tutorial_002()
    counted = cost(from_keras(model))
    bundled = cost(networks.get("tutorial_002_keras"), (3, 224, 224))
    agree(model, counted)
    assert (counted.params, counted.buffers, counted.macs) == (bundled.params, bundled.buffers, bundled.macs)
    assert counted.params == 9_121_464 and counted.macs == run_macs(model)
    assert counted.output_shape == bundled.output_shape == ((1000, 4, 4), (1000, 4, 4), (1000,))
    assert counted.tally == bundled.tally

    def layers(cost_):
        return sorted((row.kind, row.output, row.params, row.macs) for row in cost_.rows)

    assert layers(counted) == layers(bundled)


def kernel_macs(model):
    """MACs by hand: every kernel of Keras, multiplied at every place that it is put to."""
    total = 0
    for _, layer, (shape, *_) in layers_of(model):
        places = int(np.prod(shape[:-1]))
        for name in ("kernel", "depthwise_kernel", "pointwise_kernel"):
            kernel = getattr(layer, name, None)
            total += int(np.prod(kernel.shape)) * places if kernel is not None else 0
    return total


def nasnet_mobile():
    """NASNetMobile itself refuses the torch backend, on which its graph is the same."""
    from keras.src.applications.nasnet import NASNet

    return NASNet(
        (224, 224, 3), penultimate_filters=1056, num_blocks=4, stem_block_filters=32, skip_reduction=False,
        filter_multiplier=2, weights=None, default_size=224,
    )  # fmt: skip


#: Trainable and all weights as the documentation of Keras prints them, in millions, where it does.
APPLICATIONS = {
    "ResNet50": 25.6, "MobileNetV2": 3.5, "InceptionV3": 23.9, "EfficientNetB0": 5.3, "DenseNet121": 8.1,
    "Xception": 22.9, "VGG16": 138.4, "NASNetMobile": 5.3, "ConvNeXtTiny": 28.6, "InceptionResNetV2": 55.9,
}  # fmt: skip


@pytest.mark.parametrize("name", APPLICATIONS)
def test_applications(name):
    model = nasnet_mobile() if name == "NASNetMobile" else getattr(keras.applications, name)(weights=None)
    counted = cost(from_keras(model))
    assert counted.status == "exact" and counted.output_shape == (1000,)
    agree(model, counted)
    assert round(model.count_params() / 1e6, 1) == APPLICATIONS[name]
    assert counted.params == sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert counted.macs == kernel_macs(model)
    assert not [row for row in counted.rows if row.kind == "Permute"]


@pytest.mark.parametrize("name", ["MobileNetV2", "ResNet50V2", "MobileNetV3Small"])
def test_applications_run(name):
    model = getattr(keras.applications, name)(weights=None, input_shape=(96, 96, 3))
    assert cost(from_keras(model)).macs == run_macs(model)


def test_an_application_without_a_size():
    """Open dims are asked for, and may be symbols."""
    from convcost import symbols

    model = keras.applications.MobileNetV2(weights=None, include_top=False)
    graph = from_keras(model)
    with pytest.raises(SpecError, match="an input shape is needed"):
        cost(graph)
    sized = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(96, 96, 3))
    assert cost(graph, (3, 96, 96)).macs == kernel_macs(sized)
    h = symbols("h")
    assert cost(graph, (3, 32 * h, 32 * h)).macs.subs({h: 3}) == kernel_macs(sized)


def test_the_hand_count_notices_a_forgotten_kernel():
    """Control: without one layer's kernel the sum is another."""
    model = model_of(kl.Conv2D(6, 3), MAP)
    counted = cost(from_keras(model)).macs
    assert counted == kernel_macs(model) == run_macs(model)
    assert counted != kernel_macs(EXACT["conv2d same"]())


# -- how models are put together ---------------------------------------------------------------------------------


def test_sequential_models():
    model = keras.Sequential([keras.Input((28, 28, 1)), kl.Conv2D(8, 3, activation="relu"), kl.MaxPooling2D()])
    model.add(kl.Flatten())
    model.add(kl.Dense(10, activation="softmax"))
    counted = cost(from_keras(model))
    agree(model, counted)
    assert [row.kind for row in counted.rows] == ["Conv", "ReLU", "Pool", "Flatten", "Linear", "Softmax"]
    assert counted.inputs == ((1, 28, 28),)
    late = keras.Sequential([kl.Conv2D(8, 3)])
    late.build((None, 28, 28, 1))
    assert cost(from_keras(late)).params == 80


def test_shared_layers_count_once_and_run_twice():
    shared = kl.Dense(5, activation="relu", name="shared")
    model = calls(lambda x, y: kl.Concatenate()([shared(x), shared(y), shared(x)]), (4,), (4,))
    counted = cost(from_keras(model))
    assert counted.params == model.count_params() == 25
    assert counted.macs == run_macs(model) == 3 * 20
    paths = [row.path for row in counted.rows]
    assert {"shared", "shared#2", "shared#3", "shared/relu", "shared#3/relu"} <= set(paths)


def test_models_in_models():
    inner_inputs = keras.Input((8, 8, 4))
    inner = keras.Model(inner_inputs, kl.Conv2D(4, 3, padding="same", name="conv")(inner_inputs), name="inner")
    tail = keras.Sequential([kl.GlobalAveragePooling2D(), kl.Dense(3, name="head")], name="tail")
    model = calls(lambda x: tail(inner(inner(x))), (8, 8, 4))
    counted = cost(from_keras(model))
    assert counted.params == model.count_params() and counted.macs == run_macs(model)
    assert [row.path for row in counted.rows if row.kind in ("Conv", "Linear")] == [
        "inner/conv", "inner#2/conv", "tail/head",
    ]  # fmt: skip
    assert [row.params for row in counted.rows if row.kind == "Conv"] == [148, 0]


def test_several_inputs_and_outputs():
    def join(image, words):
        x = kl.Conv2D(8, 3, name="conv")(image)
        y = kl.LSTM(8)(words)
        return [kl.Dense(2)(kl.Concatenate()([kl.GlobalMaxPooling2D()(x), y])), x]

    model = calls(join, (9, 9, 3), (7, 5))
    counted = cost(from_keras(model))
    agree(model, counted)
    # Images are channels first, sequences stay (steps, features).
    assert counted.inputs == ((3, 9, 9), (7, 5))
    assert counted.output_shape == ((2,), (8, 7, 7))
    assert cost(from_keras(model), [(3, 11, 9), (4, 5)]).output_shape == ((2,), (8, 9, 7))


def test_inputs_by_name():
    inputs = {"a": keras.Input((4,), name="a"), "b": keras.Input((6,), name="b")}
    inner = keras.Model(inputs, kl.Dense(2)(kl.Concatenate()([inputs["b"], inputs["a"]])))
    model = calls(lambda x, y: inner({"b": y, "a": x}), (4,), (6,))
    counted = cost(from_keras(model))
    assert (counted.params, counted.macs) == (22, 20)


def test_a_convolution_decides_how_a_sequence_stands():
    words = calls(lambda x: kl.Conv1D(4, 3)(kl.Embedding(10, 6)(x)), (7,))
    turned = cost(from_keras(words))
    assert [row.kind for row in turned.rows] == ["Embedding", "Permute", "Conv"]
    assert turned.output_shape == (4, 5)
    # Behind layers that keep the order, too.
    signal = calls(lambda x: kl.LSTM(3)(kl.Conv1D(4, 3)(kl.Rescaling(2.0)(x))), (7, 6))
    counted = cost(from_keras(signal))
    assert counted.inputs == ((6, 7),)
    assert [row.kind for row in counted.rows] == ["Pointwise", "Conv", "Permute", "LSTM", "Take"]


def small(data_format):
    axis = -1 if data_format == "channels_last" else 1
    shape = (12, 10, 3) if data_format == "channels_last" else (3, 12, 10)
    x = keras.Input(shape)
    y = kl.Conv2D(8, 3, padding="same", data_format=data_format, activation="relu")(x)
    z = kl.SeparableConv2D(8, 3, padding="same", data_format=data_format)(y)
    y = kl.Concatenate(axis=axis)([y, kl.BatchNormalization(axis=axis)(z)])
    y = kl.MaxPooling2D(data_format=data_format)(y)
    y = kl.ZeroPadding2D(data_format=data_format)(y)
    y = kl.UpSampling2D(data_format=data_format)(y)
    return keras.Model(x, kl.Dense(2)(kl.GlobalAveragePooling2D(data_format=data_format)(y)))


def test_both_data_formats_are_one_network():
    last, first = (cost(from_keras(small(name))) for name in ("channels_last", "channels_first"))
    assert last.inputs == first.inputs == ((3, 12, 10),)
    assert [(row.kind, row.output, row.params, row.tally) for row in last.rows] == [
        (row.kind, row.output, row.params, row.tally) for row in first.rows
    ]


def test_frozen_weights_are_params():
    model = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), alpha=0.35)
    before = cost(from_keras(model))
    model.trainable = False
    after = cost(from_keras(model))
    assert (after.params, after.buffers, after.macs) == (before.params, before.buffers, before.macs)
    frozen = model_of(kl.Conv2D(4, 3, trainable=False), MAP)
    assert cost(from_keras(frozen)).params == 148


# -- what has no law ---------------------------------------------------------------------------------------------


class Twice(kl.Layer):
    """A layer of somebody's own."""

    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],))
        self.seen = self.add_weight(shape=(2,), trainable=False)

    def call(self, x):
        return x * self.scale * 2


class OwnConv(kl.Conv2D):
    """It might do anything."""

    def call(self, x):
        return super().call(super().call(x))


UNKNOWN = {
    "Lambda": (lambda: model_of(kl.Lambda(lambda x: x * 2), MAP), 0, 0),
    "Twice": (lambda: model_of(Twice(), MAP), 4, 2),
    "OwnConv": (lambda: model_of(OwnConv(4, 3), MAP), 148, 0),
    "UnitNormalization": (lambda: model_of(kl.UnitNormalization(), MAP), 0, 0),
    "ConvLSTM2D": (lambda: model_of(kl.ConvLSTM2D(3, 3), (4, *MAP)), 4 * (4 + 3) * 9 * 3 + 12, 0),
    "AdditiveAttention": (lambda: model_of(kl.AdditiveAttention(), (5, 6), (7, 6)), 6, 0),
    "LSTM": (lambda: model_of(kl.LSTM(5, activation="relu"), SEQUENCE), 4 * (6 + 5 + 1) * 5, 0),
    "RNN": (lambda: model_of(kl.RNN([kl.LSTMCell(3), kl.LSTMCell(2)]), SEQUENCE), 12 * 10 + 8 * 6, 0),
    "TimeDistributed": (
        lambda: model_of(kl.TimeDistributed(keras.Sequential([kl.Input(MAP), kl.Conv2D(2, 3)])), (4, *MAP)), 74, 0,
    ),
    "BatchNormalization": (lambda: model_of(kl.BatchNormalization(axis=2), MAP), 20, 20),
    "PReLU": (lambda: model_of(kl.PReLU(shared_axes=[1]), MAP), 40, 0),
    "UpSampling2D": (lambda: model_of(kl.UpSampling2D(interpolation="lanczos3"), MAP), 0, 0),
    "MultiHeadAttention": (
        lambda: calls(lambda x: kl.MultiHeadAttention(2, 3)(x, x, return_attention_scores=True), SEQUENCE), 168, 0,
    ),
    "keras.ops.Cumsum": (lambda: calls(lambda x: ops.cumsum(x, axis=1), MAP), 0, 0),
    "keras.ops.Reshape": (lambda: calls(lambda x: ops.reshape(x, (-1, 4)), MAP), 0, 0),
    "keras.ops.Mean": (lambda: calls(lambda x: ops.mean(x, axis=0, keepdims=True), MAP), 0, 0),
    "activation my_own": (lambda: calls(lambda x: kl.Dense(3, activation=my_own)(x), MAP), 15, 0),
    "SpectralNormalization": (lambda: model_of(kl.SpectralNormalization(kl.Conv2D(2, 3)), MAP), 74, 2),
}  # fmt: skip


def my_own(x):
    return x * x


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_has_no_law_is_listed_with_its_weights(name):
    make, params, buffers = UNKNOWN[name]
    model = make()
    counted = cost(from_keras(model))
    assert [line.partition(": ")[2] for line in counted.unsupported[:1]] == [name]
    assert (counted.params, counted.buffers) == (params, buffers)
    assert params + buffers == model.count_params()
    assert counted.status in ("unknown", "lower-bound")
    assert counted.unsupported[0].partition(":")[0] in {operation.name for operation in model.operations} | {
        f"{layer.name}/activation" for layer in model.layers
    }


def test_weights_that_a_class_does_not_have():
    """Low-rank adaptation adds weights to a layer that keeps its class."""
    model = calls(lambda x: kl.Dense(2, name="b")(kl.Dense(8, name="a")(x)), (6,))
    model.get_layer("a").enable_lora(2)
    counted = cost(from_keras(model))
    assert counted.unsupported == ("a: Dense",)
    assert counted.params + counted.buffers == model.count_params()
    assert counted.macs == 16


def test_a_law_that_is_wrong_is_noticed(monkeypatch):
    """Control: shapes and weights of laws are compared with Keras' own on every import."""
    monkeypatch.setitem(LAYERS, "Conv2D", lambda call: call.add(Conv(6, 3, padding=1), call.maps(call.input)))
    assert cost(from_keras(model_of(kl.Conv2D(6, 3, padding="same"), MAP))).params == 222
    with pytest.raises(UnsupportedError, match=r"another shape than Keras \(got \(6, 9, 10\), Keras \(6, 7, 8\)\)"):
        from_keras(model_of(kl.Conv2D(6, 3), MAP))
    with pytest.raises(UnsupportedError, match=r"other weights than Keras \(got 222, Keras 216\)"):
        from_keras(model_of(kl.Conv2D(6, 3, padding="same", use_bias=False), MAP))


# -- errors ------------------------------------------------------------------------------------------------------


class Subclassed(keras.Model):
    """A model without a graph."""

    def __init__(self):
        super().__init__()
        self.dense = kl.Dense(3)

    def call(self, x):
        return self.dense(x)


def tied():
    first, second = kl.Dense(4, use_bias=False), kl.Dense(4, use_bias=False)
    model = calls(lambda x: second(first(x)), (4,))
    second._trainable_variables[0] = first.kernel
    return model


BAD = [
    (lambda: keras.Sequential([kl.Dense(3)], name="late"), SpecError, "late: the model has not been built.*build"),
    (Subclassed, UnsupportedError, "a subclassed model has no graph of layers.*functional API"),
    (lambda: kl.Dense(3), SpecError, "takes a Keras model .got a Dense"),
    (lambda: keras.Model, SpecError, "got the class Model"),
    (lambda: "model.keras", SpecError, "got a str"),
    (lambda: model_of(kl.Lambda(lambda x: x), (None, 4)), UnsupportedError, "leaves its output shape open"),
    (tied, UnsupportedError, "share single weights"),
]


@pytest.mark.parametrize(("make", "kind", "words"), BAD, ids=[str(n) for n in range(len(BAD))])
def test_errors_are_one_clear_line(make, kind, words):
    model = make()
    with pytest.raises(kind, match=words) as caught:
        from_keras(model)
    text = str(caught.value)
    assert "\n" not in text and len(text) < 400
    assert str(pickle.loads(pickle.dumps(caught.value))) == text  # noqa: S301 (our own bytes)


def test_what_the_error_advises_works():
    model = Subclassed()
    x = keras.Input((5,))
    assert cost(from_keras(keras.Model(x, model.call(x)))).params == 18
