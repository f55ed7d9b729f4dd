"""Shapes, kernels and the layers that labels tell of."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BATCH = r"(?:(?:None|-1|\?|N|B|batch(?:_size)?|bs)\s*(?:,|×|x|X|\*|\\times)\s*)?"
_TIMES = r"\s*(?:,|×|x|X|\*|·|\\times|\\cdot)\s*"
_SHAPE = re.compile(
    rf"\s*[\[({{]?\s*{_BATCH}(?P<dims>\d{{1,6}}(?:{_TIMES}\d{{1,6}}){{0,3}})\s*,?\s*[\])}}]?(?P<rest>.*)", re.DOTALL
)
_AT = re.compile(
    r"\s*(?P<channels>\d{1,5})\s*@\s*(?P<dims>\d{1,5}(?:\s*(?:×|x|X|\*|\\times)\s*\d{1,5})?)(?P<rest>.*)", re.DOTALL
)
_SQUARE = re.compile(r"(\d{1,5})\s*(?:²|\^\s*\{?2\}?)")
_GROUPED = re.compile(r"\s*\d{1,3}(?:,\d{3})+\s*")
_REST = re.compile(r"\s*(?:[(（\[][^()（）\[\]]{0,40}[)）\]])?[^\d×*]*")


@dataclass(frozen=True)
class Shape:
    """The dims as printed, without the batch; ``first`` is set where the notation says that channels come first."""

    dims: tuple[int, ...]
    first: bool = False


def read_shape(text: str) -> Shape | None:
    """A shape, in one of its spellings (levelled text).

    >>> [read_shape(text).dims for text in ("(None, 28, 28, 6)", "[-1, 64, 112, 112]", "55²×96", "4,096", "(120,1)")]
    [(28, 28, 6), (64, 112, 112), (55, 55, 96), (4096,), (120,)]
    >>> read_shape("6@28×28"), read_shape("about 3×3 of it, 5")
    (Shape(dims=(6, 28, 28), first=True), None)
    """
    text = _SQUARE.sub(r"\1×\1", text[:80])
    at = _AT.fullmatch(text)
    if at:
        dims = [int(d) for d in re.findall(r"\d+", at["dims"])]
        return (
            Shape((int(at["channels"]), *(dims if len(dims) == 2 else dims * 2)), True) if _plain(at["rest"]) else None
        )
    if _GROUPED.fullmatch(text):
        return Shape((int(re.sub(r"\D", "", text)),))
    match = _SHAPE.fullmatch(text)
    if match is None or not _plain(match["rest"]):
        return None
    sizes = [int(d) for d in re.findall(r"\d+", match["dims"])]
    if len(sizes) == 4 and sizes[0] == 1:
        sizes = sizes[1:]
    if len(sizes) in (2, 3) and sizes.count(1) == len(sizes) - 1:
        sizes = [max(sizes)]  # a vector, standing or lying
    return Shape(tuple(sizes)) if all(sizes) else None


def _plain(rest: str) -> bool:
    return _REST.fullmatch(rest) is not None


def channels_first(shapes: list[Shape]) -> bool | None:
    """Whether channels stand first in these shapes; ``None`` where nothing tells.

    >>> channels_first([Shape((28, 28, 6)), Shape((14, 14, 6))]), channels_first([Shape((3, 3, 3))])
    (False, None)
    """
    ballot = 0
    for shape in shapes:
        if shape.first:
            ballot += 1
        elif len(shape.dims) == 3:
            a, b, c = shape.dims
            ballot += (b == c != a) - (a == b != c)
    return None if not ballot else ballot > 0


@dataclass(frozen=True)
class Spec:
    """What a label or a cell tells of a layer; nothing where it is silent."""

    kind: str = ""
    kernel: tuple[int, int] | None = None
    inputs: int | None = None
    outputs: int | None = None
    stride: int | None = None
    padding: int | None = None
    #: The size of the map, where it stands beside the kernel.
    size: tuple[int, int] | None = None


_KINDS = (
    ("depthwise", r"depth-?wise|\bdw\b|conv dw|深度卷积|逐通道|dwconv"),
    ("other", (
        r"separable|block|stage|module|bottleneck|inception|residual|fire|branch|lstm|gru|rnn|attention|"
        r"embed|transformer|mbconv|encoder|decoder|mixed|shuffle|head|transition|dense block|可分离|瓶颈|"
        r"模块|注意力|残差|循环"
    )),
    ("transposed", r"transpose|deconv|up-?conv|反卷积|转置"),
    ("norm", r"batch\s?norm|\bbn\d*\b|layer\s?norm|归一化|\blrn\b|\bnorm\d*\b"),
    ("pool", r"pool|池化|下采样|subsampl|\bgap\b"),
    ("none", r"relu|dropout|activation|flatten|reshape|sigmoid|\badd\b|concat|激活|展平|拉平|\bview\b"),
    ("input", r"^\s*(?:input|image|输入|图像|data\b|x\s*$)"),
    ("conv", r"conv|卷积|\bpw\b|pointwise|\bc\d\b"),
    ("fc", r"\bfc|\bdense|linear|fully|全连接|\bf\d\b|softmax|classifier|logits|\boutput\b|输出层|\bip\d?\b|\bmlp"),
)  # fmt: skip
_KIND_PATTERNS = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _KINDS)
_KERNEL = re.compile(r"(?<![\d.×x*])(\d{1,3})\s?(?:[×xX*]|\\times)\s?(\d{1,3})(?!\s?[×xX*]\s?\d)(?![\d.])")
_KERNEL_NAMED = re.compile(
    r"(?<![A-Za-z])(?:f|k|kernel(?:_size|\ssize)?|filter size)\s?[=:]\s?\(?(\d{1,2})(?![\d.])", re.IGNORECASE
)
#: The names of VGG's layers; a small second number may as well count layers.
NAMED = re.compile(r"conv\s?([1357]|11)\s?-\s?(\d{1,4})(?!\d)", re.IGNORECASE)
_VGG = re.compile(r"conv\s?([1357]|11)\s?-\s?(\d{2,4})(?!\d)", re.IGNORECASE)
_ARROW = re.compile(r"(?<![\d.])(\d{1,6})\s?(?:→|->|=>|-->|\\to|\\rightarrow|➔)\s?(\d{1,6})(?![\d.])")
_CALL = re.compile((
    r"(?:conv(?:2d)?|"
    r"linear)\s?\(\s?(\d{1,6})\s?,\s?(\d{1,6})\s?(?:,\s?(?:kernel_size\s?=\s?)?\(?(\d{1,2})(?:\s?,\s?(\d{1,2}))?\)?)?"
), re.IGNORECASE)  # fmt: skip
_FILTERS = re.compile((
    r"(?<![\d.×x])(\d{1,5})\s?(?:个)?(?:filters?|kernels?|channels?|卷积核|滤波器|通道|maps)\b|"
    r"(?:filters?|n_?c|nf|channels|out)\s?[=:]\s?(\d{1,5})"
), re.IGNORECASE)  # fmt: skip
_UNITS = re.compile(
    r"(?:fc|dense|linear|全连接层?)\s?\d?\s?[(（:-]\s?(\d{1,5})\s?(?:[)）,，]|$|units|neurons)", re.IGNORECASE
)
_STRIDE = re.compile(
    r"(?<![A-Za-z])(?:s|stride|步长)\s?[=:]?\s?(\d)(?![\d.×x])|(?<=\d)\s?/\s?(\d)(?![\d.])", re.IGNORECASE
)
_PADDING = re.compile(r"(?<![A-Za-z])(?:p|pad|padding|填充)\s?[=:]?\s?(\d)(?![\d.×x])", re.IGNORECASE)


def read_spec(text: str) -> Spec:
    """The layer that a label or a cell describes.

    >>> read_spec("Conv2d(1 → 32, 3×3, padding=1)")
    Spec(kind='conv', kernel=(3, 3), inputs=1, outputs=32, stride=None, padding=1, size=None)
    >>> read_spec("CONV1 (f=5,s=1)").kernel, read_spec("Conv3-64").outputs, read_spec("Linear(400, 120)").inputs
    ((5, 5), 64, 400)
    """
    text = text[:160]
    kind = next((name for name, pattern in _KIND_PATTERNS if pattern.search(text)), "")
    (kernel, size), inputs, outputs = _kernel(text), None, None
    vgg, call, arrow, filters = _VGG.search(text), _CALL.search(text), _ARROW.search(text), _FILTERS.search(text)
    if vgg:
        kernel, outputs = (int(vgg[1]),) * 2, int(vgg[2])
    elif call:
        inputs, outputs = int(call[1]), int(call[2])
        if call[3] and kind == "conv":
            kernel = kernel or (int(call[3]),) * 2
    elif arrow:
        inputs, outputs = int(arrow[1]), int(arrow[2])
    elif filters:
        outputs = int(filters[1] or filters[2])
    elif kind == "fc" and (units := _UNITS.search(text)):
        outputs = int(units[1])
    return Spec(kind, kernel, inputs, outputs, _small(_STRIDE.search(text)), _small(_PADDING.search(text)), size)


def _kernel(text: str) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """The kernel, and the map if two sizes are given and one is larger."""
    found = {(int(a), int(b)) for a, b in _KERNEL.findall(text)}
    named = _KERNEL_NAMED.search(text)
    if named:
        found.add((int(named[1]),) * 2)
    if len(found) == 2:
        small, large = sorted(found)
        return (small, large) if small[0] <= 11 and small[0] < large[0] and large[0] > 5 else (None, None)
    return (found.pop() if len(found) == 1 else None), None


def _small(match: re.Match[str] | None) -> int | None:
    return int(next(group for group in match.groups() if group)) if match else None


_CROSS = r"\s*(?:×|x|X|\*|·|\\times|\\cdot)\s*"
_KERNEL_CELL = re.compile(
    rf"\s*[\[(]?\s*(\d{{1,2}})(?:{_CROSS}(\d{{1,2}}))?((?:{_CROSS}\d{{1,5}}){{0,2}})\s*[\])]?(?P<rest>.*)", re.DOTALL
)
_PAIR = re.compile(r"\s*[\[(]\s*(\d{1,2})\s*,\s*(\d{1,2})\s*[\])]\s*")


def read_kernel(text: str) -> tuple[tuple[int, int], tuple[int, ...]] | None:
    """The kernel of a cell, and the channels printed behind it.

    >>> read_kernel("3×3/2"), read_kernel("11×11×3×96"), read_kernel("(5, 5)"), read_kernel("1×1, 3×3")
    (((3, 3), ()), ((11, 11), (3, 96)), ((5, 5), ()), None)
    """
    text = _SQUARE.sub(r"\1×\1", text[:60])
    pair = _PAIR.fullmatch(text)
    if pair:
        return (int(pair[1]), int(pair[2])), ()
    match = _KERNEL_CELL.fullmatch(text)
    if match is None or _KERNEL.search(match["rest"]):
        return None
    more = tuple(int(d) for d in re.findall(r"\d+", match[3]))
    if (match[2] is None and more) or re.match(r"\s*[,，]?\s*\d", match["rest"]):
        return None
    return (int(match[1]), int(match[2] or match[1])), more
