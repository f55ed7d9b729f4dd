"""What commands share: how a SPEC, a shape and a budget are read, and the options that mean the same everywhere."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..arith import Shape
from ..block import Block
from ..errors import ConvcostError, SpecError
from ..frameworks.specs import ModuleSpec, is_module_spec, load
from ..graph import Graph
from ..notation import load_spec, parse, parse_shape, parse_size
from ..report import FORMATS

if TYPE_CHECKING:
    from ..costing import Cost

_F = TypeVar("_F", bound=Callable[..., Any])
_SUFFIXES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9, "T": 10**12}


#: A size at which most modules run, for those that are asked about at symbols and have no size of their own.
_USUAL = 224


def _open(size: Any) -> bool:
    return type(size) is not int


@dataclass(frozen=True)
class Target:
    """What a SPEC stands for, and the input shape that it brings along."""

    text: str
    block: Block | Graph | None = None
    input: Shape | None = None
    #: A real module, for the specs that name one.
    real: ModuleSpec | None = None

    def shape(self, asked: str | None) -> Any:
        """The shape asked for, or the spec's own; several shapes where several were asked for."""
        if asked is not None:
            shapes = tuple(parse_shape(part.partition(":")[0]) for part in asked.split(";"))
            return shapes[0] if len(shapes) == 1 else shapes
        if self.input is None:
            raise SpecError("this spec has no input shape of its own", fix="say --input, such as --input 3x224x224")
        return self.input

    def graph(self, asked: str | None, mode: str = "eval") -> Block | Graph:
        """The block, or the module imported at the shape asked for."""
        if self.block is not None:
            return self.block
        real = self.real
        if real is None:
            raise SpecError("this spec stands for nothing", got=self.text)
        if real.graph is not None:
            return real.graph
        shape = self.shape(asked)
        shapes = shape if shape and isinstance(shape[0], tuple) else (shape,)
        if any(_open(size) for each in shapes for size in each):
            # A module is imported at numbers and asked about at symbols afterwards.
            own = self.input
            shapes = (own,) if own else tuple(tuple(_USUAL if _open(n) else n for n in each) for each in shapes)
        kinds = [part.partition(":")[2] or None for part in (asked or "").split(";")]
        return real.imported(shapes, mode, kinds if any(kinds) else None)

    def cost(self, asked: str | None, batch: str = "1", mode: str = "eval") -> Cost:
        """What it costs at the shape asked for, or at its own."""
        from ..costing import cost

        graph = self.graph(asked, mode)
        own = isinstance(graph, Graph) and asked is None and graph.input_shapes is not None
        result = cost(graph, None if own else self.shape(asked), parse_size(batch))
        result.source = self.text
        return result


def resolve(text: str) -> Target:
    """A notation string, a bundled network, ``file.toml`` or ``file.toml:block``, or a module: ``torchvision:NAME``,
    ``timm:NAME``, ``file.py:NAME``, ``model.onnx``."""
    from .. import networks

    if text in networks.names():
        entry = networks.entry(text)
        return Target(text, networks.get(text), entry.input)
    path, suffix, name = text.partition(".toml")
    if suffix and (not name or name.startswith(":")) and "(" not in path:
        return _from_file(text, path + suffix, name[1:])
    if is_module_spec(text):
        real = load(text)
        own = real.input or (real.graph.input_shapes if real.graph is not None else None)
        return Target(text, input=own[0] if own and len(own) == 1 else own, real=real)
    if re.fullmatch(r"[A-Za-z_][\w.-]*", text):
        near = difflib.get_close_matches(text[:60], networks.names(), 1, 0.5)
        raise SpecError(
            f"there is no network {text[:60]!r}",
            fix=f"did you mean {near[0]}?" if near else "`convcost networks` lists them",
        )
    try:
        return Target(text, parse(text))
    except ConvcostError as error:
        raise error.at("SPEC") if not error.where.startswith("SPEC") else error from None


def _from_file(text: str, path: str, name: str) -> Target:
    spec = load_spec(path)
    if not name:
        return Target(text, spec.block, spec.input)
    if name not in spec.blocks:
        raise SpecError(f"{path} has no block {name!r}", fix=f"one of {', '.join(spec.blocks)}")
    return Target(text, spec.blocks[name], spec.input)


def budget(text: str | None, name: str) -> int | None:
    """A limit such as ``300M`` as a whole number.

    >>> budget("1.5G", "--max-macs")
    1500000000
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,18})(?:\.(\d{1,12}))?\s*([KMGBT]?)", text.strip().replace(",", ""), re.IGNORECASE)
    if not match:
        raise SpecError(f"{name} is a number such as 300M", got=text[:40])
    whole, fraction, suffix = match.group(1), match.group(2) or "", match.group(3).upper()
    scaled = int(whole + fraction) * _SUFFIXES[suffix]
    limit: int = scaled // 10 ** len(fraction)
    return limit


def format_option(function: _F) -> _F:
    """``--format``."""
    return click.option("--format", "fmt", type=click.Choice(FORMATS), default="plain", show_default=True)(function)


def units_option(function: _F) -> _F:
    """``--units``."""
    choice = click.Choice(["auto", "1", "K", "M", "G"])
    return click.option("--units", type=choice, default="auto", show_default=True, help="auto: exact integers")(
        function
    )


def input_option(function: _F) -> _F:
    """``--input`` and ``--batch``."""
    function = click.option("--batch", default="1", show_default=True, help="number of examples, or a symbol")(function)
    return click.option(
        "--input", "shape", metavar="CxHxW", help="shape without the batch; dims may be symbols; several with ;"
    )(function)


def mode_option(function: _F) -> _F:
    """``--mode``."""
    choice = click.Choice(["eval", "train"])
    return click.option("--mode", type=choice, default="eval", show_default=True, help="of a torch module")(function)
