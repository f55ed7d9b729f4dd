"""Code whose comments tell sizes: ``self.conv1 = nn.Conv2d(3, 64, 7, 2, 3)  # 64×112×112``. Nothing is ever run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ..documents import Passage
from .code_layers import CONVOLUTIONS, POOLS, applied_to, elements, made_by, name_of
from .layer import Told
from .sizes import Size, sizes
from .walk import ARROW, Step

#: Whether a passage has layers of a framework in it.
HAS_LAYERS = re.compile(
    r"\b(?:Conv2[dD]|MaxPool2d|AvgPool2d|MaxPooling2D|AveragePooling2D|max_pool2d"
    r"|avg_pool2d)\s?\("
)
_COMMENT = re.compile(r"#|//")
_INPUT_CALL = re.compile(r"\b(?:randn|rand|zeros|ones|Input|empty)\s?\(\s?(?:shape\s?=\s?)?")
_CALL = re.compile(r"\w\s?\(.*\)|\w\s?\($|^\s*[\w.]+\s?=[^=]")
_TO = re.compile(rf"{ARROW}|\bto\b")
_MORE = re.compile(r"pool|池化|after|downsampl|下采样|upsampl|resiz", re.IGNORECASE)
_STATEMENT = re.compile(r"\s*(?:[\w.]+\s?=[^=]|self\.|return\b|def\b|class\b|import\b)")
_IN_WORD = re.compile(r"\binput\b|输入|\bin\s?[:=]|\bimage\b", re.IGNORECASE)
#: Longer statements, in lines, are read no further.
MAX_LINES = 80


@dataclass
class _Statement:
    """Lines of one statement: its code, and for each line the place of its comment in the passage."""

    text: str = ""
    comments: list[tuple[int, int]] = field(default_factory=list)
    start: int = 0
    end: int = 0


@dataclass(frozen=True)
class _Piece:
    """Layers that run one behind the other (``None`` where they are not known), and the comment behind them."""

    layers: tuple[Told, ...] | None
    comment: tuple[int, int] | None


def code_steps(passage: Passage, given: Size | None = None) -> Iterator[Step]:
    """The steps that the comments of some code tell; ``given`` is an input that the text around it tells.

    >>> text = "x = torch.randn(1, 3, 224, 224)\\nx = nn.Conv2d(3, 64, 7, stride=2, padding=3)(x)  # [1, 64, 112, 112]"
    >>> [step.result.dims for step in code_steps(Passage(text, ((0, 1, 0), (32, 2, 0)), "code"))]
    [(1, 64, 112, 112)]
    """
    known: dict[str, tuple[Told, ...]] = {}
    run, defined = _Walk(passage.level, given), _Walk(passage.level, given)
    for statement in _statements(passage.level):
        tree = _parsed(statement.text)
        if tree is not None:
            for pieces, defines in _pieces(tree, statement, known):
                yield from (defined if defines else run).through(pieces, defines)
        if tree is None or not _has_calls(tree):
            run.heard(statement)
            defined.heard(statement)


def comments_only(level: str, *, is_code: bool = True) -> str:
    """The text with its statements blanked, so that its comments can be read as running text.

    In prose only lines that are statements are blanked, and none that only mentions a layer.

    >>> comments_only("x = conv(x)  # gives 28×28")
    '             # gives 28×28'
    """
    lines = []
    for line in level.split("\n"):
        mark = _COMMENT.search(line)
        code = line[: mark.start()] if mark else line
        stated = _CALL.search(code) and (is_code or mark or _STATEMENT.match(code))
        lines.append(" " * len(code) + line[len(code) :] if stated else line)
    return "\n".join(lines)


class _Walk:
    """The size that is current while the code is read."""

    def __init__(self, level: str, given: Size | None) -> None:
        self.level, self.current = level, given
        self.pending: list[Told] = []

    def heard(self, statement: _Statement) -> None:
        """A statement without layers may tell the input."""
        call = _INPUT_CALL.search(statement.text)
        places = [place for place in statement.comments if place[0] < place[1]]
        for start, end in places:
            found = [*sizes(self.level, start, end)]
            if len(found) == 1 and _IN_WORD.search(self.level, start, end):
                self._stands_at(found[0])
        if call:
            found = [*sizes(self.level, statement.start, statement.end)]
            if found:
                self._stands_at(found[0])

    def _stands_at(self, size: Size | None) -> None:
        self.current, self.pending = size, []

    def through(self, pieces: Sequence[_Piece], defines: bool) -> Iterator[Step]:
        """The steps of a statement's layers."""
        for piece in pieces:
            if piece.layers is None:
                self._stands_at(None)
            else:
                self.pending += piece.layers
            told = self._told(piece.comment)
            if told and piece.layers is not None and self._speaks_of_more(piece):
                self._stands_at(told[-1])
                continue
            if not told:
                if defines:  # what is defined one behind the other need not run so
                    self._stands_at(None)
                continue
            arrow = len(told) == 2 and _TO.search(self.level[told[0].end : told[1].start])
            if arrow and piece.layers:
                yield self._step(told[0], piece.layers, told[1])
            elif len(told) == 1 and self.pending and self.current is not None and self._fits(defines):
                yield self._step(self.current, tuple(self.pending), told[0])
            self._stands_at(told[-1] if arrow or len(told) == 1 else None)

    def _step(self, source: Size, layers: tuple[Told, ...], result: Size) -> Step:
        inside = source.start < source.end <= result.start
        shown = self.level[source.start : source.end] if inside else "×".join(map(str, source.dims))
        return Step(source, layers, result, True, shown, result.start)

    def _told(self, comment: tuple[int, int] | None) -> list[Size]:
        if comment is None:
            return []
        found = [*sizes(self.level, *comment)]
        return [] if len(found) == 1 and self._is_kernel(found[0]) else found

    def _speaks_of_more(self, piece: _Piece) -> bool:
        """``# 128×28×28 (after pool)`` behind a convolution: something else comes in between."""
        text = self.level[slice(*piece.comment)] if piece.comment else ""
        return bool(_MORE.search(text)) and not any(layer.kind != "conv" for layer in piece.layers or ())

    def _is_kernel(self, size: Size) -> bool:
        """``# 7×7×64`` behind 64 filters of 7×7 tells the layer, and no size."""
        return any(
            layer.kernel == (size.height, size.width) and size.channels in (None, layer.filters)
            for layer in self.pending
        )

    def _fits(self, defines: bool) -> bool:
        """Whether the current map is one that the pending layers take."""
        first = self.pending[0]
        channels = self.current.channels if self.current is not None else None
        if first.channels is not None and channels is not None:
            return first.channels == channels
        return not defines or first.channels is None


def _statements(level: str) -> Iterator[_Statement]:
    """Lines joined until their brackets are closed, comments apart."""
    statement, depth, start = _Statement(), 0, 0
    for line in level.split("\n"):
        mark = _COMMENT.search(line)
        cut = mark.start() if mark else len(line)
        code = line[:cut]
        if not statement.text.strip():
            statement.start = start
        statement.text += (code if depth else code.strip()) + "\n"
        statement.comments.append((start + cut, start + len(line)))
        statement.end = start + cut
        depth = max(0, depth + sum(map(code.count, "([{")) - sum(map(code.count, ")]}")))
        start += len(line) + 1
        if depth == 0 or len(statement.comments) > MAX_LINES:
            yield statement
            statement, depth = _Statement(), 0
    if statement.text.strip():
        yield statement


def _parsed(text: str) -> ast.stmt | None:
    text = text.strip()
    if not text or len(text) > 20_000:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text.rstrip(",")).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body[0] if len(body) == 1 else None


def _has_calls(tree: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Call) and name_of(node.func) in {**CONVOLUTIONS, **POOLS} for node in ast.walk(tree)
    )


def _pieces(
    tree: ast.stmt, statement: _Statement, known: dict[str, tuple[Told, ...]]
) -> Iterator[tuple[list[_Piece], bool]]:
    """The layers of a statement in the order in which they run; with whether it only defines them."""
    value = getattr(tree, "value", None)
    if not isinstance(value, ast.Call):
        return
    name = _target(tree)
    if name_of(value.func) in ("Sequential", "add"):
        pieces = [_Piece(made_by(each), _behind(each, statement)) for each in elements(value)]
        if name and all(piece.layers is not None for piece in pieces):
            known[name] = tuple(layer for piece in pieces for layer in piece.layers or ())
        yield pieces, False
        return
    makes = name_of(value.func)[:1].isupper()
    made = made_by(value) if makes else None
    if makes:
        if name and made is not None:
            known[name] = made
        yield [_Piece(made, _behind(value, statement))], True
        return
    applied = applied_to(value, known)
    if applied is not None or _touches(value, known):
        yield [_Piece(applied, statement.comments[-1])], False


def _behind(node: ast.expr, statement: _Statement) -> tuple[int, int]:
    line = min((node.end_lineno or 1) - 1, len(statement.comments) - 1)
    return statement.comments[line]


def _target(tree: ast.stmt) -> str:
    target = tree.targets[0] if isinstance(tree, ast.Assign) else None
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _touches(node: ast.expr, known: dict[str, tuple[Told, ...]]) -> bool:
    """Whether an unknown call goes on with the map, so that its size is not known any more."""
    return bool(known) and isinstance(node, ast.Call) and bool(node.args)
