"""What torch prints of a module, ``Conv2d(3, 16, kernel_size=(3, 3), bias=False)``, and how many params that makes."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import prod

from .laws import Reading
from .names import family

_ARGUMENT = re.compile(
    r"(?:(?P<key>[a-z_]{1,30})\s?=\s?)?(?P<value>\((?:[\d\s,.-]|None){0,60}\)|-?\d{1,9}(?:\.\d{1,9})?(?:e-?\d{1,3})?|[A-Za-z_][\w.]{0,30})"
)
Value = int | str | tuple[int, ...]


def arguments(text: str) -> tuple[list[Value], dict[str, Value]]:
    """Positional and keyword arguments of a printed module; only whole numbers and tuples of them are read.

    >>> arguments("3, 16, kernel_size=(3, 3), groups=4, bias=False")
    ([3, 16], {'kernel_size': (3, 3), 'groups': 4, 'bias': 'False'})
    """
    positional: list[Value] = []
    named: dict[str, Value] = {}
    for match in _ARGUMENT.finditer(text[:400]):
        value = _value(match["value"])
        if match["key"]:
            named[match["key"]] = value
        elif not named:
            positional.append(value)
    return positional, named


def _value(text: str) -> Value:
    if text.startswith("("):
        return tuple(int(number) for number in re.findall(r"\d+", text))
    return int(text) if re.fullmatch(r"\d+", text) else text


def params(kind: str, text: str) -> Reading | None:
    """The params of a module by its printed arguments; nothing for classes without a rule.

    >>> params("Conv2d", "3, 16, kernel_size=(3, 3), stride=(1, 1)")
    Reading(value=448, text='3×3×3×16 + 16')
    >>> params("Linear", "in_features=3136, out_features=10, bias=True").value
    31370
    """
    name, _ = family("torch", kind)
    law = _LAWS.get(name)
    return None if law is None else law(*arguments(text))


def _number(value: Value | None) -> int:
    return value if isinstance(value, int) else 0


def _conv(given: list[Value], named: dict[str, Value]) -> Reading | None:
    kernel = named.get("kernel_size")
    if len(given) < 2 or not isinstance(kernel, tuple) or not all(map(_number, given[:2])):
        return None
    into, out, groups = _number(given[0]), _number(given[1]), _number(named.get("groups", 1)) or 1
    if into % groups:
        return None
    bias = 0 if named.get("bias") == "False" else out
    text = "×".join(map(str, (*kernel, into // groups, out)))
    return Reading(prod(kernel) * into // groups * out + bias, f"{text} + {bias}" if bias else text)


def _linear(given: list[Value], named: dict[str, Value]) -> Reading | None:
    into, out = _number(named.get("in_features")), _number(named.get("out_features"))
    if not into or not out:
        return None
    bias = 0 if named.get("bias") == "False" else out
    return Reading(into * out + bias, f"{into}×{out} + {bias}" if bias else f"{into}×{out}")


def _normal(given: list[Value], named: dict[str, Value]) -> Reading | None:
    if named.get("affine") == "False" or named.get("elementwise_affine") == "False":
        return Reading(0, "0")
    sizes = given[-1] if given else 0
    width = prod(sizes) if isinstance(sizes, tuple) else _number(sizes)
    return Reading(2 * width, f"2×{width}") if width else None


def _embedding(given: list[Value], named: dict[str, Value]) -> Reading | None:
    if len(given) < 2 or not all(map(_number, given[:2])):
        return None
    return Reading(_number(given[0]) * _number(given[1]), f"{given[0]}×{given[1]}")


def _none(given: list[Value], named: dict[str, Value]) -> Reading | None:
    return Reading(0, "0")


_LAWS: dict[str, Callable[[list[Value], dict[str, Value]], Reading | None]] = {
    "conv": _conv, "transposed": _conv, "dense": _linear, "batchnorm": _normal, "layernorm": _normal,
    "groupnorm": _normal, "embedding": _embedding, **dict.fromkeys(("pool", "adaptive", "same", "flatten", "pad"), _none),
}  # fmt: skip
