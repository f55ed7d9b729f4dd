"""Conventions made by hand, which price the same parts of a network differently."""

from __future__ import annotations

import sys
import types
from math import prod

from convcost import Convention, SpecError
from convcost.conventions import Term


class Tool(Convention):
    """A convention of rules ``(part, kind of layer, coefficient, unit)``; the unit is ``mac`` or ``element``."""

    def __init__(self, name, unit, rules, surplus=0):
        self.name, self.unit, self.rules, self.surplus = name, unit, rules, surplus
        self.about = "made by hand"

    def account(self, cost):
        for row in cost.rows:
            for part, kind, coefficient, unit in self.rules:
                if row.kind == kind:
                    word = "multiply-accumulate" if unit == "mac" else "input element"
                    count = row.tally.macs if unit == "mac" else prod(row.input) * cost.batch
                    yield Term(part, f"{coefficient} per {word}", row.path, coefficient * count)

    def total(self, cost):
        return super().total(cost) + self.surplus


CONVOLUTIONS, LINEAR = ("convolutions", "Conv", 1, "mac"), ("linear layers", "Linear", 1, "mac")
#: As fvcore: a batch norm costs 2, a global average pooling 1 per input element.
PLAIN = Tool(
    "plain",
    "MAC",
    [CONVOLUTIONS, LINEAR, ("batch norm", "BatchNorm", 2, "element"), ("average pooling", "GlobalPool", 1, "element")],
)
#: As torch: 2 per multiply-accumulate and nothing else.
DOUBLE = Tool("double", "FLOP", [("convolutions", "Conv", 2, "mac"), ("linear layers", "Linear", 2, "mac")])
#: As ptflops: a batch norm costs 4, and activations count.
RICH = Tool(
    "rich",
    "MAC",
    [CONVOLUTIONS, LINEAR, ("batch norm", "BatchNorm", 4, "element"), ("ReLU", "ReLU", 1, "element")],
)


class Refusing(Convention):
    """A tool that does not take the network."""

    name, unit, about = "refusing", "MAC", "takes nothing"

    def account(self, cost):
        raise SpecError("this tool takes no such network")


def register(monkeypatch, *tools):
    """The tools beside the registered conventions, (our own three) for one test."""
    import convcost.conventions as home
    from convcost.analysis import readings

    module = types.ModuleType("convcost.conventions.by_hand")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for tool in tools:
        setattr(module, tool.name, tool)
        monkeypatch.setitem(home._HOMES, tool.name, f"by_hand.{tool.name}")
    home._load.cache_clear()
    monkeypatch.setattr(readings, "CONVENTIONS", ("macs", "flops", "full", *(tool.name for tool in tools)))
