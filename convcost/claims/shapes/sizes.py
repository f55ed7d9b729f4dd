"""Sizes of maps in running text, as opposed to those of kernels: ``28×28×192``, ``(None, 28, 28, 6)``, ``6@28×28``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..loose import loose

_TIMES = r"\s?(?:×|x|X|\*|\\times)\s?"
_BATCH = r"(?:None|N|B|-1|\?|bs|batch(?:_size)?)"
_SIZE = loose(
    rf"(?P<at>(?<![A-Za-z0-9_.])\d{{1,5}}\s?@\s?\d{{1,5}}{_TIMES}\d{{1,5}})(?![A-Za-z0-9_.])"
    rf"|(?P<plain>(?<![A-Za-z0-9_.×*/^+-])(?:[NB]{_TIMES})?\d{{1,5}}(?:{_TIMES}\d{{1,5}}){{1,3}})(?![A-Za-z0-9_²^]"
    rf"|\.\d|\s?[×*/^]|\s?\\times)"
    rf"|(?P<tuple>(?:[\[(]|\bSize\(\[)\s?(?:{_BATCH}\s?,\s?)?\d{{1,5}}(?:\s?,\s?\d{{1,5}}){{0,3}}\s?[\])])",
    0,
)
#: What makes a product a part of a calculation.
_CALCULATES_BEFORE = loose(r"[+/÷^]\s?$|(?<=[\d)])\s?[=≈-]\s?$|[×*]\s?$|\d\s?x\s?$", 0)
_CALCULATES_BEHIND = loose(
    r"\s?(?:[+=≈÷^]|/\s?\d|-\s?\d|(?:weights|param\w{0,7}|multipl\w{0,9}|macs?|flops?|ops|values|numbers|neurons"
    r"|个?参数|次|个值)(?![A-Za-z]))"
)
_KERNEL_BEHIND = loose(
    r"(?:\s?[-_]?\s?(?:的|个|大小的|sized?|spatial|depthwise|separable|dilated|max|avg|average|mean|最大值?|平均值?"
    r"|均值)){0,3}\s?[-_]?\s?"
    r"(?:filters?|kernels?|conv(?!ert|en)\w{0,12}|[dr]ilated|pool\w{0,4}|window|receptive|subsampl\w{0,4}"
    r"|sub-sampl\w{0,4}|MaxPool\w{0,4}"
    r"|AvgPool\w{0,4}|CNN|卷积|池化|滤波器|过滤器|卷积核|核|窗口|下采样|感受野|max-?pool\w{0,4})"
)
_KERNEL_BEFORE = loose(
    r"(?:kernels?|filters?|window|pool\w{0,4}|MaxPool\w{0,4}|AvgPool\w{0,4}|conv(?!ert|en)\w{0,12}|核|卷积|池化|窗口"
    r"|滤波器|过滤器|\b[kKfF])"
    r"(?:\s?layers?)?(?:\s?\d{1,2}(?=\s?[:(,]))?(?:\s?[_ ]?(?:size|大小|尺寸|sizes|of size|with size))?"
    r"\s?(?:of|is|are|为|是|用|使用|with|:|：|=|\(|（|,|，|size|大小|尺寸)?\s?(?:of|size|a|an|:)?\s?$"
)
#: ``Conv2D(32, `` before ``(3, 3)``.
_ARGUMENT = re.compile(r"\w\([^()]*$")
_FILTERS_OF = loose(
    r"\b(?:filters|kernels)\s?(?:each\s)?(?:of|with)\s?(?:size\s?)?$|(?:卷积核|滤波器)(?:的)?(?:大小"
    r"|尺寸)(?:为|是|:|：)\s?$"
)
#: Kernels are no larger than this.
_LARGEST_KERNEL = 31
_NEAR = 40


@dataclass(frozen=True)
class Size:
    """A size and where it stands: channels (``None`` where it does not tell), height and width.

    ``dims`` are the numbers as printed, ``places`` those of them that are channels, height and width. ``first`` says
    that the channels stand before the rest; ``None`` where nothing tells, and they are taken to stand behind it.
    """

    start: int
    end: int
    dims: tuple[int, ...]
    places: tuple[int | None, int, int]
    first: bool | None

    @property
    def channels(self) -> int | None:
        """How many channels, where it says so."""
        place = self.places[0]
        return None if place is None else self.dims[place]

    @property
    def height(self) -> int:
        """Rows."""
        return self.dims[self.places[1]]

    @property
    def width(self) -> int:
        """Columns."""
        return self.dims[self.places[2]]

    def with_(self, channels: int | None, height: int, width: int) -> tuple[int, ...]:
        """The dims, in this order, of another map.

        >>> size = next(sizes("it is 28×28×192"))
        >>> size.with_(32, 14, 14)
        (14, 14, 32)
        """
        dims = [*self.dims]
        for place, value in zip(self.places, (channels, height, width), strict=True):
            if place is not None and value is not None:
                dims[place] = value
        return tuple(dims)


def sizes(level: str, start: int = 0, end: int | None = None) -> Iterator[Size]:
    """The sizes of maps in a normalised text; kernels, products and other tuples are none.

    >>> [size.dims for size in sizes("a 28×28×192 input, 32 filters of 5×5, so 5×5×192 = 4800 weights each: 28×28×32")]
    [(28, 28, 192), (28, 28, 32)]
    >>> [(s.channels, s.height, s.width) for s in sizes("(None, 64, 112, 112) and 6@28×28 and 1×56×56×64")]
    [(64, 112, 112), (6, 28, 28), (64, 56, 56)]
    """
    end = len(level) if end is None else end
    for match in _SIZE.finditer(level, start, end):
        before = level[max(start, match.start() - _NEAR) : match.start()]
        if _CALCULATES_BEFORE.search(before) or _CALCULATES_BEHIND.match(level, match.end(), end):
            continue
        dims = tuple(map(int, re.findall(r"\d+", match[0])))
        if len(dims) == 2 and match["tuple"] and _ARGUMENT.search(before):
            continue
        size = _placed(match, dims)
        if size is not None and not is_kernel(level, match.start(), match.end(), dims):
            yield size


def _placed(match: re.Match[str], dims: tuple[int, ...]) -> Size | None:
    """The dims with the channels found among them, ``None`` where they are no map."""
    if 0 in dims:
        return None
    if match["at"]:
        return Size(*match.span(), dims, (0, 1, 2), True)
    has_batch = re.match(rf"[\[(]?\s?{_BATCH}\s?[,×x*]", match[0]) is not None
    shift = 0
    if match["tuple"] and len(dims) < 2 + has_batch:
        return None
    if len(dims) == 4 or (dims[0] == 1 and len(dims) > 3):
        shift = 1
    own = dims[shift:]
    if len(own) == 2 and not has_batch:
        return Size(*match.span(), dims, (None, shift, shift + 1), False)
    if len(own) != 3:
        return None
    first = _channels_first(own)
    order = (0, 1, 2) if first else (2, 0, 1)
    return Size(*match.span(), dims, (order[0] + shift, order[1] + shift, order[2] + shift), first)


def _channels_first(dims: tuple[int, ...]) -> bool | None:
    if dims[1] == dims[2] and dims[0] != dims[1]:
        return True
    if dims[0] == dims[1]:
        return False
    if dims[2] in (1, 3) or dims[0] in (1, 3):
        return dims[0] in (1, 3)
    return None


def laid_out(size: Size, first: bool) -> Size:
    """The same with the channels where the text has them elsewhere, for sizes that do not tell themselves."""
    told = size.first is not None and len(set(size.dims[-3:])) > 1
    if size.places[0] is None or size.first == first or told:
        return size
    shift = len(size.dims) - 3
    order = (0, 1, 2) if first else (2, 0, 1)
    return replace(size, places=(order[0] + shift, order[1] + shift, order[2] + shift), first=first)


def is_kernel(level: str, start: int, end: int, dims: tuple[int, ...]) -> bool:
    """Whether a size is that of a kernel: a small one beside a word for one, or ``11×11×3`` before "filters"."""
    if len(dims) not in (2, 3) or max(dims[:2]) > _LARGEST_KERNEL:
        return False
    if _KERNEL_BEHIND.match(level, end):
        return True
    before = level[max(0, start - _NEAR) : start]
    return (_KERNEL_BEFORE if len(dims) == 2 else _FILTERS_OF).search(before) is not None


def kernels(level: str, start: int, end: int) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Start, end and dims of the kernels.

    >>> [dims for _, _, dims in kernels("96 filters of 11×11, then a 3×3 max pooling", 0, 60)]
    [(11, 11), (3, 3)]
    """
    for match in _SIZE.finditer(level, start, end):
        dims = tuple(map(int, re.findall(r"\d+", match[0])))
        if 0 not in dims and is_kernel(level, *match.span(), dims):
            yield *match.span(), dims
