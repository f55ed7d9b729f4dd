"""Figures that papers and the authors' own releases print and that no way of counting yields to the last digit.

They are known to differ, so that whoever copies one has copied right: such a number is never called wrong. Where even
that source's own network does not yield the figure (``holds=False``), nothing is said for it either.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ...messages import Message


@dataclass(frozen=True)
class Published:
    """A printed figure: of which network, what it counts (``params``, ``operations``, ``depth``), where, and why."""

    network: str
    quantity: str
    value: Fraction
    source: str
    why: Message
    holds: bool = True


_CUT = Message("the computed value is cut off there, not rounded")
_OTHER_COUNT = Message("which is counted in another way there")
_ROUGH = Message("a rough figure")


def _figure(network: str, quantity: str, value: str, source: str, why: Message, holds: bool = True) -> Published:
    return Published(network, quantity, Fraction(value), source, why, holds)


PUBLISHED = (
    _figure("alexnet", "params", "60e6", "Krizhevsky et al. 2012", _ROUGH),
    _figure("resnet34", "operations", "3.6e9", "He et al. 2016", _CUT),
    _figure("resnet50", "operations", "3.8e9", "He et al. 2016", _CUT),
    _figure("inception_v1", "params", "6.8e6", "Szegedy et al. 2015", Message("the sum of the table's rows")),
    _figure("inception_v1", "params", "5e6", "Szegedy et al. 2016", _ROUGH, holds=False),
    _figure("inception_v1", "depth", "27", "Szegedy et al. 2015", Message("with the pools")),
    _figure("inception_v3", "operations", "5e9", "Szegedy et al. 2016", _ROUGH),
    _figure("inception_v3", "operations", "4.8e9", "Szegedy et al. 2016", _OTHER_COUNT),
    _figure("inception_v3", "depth", "42", "Szegedy et al. 2016", _OTHER_COUNT),
    _figure("squeezenet1_0", "operations", "0.861e9", "Iandola et al. 2016", Message("the last convolution pads by 1")),
    _figure("mobilenet_v1", "operations", "575e6", "Sandler et al. 2018", _OTHER_COUNT),
    _figure("mobilenet_v2", "params", "3.4e6", "Sandler et al. 2018", _ROUGH),
)  # fmt: skip
