"""Small Keras models, one for each layer or way of calling it, and what Keras itself says of a model."""

from __future__ import annotations

import keras
import numpy as np
import torch
from keras import layers as kl
from keras import ops
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


def model_of(layer, *shapes, dtype="float32"):
    """A functional model of one layer (or function of tensors)."""
    inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
    outputs = layer(*inputs) if len(inputs) == 1 else layer(inputs)
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs)


def calls(function, *shapes):
    """A functional model of a function of several tensors."""
    inputs = [keras.Input(shape) for shape in shapes]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], function(*inputs))


MAP, VOLUME, SEQUENCE = (9, 10, 4), (6, 7, 5, 4), (7, 6)

#: name -> a function that makes the model. The cost of every one is exact, and its MACs are those of the real run.
EXACT = {
    "conv1d": lambda: model_of(kl.Conv1D(5, 3, strides=2), SEQUENCE),
    "conv1d causal": lambda: model_of(kl.Conv1D(5, 3, padding="causal", dilation_rate=2), SEQUENCE),
    "conv2d": lambda: model_of(kl.Conv2D(6, (3, 2), strides=(2, 1), activation="relu"), MAP),
    "conv2d same": lambda: model_of(kl.Conv2D(6, 4, strides=3, padding="same", use_bias=False), MAP),
    "conv2d dilated": lambda: model_of(kl.Conv2D(6, 3, dilation_rate=2, padding="same"), MAP),
    "conv2d groups": lambda: model_of(kl.Conv2D(6, 3, groups=2), MAP),
    "conv3d": lambda: model_of(kl.Conv3D(3, (2, 3, 1), padding="same", activation="softmax"), VOLUME),
    "conv1d transposed": lambda: model_of(kl.Conv1DTranspose(5, 3, strides=2), SEQUENCE),
    "conv2d transposed": lambda: model_of(kl.Conv2DTranspose(5, 2, strides=3, padding="same"), MAP),
    "conv2d transposed wide": lambda: model_of(kl.Conv2DTranspose(5, 5, strides=2, padding="valid"), MAP),
    "conv2d transposed padded": lambda: model_of(
        kl.Conv2DTranspose(5, 4, strides=2, padding="same", output_padding=1), MAP
    ),
    "conv2d transposed padded valid": lambda: model_of(
        kl.Conv2DTranspose(5, 3, strides=3, padding="valid", output_padding=2), MAP
    ),
    "conv3d transposed": lambda: model_of(kl.Conv3DTranspose(2, 2, strides=2), VOLUME),
    "depthwise1d": lambda: model_of(kl.DepthwiseConv1D(3, depth_multiplier=2), SEQUENCE),
    "depthwise2d": lambda: model_of(kl.DepthwiseConv2D(3, strides=2, depth_multiplier=3, padding="same"), MAP),
    "separable1d": lambda: model_of(kl.SeparableConv1D(5, 3, depth_multiplier=2, activation="gelu"), SEQUENCE),
    "separable2d": lambda: model_of(kl.SeparableConv2D(5, 3, strides=2, padding="same", use_bias=False), MAP),
    "dense": lambda: model_of(kl.Dense(5, activation="softmax"), (4,)),
    "dense on a map": lambda: model_of(kl.Dense(5, use_bias=False), MAP),
    "dense on a sequence": lambda: model_of(kl.Dense(5), SEQUENCE),
    "einsum dense": lambda: model_of(kl.EinsumDense("abc,cde->abde", output_shape=(7, 2, 3), bias_axes="de"), SEQUENCE),
    "einsum dense dots": lambda: model_of(kl.EinsumDense("...x,xy->...y", output_shape=8, bias_axes="y"), SEQUENCE),
    "einsum dense bias inside": lambda: model_of(
        kl.EinsumDense("abc,cde->abde", output_shape=(7, 2, 3), bias_axes="d", activation="relu"), SEQUENCE
    ),
    "embedding": lambda: model_of(kl.Embedding(11, 5), (7,), dtype="int32"),
    "batch norm": lambda: model_of(kl.BatchNormalization(), MAP),
    "batch norm scale": lambda: model_of(kl.BatchNormalization(center=False), SEQUENCE),
    "batch norm axis 1": lambda: model_of(kl.BatchNormalization(axis=1, scale=False), MAP),
    "batch norm vector": lambda: model_of(kl.BatchNormalization(scale=False, center=False), (4,)),
    "layer norm": lambda: model_of(kl.LayerNormalization(), SEQUENCE),
    "layer norm map": lambda: model_of(kl.LayerNormalization(axis=[1, 2, 3], center=False), MAP),
    "layer norm shift": lambda: model_of(kl.LayerNormalization(scale=False), MAP),
    "group norm": lambda: model_of(kl.GroupNormalization(2), MAP),
    "group norm channels": lambda: model_of(kl.GroupNormalization(-1, center=False), MAP),
    "rms norm": lambda: model_of(kl.RMSNormalization(), MAP),
    "normalization": lambda: model_of(kl.Normalization(), MAP),
    "normalization axis": lambda: model_of(kl.Normalization(axis=(1, 3)), MAP),
    "normalization given": lambda: model_of(kl.Normalization(mean=1.0, variance=2.0), MAP),
    "max pool 1d": lambda: model_of(kl.MaxPooling1D(2), SEQUENCE),
    "max pool": lambda: model_of(kl.MaxPooling2D(3, strides=2, padding="same"), MAP),
    "average pool": lambda: model_of(kl.AveragePooling2D((2, 3)), MAP),
    "average pool 3d": lambda: model_of(kl.AveragePooling3D(2, padding="same"), VOLUME),
    "global pool": lambda: model_of(kl.GlobalAveragePooling2D(), MAP),
    "global pool keepdims": lambda: model_of(kl.GlobalMaxPooling2D(keepdims=True), MAP),
    "global pool 1d": lambda: model_of(kl.GlobalMaxPooling1D(), SEQUENCE),
    "adaptive pool": lambda: model_of(kl.AdaptiveAveragePooling2D((3, 4)), MAP),
    "flatten": lambda: model_of(kl.Flatten(), MAP),
    "flatten nothing": lambda: model_of(kl.Flatten(), ()),
    "reshape": lambda: model_of(kl.Reshape((10, 9, 4)), MAP),
    "reshape to a sequence": lambda: model_of(kl.Reshape((-1, 4)), MAP),
    "permute": lambda: model_of(kl.Permute((3, 1, 2)), MAP),
    "permute sequence": lambda: model_of(kl.Permute((2, 1)), SEQUENCE),
    "repeat": lambda: model_of(kl.RepeatVector(3), (4,)),
    "padding": lambda: model_of(kl.ZeroPadding2D(((1, 2), (0, 3))), MAP),
    "padding 1d": lambda: model_of(kl.ZeroPadding1D((1, 2)), SEQUENCE),
    "padding 3d": lambda: model_of(kl.ZeroPadding3D(1), VOLUME),
    "cropping": lambda: model_of(kl.Cropping2D(((1, 2), (0, 3))), MAP),
    "cropping 1d": lambda: model_of(kl.Cropping1D((1, 2)), SEQUENCE),
    "upsampling": lambda: model_of(kl.UpSampling2D((2, 3), interpolation="bilinear"), MAP),
    "upsampling 1d": lambda: model_of(kl.UpSampling1D(2), SEQUENCE),
    "upsampling 3d": lambda: model_of(kl.UpSampling3D(2), VOLUME),
    "resizing": lambda: model_of(kl.Resizing(5, 20), MAP),
    "center crop": lambda: model_of(kl.CenterCrop(5, 6), MAP),
    "rescaling": lambda: model_of(kl.Rescaling(1 / 255), MAP),
    "masking": lambda: model_of(kl.Masking(), SEQUENCE),
    "dropout": lambda: model_of(kl.Dropout(0.5), MAP),
    "noise": lambda: model_of(kl.GaussianNoise(0.5), MAP),
    "identity": lambda: model_of(kl.Identity(), MAP),
    "random flip": lambda: model_of(kl.RandomFlip(), MAP),
    "add": lambda: model_of(kl.Add(), MAP, MAP, MAP),
    "subtract": lambda: model_of(kl.Subtract(), MAP, MAP),
    "multiply by a gate": lambda: model_of(kl.Multiply(), MAP, (1, 1, 4)),
    "multiply vectors into a map": lambda: model_of(kl.Multiply(), MAP, (4,)),
    "average": lambda: model_of(kl.Average(), MAP, MAP),
    "maximum": lambda: model_of(kl.Maximum(), MAP, MAP),
    "minimum": lambda: model_of(kl.Minimum(), SEQUENCE, SEQUENCE),
    "concatenate": lambda: model_of(kl.Concatenate(), MAP, (9, 10, 2)),
    "concatenate rows": lambda: model_of(kl.Concatenate(axis=1), MAP, (3, 10, 4)),
    "dot": lambda: model_of(kl.Dot(axes=(2, 1)), (3, 5), (5, 7)),
    "dot vectors": lambda: model_of(kl.Dot(axes=1), (5,), (5,)),
    **{
        f"activation {name}": lambda name=name: model_of(kl.Activation(name), MAP)
        for name in (
            "linear relu relu6 leaky_relu elu selu gelu silu sigmoid hard_sigmoid hard_silu hard_tanh tanh softplus "
            "mish exponential softsign celu log_sigmoid hard_shrink soft_shrink tanh_shrink squareplus "
            "softmax log_softmax"
        ).split()
    },
    "relu": lambda: model_of(kl.ReLU(), MAP),
    "relu 6": lambda: model_of(kl.ReLU(6), MAP),
    "relu bounded": lambda: model_of(kl.ReLU(3.5), MAP),
    "relu leaky": lambda: model_of(kl.ReLU(negative_slope=0.1), MAP),
    "leaky relu": lambda: model_of(kl.LeakyReLU(), MAP),
    "elu": lambda: model_of(kl.ELU(), MAP),
    "prelu": lambda: model_of(kl.PReLU(), MAP),
    "prelu by channel": lambda: model_of(kl.PReLU(shared_axes=[1, 2]), MAP),
    "prelu alone": lambda: model_of(kl.PReLU(shared_axes=[1, 2, 3]), MAP),
    "softmax rows": lambda: model_of(kl.Softmax(axis=1), MAP),
    "activation that is a layer": lambda: model_of(kl.Conv2D(6, 3, activation=kl.LeakyReLU()), MAP),
    "attention": lambda: model_of(kl.Attention(), (5, 6), (7, 6)),
    "attention scaled": lambda: model_of(kl.Attention(use_scale=True), (5, 6), (7, 3), (7, 6)),
    "self-attention": lambda: calls(lambda x: kl.MultiHeadAttention(2, 3)(x, x), SEQUENCE),
    "wide heads": lambda: calls(lambda x: kl.MultiHeadAttention(2, 8, value_dim=5)(x, x), SEQUENCE),
    "cross-attention": lambda: calls(
        lambda x, y: kl.MultiHeadAttention(2, 4, output_shape=9, use_bias=False)(x, y), SEQUENCE, (3, 5)
    ),
    "attention of three": lambda: calls(
        lambda q, v, k: kl.MultiHeadAttention(2, 4, value_dim=3)(q, v, key=k), SEQUENCE, (3, 5), (3, 4)
    ),
    "grouped queries": lambda: calls(lambda x: kl.GroupQueryAttention(4, 6, 2)(x, x), SEQUENCE),
    "stepwise dense": lambda: model_of(kl.TimeDistributed(kl.Dense(5, activation="relu")), SEQUENCE),
    "stepwise conv": lambda: model_of(kl.TimeDistributed(kl.Conv2D(5, 3, strides=2, padding="same")), VOLUME),
    "stepwise pool": lambda: model_of(kl.TimeDistributed(kl.MaxPooling2D(2)), VOLUME),
    "stepwise global pool": lambda: model_of(kl.TimeDistributed(kl.GlobalAveragePooling2D()), VOLUME),
    "stepwise flatten": lambda: model_of(kl.TimeDistributed(kl.Flatten()), VOLUME),
    "stepwise norm": lambda: model_of(kl.TimeDistributed(kl.LayerNormalization()), VOLUME),
    "ops": lambda: calls(lambda x: ops.relu(x * 2.0 + 1.0) - ops.sqrt(ops.abs(x)) / 3.0, MAP),
    "ops mean": lambda: calls(lambda x: ops.mean(x, axis=(1, 2)) + ops.max(x, axis=[1, 2]), MAP),
    "ops channel mean": lambda: calls(
        lambda x: ops.concatenate([ops.mean(x, axis=-1, keepdims=True), ops.max(x, axis=-1, keepdims=True)], -1), MAP
    ),
    "ops channel sum": lambda: calls(lambda x: ops.sum(x, axis=-1), MAP),
    "ops matmul": lambda: calls(lambda x: ops.matmul(x, ops.transpose(x, (0, 2, 1))), SEQUENCE),
    "ops einsum": lambda: calls(lambda x, y: ops.einsum("bij,bkj->bik", x, y), SEQUENCE, (3, 6)),
    "ops softmax": lambda: calls(lambda x: ops.softmax(x, axis=1), SEQUENCE),
    "ops reshape": lambda: calls(lambda x: ops.reshape(x, (-1, 90, 4)), MAP),
    "ops reshape map": lambda: calls(lambda x: ops.reshape(x, (-1, 5, 9, 8)), MAP),
    "ops axes": lambda: calls(lambda x: ops.squeeze(ops.expand_dims(x, 1), 1), SEQUENCE),
    "ops slice": lambda: calls(lambda x: x[:, 1:-1, ::2, 0], MAP),
    "ops slice ellipsis": lambda: calls(lambda x: x[..., None, :2], SEQUENCE),
    "ops where": lambda: calls(lambda x: ops.where(x > 0.0, x, -x), MAP),
    "ops power": lambda: calls(lambda x: ops.maximum(x, 0.0) ** 2.0 + ops.minimum(x, x), MAP),
}

#: Layers whose MACs the counter of torch does not see; every product of theirs is one with a weight, step by step.
RECURRENT = {
    "lstm": lambda: model_of(kl.LSTM(5), SEQUENCE),
    "lstm sequences": lambda: model_of(kl.LSTM(5, return_sequences=True, use_bias=False), SEQUENCE),
    "lstm states": lambda: model_of(kl.LSTM(5, return_state=True), SEQUENCE),
    "lstm sequences and states": lambda: model_of(kl.LSTM(5, return_sequences=True, return_state=True), SEQUENCE),
    "gru": lambda: model_of(kl.GRU(5), SEQUENCE),
    "gru sequences": lambda: model_of(kl.GRU(5, return_sequences=True, return_state=True), SEQUENCE),
    "gru older": lambda: model_of(kl.GRU(5, reset_after=False), SEQUENCE),
    "gru no bias": lambda: model_of(kl.GRU(5, use_bias=False), SEQUENCE),
    "simple": lambda: model_of(kl.SimpleRNN(5), SEQUENCE),
    "rnn of a cell": lambda: model_of(kl.RNN(kl.LSTMCell(5), return_sequences=True), SEQUENCE),
    "bidirectional": lambda: model_of(kl.Bidirectional(kl.LSTM(5, return_sequences=True)), SEQUENCE),
    "bidirectional sum": lambda: model_of(kl.Bidirectional(kl.GRU(5), merge_mode="sum"), SEQUENCE),
    "bidirectional average": lambda: model_of(kl.Bidirectional(kl.GRU(5), merge_mode="ave"), SEQUENCE),
    "bidirectional apart": lambda: model_of(kl.Bidirectional(kl.LSTM(5), merge_mode=None), SEQUENCE),
    "bidirectional states": lambda: model_of(kl.Bidirectional(kl.LSTM(5, return_state=True)), SEQUENCE),
}


def run_macs(model):
    """MACs of a real forward pass, as torch's own counter sees its operators."""
    rng = np.random.default_rng(0)
    inputs = [
        rng.integers(0, 5, (1, *tensor.shape[1:])) if "int" in tensor.dtype else rng.random((1, *tensor.shape[1:]))
        for tensor in model.inputs
    ]
    inputs = [torch.as_tensor(x, dtype=torch.int32 if x.dtype.kind == "i" else torch.float32) for x in inputs]
    # The counter has no entry for the fused attention of processors without an accelerator.
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), FlopCounterMode(display=False) as counter:
        model(inputs if len(inputs) > 1 else inputs[0], training=False)
    flops = counter.get_total_flops()
    assert flops % 2 == 0
    return flops // 2


def layers_of(model, prefix=""):
    """Every layer with its path and the shapes of its first call, without the batch; models inside are walked into."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        if isinstance(layer, keras.Model):
            yield from layers_of(layer, f"{prefix}{layer.name}/")
        else:
            tensors = layer._inbound_nodes[0].output_tensors
            yield f"{prefix}{layer.name}", layer, [tuple(tensor.shape[1:]) for tensor in tensors]


def statistics(model):
    """Scalars that were not made to be trained: moving statistics."""
    return sum(
        int(np.prod(weight.shape)) for layer in model._flatten_layers() for weight in layer._non_trainable_variables
    )
