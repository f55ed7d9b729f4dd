"""Layers as code makes them: ``nn.Conv2d(3, 64, 7, stride=2, padding=3)``, ``Conv2D(32, 3, padding="same")``."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import Any

from .layer import Told

CONVOLUTIONS = {
    "Conv2d": ("in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups"),
    "Conv2D": ("filters", "kernel_size", "strides", "padding"),
}
POOLS = {
    "MaxPool2d": ("kernel_size", "stride", "padding", "dilation"),
    "AvgPool2d": ("kernel_size", "stride", "padding", "ceil_mode"),
    "max_pool2d": ("kernel_size", "stride", "padding", "dilation"),
    "avg_pool2d": ("kernel_size", "stride", "padding", "ceil_mode"),
    "MaxPooling2D": ("pool_size", "strides", "padding"),
    "AveragePooling2D": ("pool_size", "strides", "padding"),
}
#: Functions and modules that keep the size of a map.
_KEEPS = re.compile(
    r"(?:leaky_?|r?relu6?|p|c|s|g)?(?:relu6?|elu)|tanh|sigmoid|silu|swish|mish|hardswish|batch_?norm(?:2d"
    r"|alization)?|bn\w{0,8}|norm\w{0,8}|dropout\w{0,6}|drop\w{0,6}"
    r"|identity|activation|act\w{0,3}|local_?response_?norm|lrn|groupnorm|layernorm|instancenorm2d|relu\w{0,4}",
    re.IGNORECASE,
)


def elements(call: ast.Call) -> list[ast.expr]:
    if len(call.args) == 1 and isinstance(call.args[0], ast.List):
        return call.args[0].elts
    return call.args


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def made_by(node: ast.expr) -> tuple[Told, ...] | None:
    """The layers that a constructor makes: none for one that keeps the size, ``None`` for what is not known."""
    if not isinstance(node, ast.Call):
        return None
    name = name_of(node.func)
    if name == "Sequential":
        inner = [made_by(each) for each in elements(node)]
        return None if None in inner else tuple(layer for made in inner for layer in made or ())
    if name in CONVOLUTIONS or name in POOLS:
        layer = _layer(name, node, skip=name.endswith("pool2d"))
        return None if layer is None else (layer,)
    return () if _KEEPS.fullmatch(name) else None


def applied_to(node: ast.expr, known: dict[str, tuple[Told, ...]]) -> tuple[Told, ...] | None:
    """The layers of ``self.pool(F.relu(self.conv1(x)))``, innermost first."""
    if isinstance(node, ast.Name):
        return ()
    if not isinstance(node, ast.Call) or not node.args:
        return None
    before = applied_to(node.args[0], known)
    if before is None:
        return None
    if isinstance(node.func, ast.Call):
        made = made_by(node.func)
        return None if made is None else (*before, *made)
    name = name_of(node.func)
    if name in known:
        return (*before, *known[name])
    if name in POOLS:
        layer = _layer(name, node, skip=True)
        return None if layer is None else (*before, layer)
    return before if _KEEPS.fullmatch(name) else None


def call_in_words(text: str, start: int, end: int) -> Told | None:
    """``Conv2d(3, 64, 7, stride=2)`` in running text: what it leaves out is not told, whatever the default is.

    >>> told = call_in_words("Conv2d(3, 64, 7, stride=2)", 0, 26)
    >>> told.kernel, told.filters, told.stride, told.padding
    ((7, 7), 64, 2, None)
    """
    try:
        call = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    name = name_of(call.func) if isinstance(call, ast.Call) else ""
    if not isinstance(call, ast.Call) or (name not in CONVOLUTIONS and name not in POOLS):
        return None
    given = _given(name, call, skip=False)
    told = None if given is None else _told(name, given)
    if told is None or given is None:
        return None
    strides = told.kind != "conv" or "stride" in given or "strides" in given
    return replace(
        told, start=start, end=end, exact=False,
        stride=told.stride if strides else None, padding=told.padding if "padding" in given else None,
    )  # fmt: skip


def _layer(name: str, call: ast.Call, *, skip: bool) -> Told | None:
    given = _given(name, call, skip=skip)
    return None if given is None else _told(name, given)


def _given(name: str, call: ast.Call, *, skip: bool) -> dict[str, Any] | None:
    """The arguments of a call by their names; ``None`` where one that matters is no plain value."""
    names = CONVOLUTIONS.get(name) or POOLS[name]
    arguments = call.args[1:] if skip else call.args
    if len(arguments) > len(names) or any(keyword.arg is None for keyword in call.keywords):
        return None
    given: dict[str, Any] = {}
    for key, node in [*zip(names, arguments, strict=False), *((str(k.arg), k.value) for k in call.keywords)]:
        value = _literal(node)
        if value is None and key in (*names, "ceil_mode"):
            return None
        given[key] = value
    return given


def _told(name: str, given: dict[str, Any]) -> Told | None:
    kernel = _pair(given.get("kernel_size", given.get("pool_size", 2 if name in POOLS else None)))
    stride = _pair(given.get("stride", given.get("strides", 1 if name in CONVOLUTIONS else kernel)))
    padding = _padding(given.get("padding", 0))
    if kernel is None or stride is None or stride[0] != stride[1] or padding is None or 0 in (*kernel, *stride):
        return None
    pool = name in POOLS
    groups, channels = given.get("groups", 1), given.get("in_channels")
    return Told(
        ("avg" if "av" in name.lower() else "max") if pool else "conv", 0, 0, kernel,
        None if pool else given.get("out_channels", given.get("filters")), stride[0], padding,
        dilation=_side(given.get("dilation", 1)) or 1, depthwise=False, channels=channels if groups else None,
        exact=True, ceil=bool(given.get("ceil_mode", False)),
    )  # fmt: skip


def _padding(value: Any) -> int | str | None:
    if isinstance(value, str):
        return "same" if value.lower() == "same" else 0 if value.lower() == "valid" else None
    return _side(value)


def _literal(node: ast.expr) -> Any:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, (int, str, tuple, list, bool)) else None


def _pair(value: Any) -> tuple[int, int] | None:
    if type(value) is int and 0 <= value < 100_000:
        return value, value
    if (
        isinstance(value, (tuple, list))
        and len(value) == 2
        and all(type(each) is int and 0 <= each < 100_000 for each in value)
    ):
        return value[0], value[1]
    return None


def _side(value: Any) -> int | None:
    pair = _pair(value)
    return pair[0] if pair is not None and pair[0] == pair[1] else None
