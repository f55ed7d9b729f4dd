"""The bundled claims: what the five tutorials say, computed from specs and judged like any other claim.

A claim is data (``tutorials.toml``). Nothing here knows a right answer: the value comes from the kernel, the verdict
from :func:`convcost.verify` on "computed = printed", and a claim whose verdict is not the expected one is reported.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from .. import networks
from ..analysis.depth import depth
from ..arith import Shape
from ..block import Block, Seq
from ..costing import Cost, cost
from ..errors import ConvcostError, ShapeError, SpecError
from ..layers.base import shape_text
from ..messages import Message
from ..networks import tutorials
from ..notation import parse
from . import Finding, verify


@dataclass(frozen=True)
class Claim:
    """One claim: wording in our words, the number as printed, what it is about, and the expected verdict."""

    id: str
    wording: str
    quantity: str
    printed: str
    expected: str
    reason: str | None = None
    spec: str = ""
    against: str = ""
    input: Shape | None = None
    path: str = ""
    about: bool = False
    note: str = ""

    @property
    def source(self) -> str:
        """The tutorial that says so."""
        return f"tutorial {self.id[:3]}"


@dataclass(frozen=True)
class Judged:
    """A claim and what became of it."""

    claim: Claim
    finding: Finding

    @property
    def as_expected(self) -> bool:
        """Whether verdict and reason are the expected ones."""
        return (self.finding.verdict, self.finding.reason) == (self.claim.expected, self.claim.reason)


@cache
def claims() -> tuple[Claim, ...]:
    """All bundled claims, in the order of the tutorials.

    >>> len({claim.id for claim in claims()}) == len(claims())
    True
    """
    data = tomllib.loads(files(__package__).joinpath("tutorials.toml").read_text(encoding="utf-8"))
    found = []
    for item in data["claim"]:
        if "input" in item:
            item["input"] = tuple(item["input"])
        found.append(Claim(**item))
    return tuple(found)


def judge(claim: Claim) -> Finding:
    """Compute what the claim is about and compare it with what is printed.

    >>> by_id = {claim.id: claim for claim in claims()}
    >>> judge(by_id["000-bottleneck-5x5"]).computed
    12443648
    """
    if claim.quantity == "text":
        finding = _only(claim, verify(claim.printed, source=claim.source))
    elif claim.quantity in _SHAPES:
        finding = _judge_shape(claim)
    elif claim.quantity == "fits":
        finding = _judge_fit(claim)
    elif claim.quantity in _NUMBERS:
        finding = _judge_number(claim)
    else:
        raise SpecError(f"there is no quantity {claim.quantity!r}", where=claim.id)
    return replace(finding, source=claim.source, explanation=Message.joined(finding.explanation, claim.note))


def judge_all() -> tuple[Judged, ...]:
    """Every bundled claim, judged."""
    return tuple(Judged(claim, judge(claim)) for claim in claims())


# -- what claims are about ---------------------------------------------------------------------------------------


def _block(spec: str) -> tuple[Block, Shape | None]:
    """A bundled network, ``tutorials.function(option=…)`` with further blocks behind it, or notation."""
    if spec in networks.names():
        return networks.get(spec), networks.entry(spec).input
    if spec.startswith("tutorials."):
        call, _, rest = spec.removeprefix("tutorials.").partition(")")
        name, _, text = call.partition("(")
        options = {key: int(value) for key, value in (pair.split("=") for pair in text.split(",") if pair.strip())}
        block: Block = getattr(tutorials, name)(**options)
        further = rest.strip().removeprefix(">>").strip()
        return (Seq(block, parse(further)) if further else block), None
    return parse(spec), None


def _cost(claim: Claim, spec: str | None = None) -> Cost:
    block, shape = _block(spec or claim.spec)
    return cost(block, claim.input or shape)


_NUMBERS: dict[str, tuple[str, Callable[[Claim], str]]] = {
    "params": ("equation", lambda claim: str(_cost(claim).params)),
    "macs": ("equation", lambda claim: str(_cost(claim).macs)),
    "depth": ("depth", lambda claim: str(depth(_cost(claim)))),
    "ratio": ("ratio", lambda claim: f"{_cost(claim, claim.against).macs} / {_cost(claim).macs}"),
    "params-ratio": ("ratio", lambda claim: f"{_cost(claim, claim.against).params} / {_cost(claim).params}"),
    "rows": ("table", lambda claim: str(len(_cost(claim).summary().rows))),
    "summary-params": ("total", lambda claim: " + ".join(str(row.params) for row in _cost(claim).summary().rows)),
    "input-mb": ("memory", lambda claim: _megabytes(_cost(claim).summary().input_bytes)),
    "forward-backward-mb": ("memory", lambda claim: _megabytes(_cost(claim).summary().forward_backward_bytes)),
    "params-mb": ("memory", lambda claim: _megabytes(_cost(claim).summary().params_bytes)),
    "total-mb": ("memory", lambda claim: _megabytes(_cost(claim).summary().total_bytes)),
}


def _megabytes(count: int) -> str:
    return f"{count} / 2^20"


def _judge_number(claim: Claim) -> Finding:
    kind, compute = _NUMBERS[claim.quantity]
    computed = compute(claim)
    finding = _only(claim, verify(f"{computed} {'≈' if claim.about else '='} {claim.printed}"))
    shown = claim.printed if len(claim.printed) < 40 else claim.printed[:37] + "…"
    return replace(finding, kind=kind, text=claim.wording, printed=shown)


def _only(claim: Claim, report: Any) -> Finding:
    findings: list[Finding] = list(report.findings)
    if len(findings) != 1:
        raise SpecError("a bundled claim is one claim", where=claim.id, got=f"{len(findings)} findings")
    return findings[0]


def _main_output(claim: Claim) -> str:
    return shape_text(_cost(claim).output)


def _all_outputs(claim: Claim) -> str:
    return ", ".join(map(shape_text, _cost(claim).outputs))


def _channels_at(claim: Claim) -> str:
    (row,) = (row for row in _cost(claim).rows if row.path == claim.path)
    return str(row.output[0])


_SHAPES: dict[str, Callable[[Claim], str]] = {
    "output": _main_output,
    "outputs": _all_outputs,
    "path-channels": _channels_at,
}


def _judge_shape(claim: Claim) -> Finding:
    computed = _SHAPES[claim.quantity](claim)
    if computed == claim.printed:
        return _finding(claim, True, computed, Message("computed {computed}.", computed=computed))
    why = Message("computed {computed}, printed {printed}.", computed=computed, printed=claim.printed)
    return _finding(claim, False, computed, why)


def _judge_fit(claim: Claim) -> Finding:
    try:
        fitting = _cost(claim)
    except ShapeError as error:
        why = Message("built as told it does not fit: {error}.", error=str(error))
        return _finding(claim, False, "does not fit", why)
    except ConvcostError as error:
        raise error.at(claim.id) from None
    output = shape_text(fitting.output)
    return _finding(claim, True, output, Message("it fits; the output is {output}.", output=output))


def _finding(claim: Claim, right: bool, computed: str, explanation: Message) -> Finding:
    return Finding(
        source=claim.source,
        line=1,
        span=(0, len(claim.wording)),
        text=claim.wording,
        kind="shape",
        printed=claim.printed,
        stated=claim.printed,
        computed=computed,
        verdict="holds" if right else "wrong",
        reason=None if right else "output-shape",
        explanation=explanation,
    )
