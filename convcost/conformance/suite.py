"""The suite as data, and a counter held against it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ..conventions import COUNTERS, convention
from ..costing import cost
from ..errors import ConvcostError, SpecError
from .cases import CASES, Case, case_modules

SCHEMA = 1


@cache
def load() -> Mapping[str, Any]:
    """The suite: its entries under ``"cases"``.

    >>> load()["cases"][0]["name"], load()["cases"][0]["conventions"]["torch"]
    ('convolution', 27648)
    """
    text = resources.files("convcost").joinpath("conformance/suite.json").read_text(encoding="utf-8")
    data: Mapping[str, Any] = json.loads(text)
    return data


def entry(case: Case) -> dict[str, Any]:
    """One case of the suite, counted anew. Needs torch, for the numbers of other counters are told of its modules."""
    result = cost(case.block, case.input)
    return {
        "name": case.name,
        "spec": case.spec,
        "input": list(case.input),
        "output": list(result.output),
        "params": result.params,
        "quantities": dict(result.tally),
        "conventions": {name: _number(result, name) for name in ("macs", "flops", "full", *COUNTERS)},
    }


def _number(result: Any, name: str) -> int | None:
    """``None`` where a convention says that it cannot tell."""
    try:
        value: int = result.under(name)
    except ConvcostError:
        return None
    return value


def made() -> dict[str, Any]:
    """The whole suite, counted anew."""
    return {
        "schema": SCHEMA,
        "conventions": {
            name: {"unit": convention(name).unit, "version": convention(name).version, "about": convention(name).about}
            for name in ("macs", "flops", "full", *COUNTERS)
        },
        "cases": [entry(case) for case in CASES],
    }


@dataclass(frozen=True)
class Difference:
    """What a counter said of a case, and what it should have said."""

    case: str
    expected: int | None
    printed: int | None
    #: Why, as far as it is known: a failure of the counter, or what its own convention charges beside or instead.
    why: str = ""

    @property
    def holds(self) -> bool:
        return self.printed is not None and self.printed == self.expected


def differences(
    counter: Callable[[Any, tuple[Any, ...]], int], against: str, names: frozenset[str] | None = None
) -> Iterator[Difference]:
    """Run ``counter(module, inputs)`` on every case and compare with the suite's number under ``against``.

    Raises ``SpecError`` for a convention that there is not, ``UnsupportedError`` where torch is missing.
    """
    convention(against)
    expected = {case["name"]: case["conventions"][against] for case in load()["cases"]}
    unknown = (names or frozenset()) - expected.keys()
    if unknown:
        raise SpecError(f"the suite has no case {sorted(unknown)[0]!r}", fix=f"such as {CASES[0].name!r}")
    from ..frameworks.needs import need

    torch = need("torch", "conformance")
    for case, module in case_modules(names):
        generator = torch.Generator().manual_seed(0)
        inputs = (torch.rand((1, *case.input), generator=generator),)
        try:
            printed: int | None = counter(module, inputs)
            why = ""
        except Exception as error:
            printed, why = None, " ".join(f"{type(error).__name__}: {error}".split())[:160]
        yield Difference(case.name, expected[case.name], printed, why)
