"""Published networks as specs: architectures, no counted numbers.

>>> from convcost import cost, networks
>>> cost(networks.get("resnet50"), networks.entry("resnet50").input).params
25557032
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..arith import Shape
from ..block import Block
from ..errors import SpecError

_IMAGE = (3, 224, 224)
_MNIST = (1, 28, 28)


@dataclass(frozen=True)
class Network:
    """A bundled network: where it comes from, its usual input, and what builds it (module, function, arguments)."""

    name: str
    input: Shape
    source: str
    about: str
    module: str
    function: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def build(self) -> Block:
        """The block, made anew."""
        module = importlib.import_module(f".{self.module}", __name__)
        block: Block = getattr(module, self.function)(**self.options)
        return block


_NETWORKS = (
    Network("tutorial_001", _MNIST, "tutorial 001", "four-branch blocks on MNIST", "tutorials", "mnist_inception"),
    Network(
        "tutorial_003", _MNIST, "tutorial 003", "four-branch blocks, with kernel 5 where it prints 1", "tutorials",
        "mnist_inception",
    ),
    Network("tutorial_003_residual", _MNIST, "tutorial 003", "residual blocks on MNIST", "tutorials", "mnist_residual"),
    Network(
        "tutorial_002_keras", _IMAGE, "tutorial 002", "Inception v1 in Keras as printed, two heads", "tutorials",
        "keras_inception_v1",
    ),
    Network(
        "tutorial_004", _IMAGE, "tutorial 004", "Inception v1 with batch norm, two classes", "tutorials",
        "normalized_inception_v1",
    ),
    Network("alexnet", _IMAGE, "Krizhevsky 2014", "one tower, as in torchvision", "classic", "alexnet"),
    *(
        Network(f"vgg{n}", _IMAGE, "Simonyan & Zisserman 2015", "no normalization", "classic", "vgg", {"layers": n})
        for n in (11, 13, 16, 19)
    ),
    *(
        Network(f"resnet{n}", _IMAGE, "He et al. 2016", about, "resnet", "resnet", {"layers": n})
        for n, about in (
            (18, "basic blocks"), (34, "basic blocks"), (50, "bottlenecks, stride in the 3×3 as in torchvision"),
            (101, "bottlenecks, as resnet50"), (152, "bottlenecks, as resnet50"),
        )
    ),
    *(
        Network(
            f"squeezenet{version.replace('.', '_')}", _IMAGE, "Iandola et al. 2016", f"version {version}", "squeezenet",
            "squeezenet", {"version": version},
        )
        for version in ("1.0", "1.1")
    ),
    Network("densenet121", _IMAGE, "Huang et al. 2017", "growth 32", "densenet", "densenet121"),
    Network("inception_v1", _IMAGE, "Szegedy et al. 2015", "as in the paper, no heads", "inception_v1", "inception_v1"),
    Network(
        "inception_v1_heads", _IMAGE, "Szegedy et al. 2015", "as in the paper, both auxiliary heads", "inception_v1",
        "inception_v1", {"heads": True},
    ),
    Network("googlenet", _IMAGE, "torchvision", "batch norm; 3×3 where the paper has 5×5", "inception_v1", "googlenet"),
    Network(
        "googlenet_heads", _IMAGE, "torchvision", "googlenet with both auxiliary heads", "inception_v1", "googlenet",
        {"heads": True},
    ),
    Network("inception_v3", (3, 299, 299), "Szegedy et al. 2016", "no head", "inception_v3", "inception_v3"),
    Network(
        "inception_v3_heads", (3, 299, 299), "Szegedy et al. 2016", "with its auxiliary head", "inception_v3",
        "inception_v3", {"heads": True},
    ),
    Network(
        "inception_resnet_block", (384, 35, 35), "Szegedy et al. 2017", "Inception-ResNet-A of v2", "inception_resnet",
        "inception_resnet_block",
    ),
    Network("mobilenet_v1", _IMAGE, "Howard et al. 2017", "width 1", "mobilenet", "mobilenet_v1"),
    Network("mobilenet_v2", _IMAGE, "Sandler et al. 2018", "width 1", "mobilenet", "mobilenet_v2"),
)  # fmt: skip
_BY_NAME = {network.name: network for network in _NETWORKS}


def names() -> list[str]:
    """The names of all bundled networks."""
    return list(_BY_NAME)


def entry(name: str) -> Network:
    """The entry of that name.

    Raises :class:`~convcost.errors.SpecError`, with the nearest names, for one that there is not.
    """
    if name not in _BY_NAME:
        near = difflib.get_close_matches(str(name)[:60], _BY_NAME, 3, 0.6)
        raise SpecError(
            f"there is no network {str(name)[:60]!r}",
            fix=f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(_BY_NAME)}",
        )
    return _BY_NAME[name]


def get(name: str) -> Block:
    """The block of that name.

    >>> from convcost import cost
    >>> cost(get("alexnet"), (3, 224, 224)).macs
    714188480
    """
    return entry(name).build()
