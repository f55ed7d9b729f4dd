"""``convcost conformance``: which cases of the suite a counter gets wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from ..errors import SpecError, UnsupportedError
from .common import format_option


@click.command("conformance")
@click.argument("counter")
@click.option("--against", help="the convention to be held against; default: what is right, in the counter's unit")
@click.option("--case", "cases", multiple=True, help="only this case (may be repeated)")
@click.option("--unit", type=click.Choice(["MAC", "FLOP"]), help="of a counter of your own; default MAC")
@format_option
def command(counter: str, against: str | None, cases: tuple[str, ...], unit: str | None, fmt: str) -> int:
    """Hold COUNTER against the conformance suite; exit 1 if it gets a case wrong.

    COUNTER is the name of an installed counter (fvcore, torch, thop, ptflops, torchinfo, torchprofile, calflops, …), or
    FILE.py:FUNCTION, a function of a torch module and a tuple of inputs that returns a whole number.
    """
    from ..conformance import differences
    from ..report.conformance import render

    count, own_unit = _counter(counter, unit)
    basis = against or ("flops" if own_unit == "FLOP" else "macs")
    results = list(differences(count, basis, frozenset(cases) or None))
    click.echo(render(counter, basis, results, fmt))
    return 0 if all(result.holds for result in results) else 1


def _counter(name: str, unit: str | None) -> tuple[Callable[[Any, tuple[Any, ...]], int], str]:
    from ..frameworks import counters

    if name in counters.TOOLS:
        if not counters.installed(name):
            raise UnsupportedError(
                f"{name} is not installed", got=counters.package(name), fix="pip install 'convcost[peers]'"
            )

        def run(module: Any, inputs: tuple[Any, ...]) -> int:
            reading = counters.run(name, module, inputs)
            if reading.printed is None:
                raise UnsupportedError(reading.message)
            return int(reading.printed)

        return run, counters.unit(name)
    if ".py:" in name:
        from ..frameworks.specs import python_object

        function = python_object(name)
        if not callable(function):
            raise SpecError("a counter is a function of a module and its inputs", where=name)
        own: Callable[[Any, tuple[Any, ...]], int] = function
        return own, unit or "MAC"
    raise SpecError(
        f"there is no counter {name[:60]!r}", fix=f"one of {', '.join(counters.TOOLS)}, or FILE.py:FUNCTION"
    )
