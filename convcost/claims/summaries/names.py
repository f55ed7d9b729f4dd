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
