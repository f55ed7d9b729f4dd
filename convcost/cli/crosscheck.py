"""``convcost crosscheck``: our count beside those of other counters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ..frameworks.counters import TOOLS
from .common import Target, format_option, input_option, mode_option, resolve

if TYPE_CHECKING:
    from ..costing import Cost


@click.command("crosscheck")
@click.argument("spec")
@input_option
@click.option("--tool", "tools", type=click.Choice(TOOLS), multiple=True, help="again for several; default: all")
@mode_option
@click.option("--layers", is_flag=True, help="a line per module, where a tool has numbers of modules")
@format_option
def command(spec: str, shape: str | None, batch: str, tools: tuple[str, ...], mode: str, layers: bool, fmt: str) -> int:
    """Count SPEC with other counters, too. Exits 1 if one prints another number than we say that it does."""
    from ..analysis.crosscheck import crosscheck, need_numbers

    target = resolve(spec)
    own = target.cost(shape, batch, mode)
    need_numbers(own)
    found = crosscheck(
        own,
        real_module(target, own),
        *real_inputs(own),
        tools=tools or None,
        mode=mode,
        progress=_progress if sys.stderr.isatty() else None,
    )
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)
    click.echo(found.table(fmt, layers=layers))
    return 0 if found.agree else 1


def real_module(target: Target, own: Cost) -> Any:
    """The torch module that a SPEC stands for: its own, or one built from the block."""
    if target.real is not None:
        return target.real.module
    from .. import to_torch

    return to_torch(own.graph, own.inputs[0] if len(own.inputs) == 1 else own.inputs)


def real_inputs(own: Cost) -> tuple[Any, ...]:
    """Inputs of ones with their batch; whole numbers where they are looked up in a table."""
    from ..frameworks.needs import need
    from ..layers import Embedding

    torch = need("torch", "a cross-check")
    looked_up = {node.inputs[0] for node in own.graph.nodes if isinstance(node.layer, Embedding)}
    return tuple(
        torch.zeros(own.batch, *shape, dtype=torch.long) if number in looked_up else torch.ones(own.batch, *shape)
        for number, shape in enumerate(own.inputs)
    )


def _progress(tool: str, number: int, total: int) -> None:
    click.echo(f"\r\033[K[{number}/{total}] {tool} …", err=True, nl=False)
