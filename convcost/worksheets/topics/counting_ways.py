"""What counters count, as prices on the few amounts that a small network has; each price list names the tools that
count so.

The amounts are the kernel's: multiply-accumulates and additions of its tally, elements of its maps. That a tool counts
by its list is tested against its convention and, where installed, against the tool itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from types import MappingProxyType

from ...conventions import convention
from ...costing import Cost
from ...messages import Message
from ...row import Row

#: The amounts, in the order in which they are told, and what one of each is.
AMOUNTS: Mapping[str, Message] = MappingProxyType(
    {
        "macs": Message("multiply-accumulate"),
        "conv_bias": Message("bias addition of a convolution"),
        "linear_bias": Message("bias addition of a linear layer"),
        "norm": Message("element that goes through batch norm"),
        "norm_params": Message("learned number of a batch norm"),
        "relu": Message("element that goes through ReLU"),
        "pool_in": Message("element that enters a pooling"),
        "pool_compares": Message("comparison of a max pooling"),
    }
)
#: What all the elements of an amount are called in a sum.
NAMES: Mapping[str, Message] = MappingProxyType(
    {
        "macs": Message("multiply-accumulates"),
        "conv_bias": Message("bias additions of convolutions"),
        "linear_bias": Message("bias additions of linear layers"),
        "norm": Message("elements that go through batch norm"),
        "norm_params": Message("learned numbers of batch norms"),
        "relu": Message("elements that go through ReLU"),
        "pool_in": Message("elements that enter a pooling"),
        "pool_compares": Message("comparisons of max poolings"),
    }
)
#: Counters price either kind of bias additions or both, and are told so.
BIASES = ("conv_bias", "linear_bias")
ALL_BIASES = Message("bias additions")


@dataclass(frozen=True)
class Way:
    """A way of counting: prices by amount (the rest counts nothing), in words, and a tool that counts so.

    ``conventions`` are the names under which :meth:`convcost.result.Cost.under` knows this reading, the tool's last;
    ``named`` names the tool with its release.
    """

    name: str
    about: Message
    named: Callable[[str], Message]
    conventions: tuple[str, ...]
    prices: Mapping[str, int] = field(hash=False)

    @property
    def tool(self) -> Message:
        """The tool with its release.

        >>> WAYS[0].tool
        'calflops 0.3.2, its MACs'
        """
        return self.named(convention(self.conventions[-1]).version.partition(".post")[0])

    def total(self, amounts: Mapping[str, int]) -> int:
        """The number that it prints.

        >>> WAYS[1].total({"macs": 100, "norm": 8})
        200
        """
        return sum(price * amounts.get(name, 0) for name, price in self.prices.items())


WAYS = (
    Way(
        "macs",
        Message("one for each multiply-accumulate, nothing else"),
        lambda version: Message("calflops {version}, its MACs", version=version),
        ("macs", "calflops-macs"),
        {"macs": 1},
    ),
    Way(
        "flops",
        Message("two for each multiply-accumulate, nothing else"),
        lambda version: Message("PyTorch {version}, its FlopCounterMode", version=version),
        ("flops", "torch"),
        {"macs": 2},
    ),
    Way(
        "bias",
        Message("one for each multiply-accumulate and one for each bias addition, nothing else"),
        lambda version: Message("ptflops {version}, its aten backend", version=version),
        ("ptflops-aten",),
        {"macs": 1, "conv_bias": 1, "linear_bias": 1},
    ),
    Way(
        "parameters",
        Message(
            "every weight and bias once for each output position of its layer, every learned number of a batch norm "
            "once"
        ),
        lambda version: Message("torchinfo {version}, its mult-adds", version=version),
        ("torchinfo",),
        {"macs": 1, "conv_bias": 1, "linear_bias": 1, "norm_params": 1},
    ),
    Way(
        "norm-1",
        Message("one for each multiply-accumulate and one for each element that goes through batch norm"),
        lambda version: Message("torchprofile {version}", version=version),
        ("torchprofile",),
        {"macs": 1, "norm": 1},
    ),
    Way(
        "norm-2",
        Message("one for each multiply-accumulate and two for each element that goes through batch norm"),
        lambda version: Message("fvcore {version}", version=version),
        ("fvcore",),
        {"macs": 1, "norm": 2},
    ),
    Way(
        "norm-4",
        Message("one for each multiply-accumulate and four for each element that goes through batch norm"),
        lambda version: Message("thop {version}", version=version),
        ("thop",),
        {"macs": 1, "norm": 4},
    ),
    Way(
        "hooks",
        Message(
            "one for each multiply-accumulate and each bias addition, two for each element that goes through batch "
            "norm or ReLU or enters a pooling"
        ),
        lambda version: Message("ptflops {version}, its pytorch backend", version=version),
        ("ptflops",),
        {"macs": 1, "conv_bias": 1, "linear_bias": 1, "norm": 2, "relu": 2, "pool_in": 2},
    ),
    Way(
        "patched",
        Message(
            "two for each multiply-accumulate, one for each bias addition of a convolution, two for each element that "
            "goes through batch norm, one for each that goes through ReLU or enters a pooling"
        ),
        lambda version: Message("calflops {version}, its FLOPs", version=version),
        ("calflops",),
        {"macs": 2, "conv_bias": 1, "norm": 2, "relu": 1, "pool_in": 1},
    ),
    Way(
        "full",
        Message(
            "two for each multiply-accumulate, one for each bias addition, two for each element that goes through "
            "batch norm, one for each that goes through ReLU, one for each comparison of a max pooling (a window of k "
            "× k elements takes k·k − 1)"
        ),
        lambda _: Message("convcost, its convention “full”"),
        ("full",),
        {"macs": 2, "conv_bias": 1, "linear_bias": 1, "norm": 2, "relu": 1, "pool_compares": 1},
    ),
)


def amounts_of(counted: Cost) -> dict[str, int]:
    """How much of each amount a network of convolutions, batch norms, ReLUs, max poolings and linear layers has.

    >>> from ...costing import cost
    >>> from ...notation import parse
    >>> found = amounts_of(cost(parse("Conv(8, 3) >> ReLU() >> Pool(2)"), (3, 6, 6)))
    >>> found["macs"], found["conv_bias"], found["relu"], found["pool_in"], found["pool_compares"]
    (3456, 128, 128, 128, 96)
    """
    found = dict.fromkeys(AMOUNTS, 0)
    for row in counted.rows:
        for name, count in _of_row(row).items():
            found[name] += count
    return found


def _of_row(row: Row) -> dict[str, int]:
    tally, elements = row.tally, int(prod(row.output))
    if row.kind == "Conv":
        return {"macs": tally.macs, "conv_bias": tally.adds}
    if row.kind == "Linear":
        return {"macs": tally.macs, "linear_bias": tally.adds}
    if row.kind == "BatchNorm":
        return {"norm": elements, "norm_params": int(row.params)}
    if row.kind == "ReLU":
        return {"relu": elements}
    if row.kind == "Pool":
        return {"pool_in": int(prod(row.input)), "pool_compares": tally.compares}
    return {}
