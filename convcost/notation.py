"""Text ⇄ block, by a whitelist over Python's own syntax tree; nothing is ever evaluated by Python.

``repr`` of a block is its notation, and :func:`parse` reads it back. Sizes are whole numbers, symbols (any name that
is no layer) and their sums, products, ``//``, ``%`` and ``**``. A ``.toml`` file names blocks, see :func:`load_spec`.
"""

from __future__ import annotations

import ast
import difflib
import operator
import tomllib
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import block as blocks
from . import layers
from .arith import Shape, as_dim, gcd, is_symbolic, maximum, minimum
from .block import Block, Seq
from .errors import ConvcostError, SpecError

#: A spec is at most this long, this deeply bracketed, and has numbers up to this size.
MAX_BYTES = 64 * 1024
MAX_DEPTH = 40
MAX_NUMBER = 10**18
MAX_EXPONENT = 64
MAX_ENTRIES = 10_000
#: A size over symbols stays small enough to be multiplied out.
MAX_SYMBOLIC_EXPONENT = 8
MAX_TERMS = 64

VOCABULARY: Mapping[str, type[Block]] = {
    name: kind
    for name, kind in {**vars(layers), **vars(blocks)}.items()
    if isinstance(kind, type) and issubclass(kind, Block) and kind not in (Block, layers.Layer)
}

_FUNCTIONS: Mapping[str, Callable[[Any, Any], Any]] = {"gcd": gcd, "min": minimum, "max": maximum}
_OPERATIONS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.Div: operator.truediv,
}


def parse(text: str, names: Mapping[str, Block] | None = None) -> Block:
    """The block that ``text`` writes down; ``names`` are blocks that it may mention.

    Raises :class:`~convcost.errors.SpecError`, with the column, for everything that is no block.

    >>> parse("Conv(16, 1) >> Conv(32, 5, padding=2)")
    Conv(16, 1) >> Conv(32, 5, padding=2)
    """
    value = _Reader(names or {}).read(text)
    if not isinstance(value, Block):
        raise SpecError("a spec is a block", got=_short(text), fix=_nearest(text.strip()))
    return value


def parse_size(text: str) -> Any:
    """A size: a whole number, or an expression over symbols.

    >>> parse_size("32*h + 1")
    32*h + 1
    """
    value = _Reader({}).read(text)
    if isinstance(value, (Block, str, tuple, bool, float)) or value is None:
        raise SpecError("this is no size", got=_short(text))
    return value


def parse_shape(text: str) -> Shape:
    """``"3x224x224"`` or ``"C×H×W"`` as a shape; entries may be sizes such as ``32*h``.

    >>> parse_shape("3x224x224")
    (3, 224, 224)
    """
    _check_size(text)
    entries = text.replace("×", "x").replace(",", "x").split("x")
    if not all(entry.strip() for entry in entries):
        raise SpecError("a shape is written like 3x224x224", got=_short(text))
    return tuple(as_dim(parse_size(entry), "a dim") for entry in entries)


def _check_size(text: str) -> None:
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise SpecError(f"a spec is at most {MAX_BYTES // 1024} kB long", got=f"{len(text)} characters")
    depth = deepest = 0
    for character in text:
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    if deepest > MAX_DEPTH:
        raise SpecError(f"brackets are nested at most {MAX_DEPTH} deep", got=f"{deepest} levels")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else line[:57] + "…")


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name[:40], [*VOCABULARY], 1, 0.6)
    return f"did you mean {near[0]}?" if near else ""


@dataclass
class _Reader:
    names: Mapping[str, Block]
    entries: int = field(default=0)

    def read(self, text: str) -> Any:
        if not isinstance(text, str):
            raise SpecError("a spec is a text", got=repr(text)[:60])
        _check_size(text)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(" ".join(text.split()), mode="eval")
        except SyntaxError as error:
            place = f"column {error.offset}" if error.offset else ""
            raise SpecError("a spec reads like Conv(16, 1) >> Pool(2)", where=place, got=_short(text)) from None
        except (MemoryError, RecursionError):
            raise SpecError("the spec is nested, or chained with >>, too deeply", got=_short(text)) from None
        except ValueError:
            raise SpecError("this cannot be read as a spec", got=_short(text)) from None
        try:
            return self._value(tree.body)
        except RecursionError:
            raise SpecError("the spec is nested too deeply", got=_short(text)) from None

    def _value(self, node: ast.expr) -> Any:
        self.entries += 1
        if self.entries > MAX_ENTRIES:
            raise SpecError(f"a spec has at most {MAX_ENTRIES} entries", where=_column(node))
        match node:
            case ast.Constant(value=value) if value is None or isinstance(value, (bool, str)):
                return value
            case ast.Constant(value=value) if isinstance(value, (int, float)):
                return _bounded(value, node)
            case ast.Name(id=name):
                return self._name(name, node)
            case ast.Tuple(elts=entries) | ast.List(elts=entries):
                return tuple(self._value(entry) for entry in entries)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                value = _size(self._value(operand), node)
                return -value if isinstance(sign, ast.USub) else value
            case ast.BinOp(op=ast.RShift()):
                return self._chain(node)
            case ast.BinOp(op=op) if type(op) in _OPERATIONS:
                return self._operation(node)
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, node)
        raise SpecError("this has no place in a spec", where=_column(node), got=type(node).__name__)

    def _chain(self, node: ast.expr) -> Block:
        """``a >> b >> …`` without recursion: a network may have hundreds of layers."""
        parts: list[ast.expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift):
            parts.append(node.right)
            node = node.left
        parts.append(node)
        found = []
        for part in reversed(parts):
            value = self._value(part)
            if not isinstance(value, Block):
                hint = _nearest(part.id) if isinstance(part, ast.Name) else ""
                raise SpecError("`>>` joins blocks", where=_column(part), got=_short(ast.unparse(part)), fix=hint)
            found.append(value)
        return Seq(*found)

    def _name(self, name: str, node: ast.expr) -> Any:
        if name in self.names:
            return self.names[name]
        if name in VOCABULARY:
            raise SpecError(f"{name} is a layer", where=_column(node), fix=f"write {name}(...)")
        if name.startswith("_"):
            raise SpecError("a symbol is a name that starts with a letter", where=_column(node), got=name[:40])
        from . import symbolic

        return symbolic.symbols(name)

    def _operation(self, node: ast.BinOp) -> Any:
        left, right = _size(self._value(node.left), node), _size(self._value(node.right), node)
        if isinstance(node.op, ast.Pow):
            if type(right) is not int or not 0 <= right <= MAX_EXPONENT:
                raise SpecError(f"exponents are whole numbers from 0 to {MAX_EXPONENT}", where=_column(node))
        elif isinstance(node.op, (ast.FloorDiv, ast.Mod, ast.Div)) and right == 0:
            raise SpecError("division by zero", where=_column(node))
        if isinstance(node.op, ast.Div) and type(left) is int and type(right) is int:
            if left % right:
                raise SpecError("sizes are whole numbers; // rounds down", where=_column(node), got=f"{left}/{right}")
            return left // right
        if isinstance(node.op, ast.Pow) and is_symbolic(left) and right > MAX_SYMBOLIC_EXPONENT:
            raise SpecError(f"exponents of symbols are at most {MAX_SYMBOLIC_EXPONENT}", where=_column(node))
        result = _bounded(_OPERATIONS[type(node.op)](left, right), node)
        if is_symbolic(result):
            from . import symbolic

            if symbolic.expanded_terms(result) > MAX_TERMS:
                raise SpecError(f"a size has at most {MAX_TERMS} terms", where=_column(node))
        return result

    def _call(self, name: str, node: ast.Call) -> Any:
        arguments = [self._value(argument) for argument in node.args]
        options = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise SpecError("** has no place in a spec", where=_column(node))
            options[keyword.arg] = self._value(keyword.value)
        if name in _FUNCTIONS and len(arguments) == 2 and not options:
            return _FUNCTIONS[name](_size(arguments[0], node), _size(arguments[1], node))
        kind = VOCABULARY.get(name)
        if kind is None:
            raise SpecError(f"there is no layer {name[:40]}", where=_column(node), fix=_nearest(name))
        try:
            return kind(*arguments, **options)
        except ConvcostError as error:
            raise error.at(f"{name} at {_column(node)}") from None
        except TypeError as error:
            complaint = str(error).removeprefix(f"{name}.__init__() ")
            raise SpecError(f"{name}: {complaint}", where=_column(node)) from None


def _size(value: Any, node: ast.expr) -> Any:
    if isinstance(value, (Block, str, tuple, bool)) or value is None:
        raise SpecError("arithmetic is for sizes", where=_column(node), got=_short(repr(value)))
    return value


def _bounded(value: Any, node: ast.expr) -> Any:
    if isinstance(value, (int, float)) and not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise SpecError(f"numbers are at most {MAX_NUMBER:.0e}", where=_column(node), got="a larger one")
    if is_symbolic(value) and value.is_Integer:
        return int(value)
    return value


def _column(node: ast.expr) -> str:
    return f"column {node.col_offset + 1}"


# -- files -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spec:
    """The content of a ``.toml`` spec file: named blocks, which one is meant, and its usual input shape."""

    blocks: Mapping[str, Block]
    main: str
    input: Shape | None = None

    @property
    def block(self) -> Block:
        """The block that is meant."""
        return self.blocks[self.main]


def load_spec(path: str | Path) -> Spec:
    """Read a ``.toml`` spec file::

        input = "192x28x28"          # optional
        main = "bottleneck"          # optional: the last block otherwise
        [blocks]
        reduce = "Conv(16, 1) >> ReLU()"
        bottleneck = ["reduce", "Conv(32, 5, padding=2)"]

    A block is a spec, or a list of specs that follow one another; it may mention blocks that stand above it.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MAX_BYTES * 16:
            raise SpecError("a spec file is at most 1 MB long", where=str(path))
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SpecError("the spec file cannot be read", where=str(path), got=error.strerror or "") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SpecError("the spec file is no TOML", where=str(path), got=str(error)[:80]) from None
    texts = data.get("blocks")
    if not isinstance(texts, dict) or not texts:
        raise SpecError("a spec file has a table [blocks]", where=str(path), got=f"keys {', '.join(data) or 'none'}")
    unknown = set(data) - {"blocks", "main", "input"}
    if unknown:
        raise SpecError("a spec file has input, main and [blocks]", where=str(path), got=", ".join(sorted(unknown)))
    found: dict[str, Block] = {}
    for name, text in texts.items():
        parts = text if isinstance(text, list) else [text]
        if name in VOCABULARY or not name.isidentifier():
            raise SpecError("a block's name is a word that is no layer's", where=f"{path}: {name}", got=name)
        try:
            found[name] = Seq(*(parse(part, found) for part in parts)) if len(parts) != 1 else parse(parts[0], found)
        except ConvcostError as error:
            error.where = f"{path}: {name}" + (f": {error.where}" if error.where else "")
            raise
    main = data.get("main", [*found][-1])
    if main not in found:
        raise SpecError(
            "main names one of the blocks", where=str(path), got=repr(main), fix=f"one of {', '.join(found)}"
        )
    shape = data.get("input")
    return Spec(found, main, None if shape is None else parse_shape(str(shape)))
