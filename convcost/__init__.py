"""convcost: what convolutional networks cost, in closed form and exact integers, without running them."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: Where each public name lives; a module is loaded when one of its names is first asked for.
_HOMES = {
    "errors": ("ClaimError", "ConvcostError", "ShapeError", "SpecError", "UndecidedError", "UnsupportedError"),
    "block": ("Identity", "Module", "Repeat", "Seq", "Tap"),
    "layers": (
        "ELU", "GELU", "GRU", "LSTM", "RNN", "SELU", "AdaptivePool", "Add", "BatchNorm", "ChannelShuffle", "Combine",
        "Concat", "Conv", "ConvTranspose", "Dropout", "Einsum", "Embedding", "Flatten", "GlobalPool", "GroupNorm",
        "Hardsigmoid", "Hardswish", "Hardtanh", "InstanceNorm", "Layer", "LayerNorm", "LeakyReLU", "Linear",
        "LocalResponseNorm", "MatMul", "Mish", "Mul", "MultiheadAttention", "PReLU", "Pad", "Parameter", "Permute",
        "PixelShuffle", "Pointwise", "Pool", "RMSNorm", "ReLU", "ReLU6", "Reduce", "Reshape",
        "ScaledDotProductAttention", "SiLU", "Sigmoid", "Slice", "Softmax", "Softplus", "Take", "Tanh", "Tile",
        "Unknown", "Upsample",
    ),
    "tally": ("Tally",),
    "graph": ("Graph",),
    "costing": ("Cost", "cost"),
    "conventions": ("Convention",),
    "symbolic": ("symbols",),
    "notation": ("load_spec", "parse"),
    "frameworks": ("from_keras", "from_onnx", "from_torch", "register_law", "to_torch"),
    "pictures.drawing": ("draw",),
    "analysis.compare": ("Comparison", "compare"),
    "analysis.identify": ("identify",),
    "analysis.reconcile": ("reconcile",),
    "claims": ("verify", "verify_files"),
    "explorer": ("explore",),
    "worksheets": ("Sheet", "worksheet"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "networks",
    *sorted(_HOME_OF),
]

if TYPE_CHECKING:
    from . import networks as networks
    from .analysis.compare import Comparison as Comparison
    from .analysis.compare import compare as compare
    from .analysis.identify import identify as identify
    from .analysis.reconcile import reconcile as reconcile
    from .block import Identity as Identity
    from .block import Module as Module
    from .block import Repeat as Repeat
    from .block import Seq as Seq
    from .block import Tap as Tap
    from .claims import verify as verify
    from .claims import verify_files as verify_files
    from .conventions import Convention as Convention
    from .costing import Cost as Cost
    from .costing import cost as cost
    from .errors import *  # noqa: F403
    from .explorer import explore as explore
    from .frameworks import from_keras as from_keras
    from .frameworks import from_onnx as from_onnx
    from .frameworks import from_torch as from_torch
    from .frameworks import register_law as register_law
    from .frameworks import to_torch as to_torch
    from .graph import Graph as Graph
    from .layers import *  # noqa: F403
    from .notation import load_spec as load_spec
    from .notation import parse as parse
    from .pictures.drawing import draw as draw
    from .symbolic import symbols as symbols
    from .tally import Tally as Tally
    from .worksheets import Sheet as Sheet
    from .worksheets import worksheet as worksheet


def __getattr__(name: str) -> Any:
    if name == "networks":
        return importlib.import_module(".networks", __name__)
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f".{_HOME_OF[name]}", __name__)
    value = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
