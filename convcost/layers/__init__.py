"""The layers, one file per family. Importing this loads neither SymPy nor NumPy."""

from .activation import (
    ELU,
    GELU,
    SELU,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    Mish,
    PReLU,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from .attention import MultiheadAttention
from .base import Laws, Layer
from .convolution import Conv, ConvTranspose
from .einsum import Einsum
from .elementwise import Combine, Pointwise, Reduce
from .linear import GRU, LSTM, RNN, Embedding, Linear
from .merge import Add, Concat, MatMul, Mul, ScaledDotProductAttention
from .normalization import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, LocalResponseNorm, RMSNorm
from .pooling import AdaptivePool, GlobalPool, Pool
from .resampling import Upsample
from .reshape import ChannelShuffle, Dropout, Flatten, Pad, Permute, PixelShuffle, Reshape, Unknown
from .selection import Parameter, Slice, Take, Tile

__all__ = [
    "ELU", "GELU", "GRU", "LSTM", "RNN", "SELU", "AdaptivePool", "Add", "BatchNorm", "ChannelShuffle", "Combine",
    "Concat", "Conv", "ConvTranspose", "Dropout", "Einsum", "Embedding", "Flatten", "GlobalPool", "GroupNorm",
    "Hardsigmoid", "Hardswish", "Hardtanh", "InstanceNorm", "Laws", "Layer", "LayerNorm", "LeakyReLU", "Linear",
    "LocalResponseNorm", "MatMul", "Mish", "Mul", "MultiheadAttention", "PReLU", "Pad", "Parameter", "Permute",
    "PixelShuffle", "Pointwise", "Pool", "RMSNorm", "ReLU", "ReLU6", "Reduce", "Reshape", "ScaledDotProductAttention",
    "SiLU", "Sigmoid", "Slice", "Softmax", "Softplus", "Take", "Tanh", "Tile", "Unknown", "Upsample",
]  # fmt: skip
