"""What is told beside a size: how long the flattened map is, and how many parameters the layer has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ...errors import ClaimError
from ...layers import Conv
from ...messages import Message
from ..diagnosis import Case, diagnose
from ..expression import Node, evaluate, parse
from ..judge import as_number, matches
from ..loose import loose
from ..printed import Printed, read_number, written_like
from .sizes import Size
from .walk import Step

_FLAT = loose(
    r"(?:flatten\w{0,3}|unroll\w{0,3}|展平|拉平|拉直|拉成|展开)(?:[^\d.。;；×x*]"
    r"|\b1\s?[×x*]\s?){0,24}?(?P<number>\d{1,3}(?:,\d{3})+|\d{2,9})(?!\d|[.,]\d|\s?[×x*]\s?\d|\s?[=+])"
)
_SUM = r"(?P<number>\(?\d[\d×xX*+(),.\s]{0,80}\d\)?(?:\s?(?:k|K|M|million|万))?|\d{2,12})"
_PARAMS = loose(
    r"(?:参数(?:的?(?:数?量|个数|数目|总数))?|(?:number\sof\s)?param(?:eter)?s?(?:\scount)?|weights)"
    rf"(?:\s?(?:is|are|of|:|：|=|为|是|有|则为|共|约|in total)){{1,3}}\s?{_SUM}(?!\s?[=≈×*]|\d|[.,]\d)"
)
_COUNTED = loose(
    r"(?P<number>\d{1,3}(?:,\d{3})+|\d{3,9})\s?(?:个\s?)?(?:trainable\s|learnable\s)?(?:param(?:eter)?s?\b"
    r"|weights\b(?!\sand)|参数)"
)
_REACH = 120


@dataclass(frozen=True)
class Beside:
    """A number at ``start`` to ``end``, and what became of it."""

    start: int
    end: int
    kind: str
    stated: Fraction
    computed: Fraction
    verdict: str
    reason: str | None
    why: Message
    right: str | None = None


def flattened(level: str, size: Size, end: int) -> Iterator[Beside]:
    """The length of a map that is flattened right behind its size.

    >>> from .sizes import sizes
    >>> text = "6×6×256 is flattened to 9261"
    >>> [(b.verdict, b.reason, b.right) for b in flattened(text, next(sizes(text)), len(text))]
    [('wrong', 'misprint', '9216')]
    """
    match = _FLAT.search(level, size.end, min(end, size.end + _REACH // 2))
    if match is None or size.channels is None:
        return
    node = parse(f"{size.channels}×{size.height}×{size.width}")
    why = Message(
        "{size} has {count} values", size="×".join(map(str, size.dims)), count=f"{evaluate(node).numerator:,}"
    )
    yield _beside(level, match.span("number"), node, [evaluate(node)], "shape", why)


def params(level: str, step: Step, end: int) -> Iterator[Beside]:
    """The parameters of a convolution that is told with its input."""
    source, layers = step.source, step.layers
    layer = layers[0]
    if len(layers) != 1 or layer.kind != "conv" or None in (layer.kernel, layer.filters, source.channels):
        return
    if layer.depthwise or layer.filters is None or layer.kernel is None or source.channels is None:
        return
    start = step.result.end
    stop = min(end, start + _REACH)
    match = _PARAMS.search(level, start, stop) or _COUNTED.search(level, start, stop)
    if match is None:
        return
    shape = (source.channels, source.height, source.width)
    total = Conv(layer.filters, layer.kernel, padding=max(layer.kernel)).laws(shape).params
    weights = total - layer.filters
    rows, columns = layer.kernel
    node = parse(f"{rows}×{columns}×{source.channels}×{layer.filters} + {layer.filters}")
    why = Message("the layer has {weights} weights and {biases} biases", weights=f"{weights:,}", biases=layer.filters)
    yield from _expression(level, match.span("number"), node, [Fraction(total), Fraction(weights)], why)


def _expression(
    level: str, place: tuple[int, int], node: Node, values: list[Fraction], why: Message
) -> Iterator[Beside]:
    start, end = place
    while end > start and level[end - 1] in " ,.(":
        end -= 1
    try:
        said = parse(level, start=start, end=end, normal=True)
        stated = evaluate(said)
    except ClaimError:
        return
    if as_number(said) is not None:
        yield _beside(level, (start, end), node, values, "equation", why)
    elif stated in values:
        yield Beside(start, end, "equation", stated, stated, "holds", None, Message("{why}.", why=why))


def _beside(level: str, place: tuple[int, int], node: Node, values: list[Fraction], kind: str, why: Message) -> Beside:
    text = level[place[0] : place[1]]
    printed = _read(text)
    for value in values:
        verdict = matches(value, printed, about=False)
        if verdict:
            return Beside(*place, kind, printed.value, value, verdict, None, Message("{why}.", why=why))
    found = diagnose(Case(node, values[0], printed, text))
    right = written_like(text, printed, values[0])
    told = Message(
        "{why}, printed is {printed}: {slip}. Right: {right}.", why=why, printed=text, slip=found.why, right=right
    )
    return Beside(*place, kind, printed.value, values[0], "wrong", found.reason, told, right)


def _read(text: str) -> Printed:
    return read_number(text.strip())
