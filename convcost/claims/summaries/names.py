"""Classes of layers by what their tools call them."""

from __future__ import annotations

import re
from functools import cache

#: Classes of Keras, to complete names that a narrow column cuts off.
KERAS = tuple(
    """
    InputLayer Dense Activation ReLU LeakyReLU PReLU ELU Softmax ThresholdedReLU Conv1D Conv2D Conv3D Conv1DTranspose
    Conv2DTranspose Conv3DTranspose SeparableConv1D SeparableConv2D DepthwiseConv1D DepthwiseConv2D MaxPooling1D
    MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
    GlobalMaxPooling3D GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D BatchNormalization
    LayerNormalization GroupNormalization Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D AlphaDropout
    GaussianDropout GaussianNoise Flatten Reshape Permute RepeatVector Embedding LSTM GRU SimpleRNN ConvLSTM2D
    Bidirectional TimeDistributed Add Subtract Multiply Average Maximum Minimum Concatenate Dot Lambda Masking
    ZeroPadding1D ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D
    Rescaling Resizing RandomFlip RandomRotation RandomZoom MultiHeadAttention Attention Normalization Functional
    Sequential Model TFOpLambda CuDNNLSTM CuDNNGRU
    """.split()
)


@cache
def _snake(kind: str) -> str:
    """The name that Keras gives to the first layer of a class.

    >>> _snake("Conv2DTranspose"), _snake("MaxPooling2D"), _snake("ReLU")
    ('conv2d_transpose', 'max_pooling2d', 're_lu')
    """
    text = re.sub(r"\W+", "", kind)
    text = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", text)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", text).lower()


@cache
def _by_snake() -> dict[str, str]:
    return {_snake(kind): kind for kind in KERAS}


def keras_kind(kind: str, name: str) -> str:
    """The class of a layer; one that is cut off is completed from its beginning and the layer's name.

    >>> keras_kind("Global", "global_max_pooling1d_3"), keras_kind("MaxPooling2", "pool1"), keras_kind("Conv2D", "c")
    ('GlobalMaxPooling1D', 'MaxPooling2D', 'Conv2D')
    >>> keras_kind("Act", "x"), keras_kind("Conv", "c1")
    ('Activation', '')
    """
    kind = kind.strip().rpartition(">")[2]
    cut = kind.rstrip("…").strip()
    if cut in KERAS and "…" not in kind:
        return cut
    named = _by_snake().get(re.sub(r"_\d+$", "", name))
    if named is not None and named.startswith(cut):
        return named
    possible = [known for known in KERAS if known.startswith(cut)]
    if len(possible) == 1 and cut:
        return possible[0]
    return "" if possible else cut


_TORCH_RANKED = {
    "Conv": "conv", "ConvTranspose": "transposed", "BatchNorm": "batchnorm", "InstanceNorm": "instancenorm",
    "MaxPool": "pool", "AvgPool": "pool", "LPPool": "pool", "AdaptiveAvgPool": "adaptive", "AdaptiveMaxPool": "adaptive",
    "Dropout": "same", "ZeroPad": "pad", "ReflectionPad": "pad", "ReplicationPad": "pad", "ConstantPad": "pad",
}  # fmt: skip
_TORCH = {
    "Linear": "dense", "SyncBatchNorm": "batchnorm", "LayerNorm": "layernorm", "GroupNorm": "groupnorm",
    "PReLU": "prelu", "Embedding": "embedding", "Flatten": "flatten", "Upsample": "upsample",
    "LSTM": "recurrent", "GRU": "recurrent", "RNN": "recurrent", "LocalResponseNorm": "same", "PixelShuffle": "free",
    **dict.fromkeys(
        ("ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid",
         "Hardtanh", "Sigmoid", "Tanh", "Softmax", "Softmax2d", "LogSoftmax", "Softplus", "Dropout", "AlphaDropout",
         "Identity", "LogSigmoid", "Softsign"),
        "same",
    ),
}  # fmt: skip
_KERAS_RANKED = {
    "Conv": "conv", "SeparableConv": "separable", "DepthwiseConv": "depthwise", "MaxPooling": "pool",
    "AveragePooling": "pool", "GlobalMaxPooling": "global", "GlobalAveragePooling": "global", "ZeroPadding": "pad",
    "Cropping": "pad", "UpSampling": "upsample", "SpatialDropout": "same",
}  # fmt: skip
_KERAS = {
    "Conv1DTranspose": "transposed", "Conv2DTranspose": "transposed", "Conv3DTranspose": "transposed",
    "Dense": "dense", "BatchNormalization": "batchnorm", "LayerNormalization": "layernorm",
    "GroupNormalization": "groupnorm", "PReLU": "prelu", "Embedding": "embedding", "Flatten": "flatten",
    "Reshape": "reshape", "Permute": "reshape", "RepeatVector": "free", "LSTM": "recurrent", "GRU": "recurrent",
    "SimpleRNN": "recurrent", "Bidirectional": "bidirectional", "Concatenate": "concat", "InputLayer": "input",
    "Masking": "same", "Rescaling": "same", "RandomFlip": "same", "RandomRotation": "same", "RandomZoom": "same",
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"), "elementwise"),
    **dict.fromkeys(
        ("Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "ThresholdedReLU", "Dropout", "AlphaDropout",
         "GaussianDropout", "GaussianNoise"),
        "same",
    ),
}  # fmt: skip
#: Families whose layers own no parameters.
WITHOUT_PARAMS = frozenset(
    (
        "pool",
        "adaptive",
        "global",
        "same",
        "pad",
        "flatten",
        "upsample",
        "reshape",
        "free",
        "concat",
        "elementwise",
        "input",
    )
)


@cache
def family(tool: str, kind: str) -> tuple[str, int]:
    """What laws a class keeps, and over how many axes; nothing for a class that is not known.

    >>> family("torchsummary", "Conv2d"), family("keras", "GlobalAveragePooling2D"), family("paddle", "BatchNorm2D")
    (('conv', 2), ('global', 2), ('batchnorm', 2))
    >>> family("torchsummary", "Conv2D"), family("torchinfo", "ReLU")
    (('', 0), ('same', 0))
    """
    letter = "d" if tool in ("torchsummary", "torchinfo", "torch") else "D"
    ranked = re.fullmatch(rf"([A-Za-z]+?)([123]){letter}", kind)
    plain, by_rank = (_KERAS, _KERAS_RANKED) if tool == "keras" else (_TORCH, _TORCH_RANKED)
    if kind == "Parameter":
        return "parameter", 0
    if kind in plain:
        return plain[kind], int(ranked[2]) if ranked else int(re.sub(r"\D", "", kind)[:1] or 0) * ("Transpose" in kind)
    if ranked and ranked[1] in by_rank:
        return by_rank[ranked[1]], int(ranked[2])
    if tool == "keras" and kind in _TORCH and _TORCH[kind] == "same":
        return "same", 0
    return "", 0
