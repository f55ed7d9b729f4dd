"""What the tests of blocks know by themselves: blocks with branches and letters read by Python's grammar, walked."""

from __future__ import annotations

import ast
import operator
from fractions import Fraction
from math import prod

_FIELDS = {
    "Conv": ("filters", "kernel", "stride", "padding", "dilation", "groups", "bias"),
    "Pool": ("kernel", "stride", "padding", "dilation", "ceil_mode", "kind"),
    "ReLU": (),
}
_USUAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True}
_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip


def worth_of(text, point):
    """The exact value of a closed form at a point: numbers, letters and four operations, nothing else."""

    def walk(node):
        match node:
            case ast.Constant(value=int() as value):
                return Fraction(value)
            case ast.Name(id=name):
                return Fraction(point[name])
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -walk(inner)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return Fraction(_OPERATORS[type(op)](walk(left), walk(right)))
        raise ValueError(ast.dump(node))

    return walk(ast.parse(text, mode="eval").body)


def read_block(spec, point=None):
    """A block as nested data: ``("seq", parts)``, ``("concat", parts)`` or ``(kind, arguments)``."""
    point = point or {}

    def walk(node):
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return point[name]
            case ast.Tuple(elts=parts):
                return tuple(map(walk, parts))
            case ast.BinOp(left=left, op=ast.RShift(), right=right):
                first, last = walk(left), walk(right)
                return "seq", [*(first[1] if first[0] == "seq" else [first]), last]
            case ast.Call(func=ast.Name(id="Concat"), args=parts):
                return "concat", [*map(walk, parts)]
            case ast.Call(func=ast.Name(id=kind), args=given, keywords=named):
                fields = dict(_USUAL) if kind != "ReLU" else {}
                fields |= dict(zip(_FIELDS[kind], map(walk, given), strict=False))
                fields |= {keyword.arg: walk(keyword.value) for keyword in named}
                if kind == "Pool" and not any(k.arg == "stride" for k in named) and len(given) < 2:
                    fields["stride"] = fields["kernel"]
                return kind, fields
        raise ValueError(ast.dump(node))

    return walk(ast.parse(spec, mode="eval").body)


def each(value):
    return value if isinstance(value, tuple) else (value, value)


def _places(size, kernel, stride, padding, dilation, ceil):
    """The window is moved along the padded axis, step by step."""
    if padding == "same":
        return len(range(0, size, stride))
    reach, count, start = dilation * (kernel - 1), 0, -padding
    while start + reach < size + padding:
        count, start = count + 1, start + stride
    if ceil and start - stride + reach + 1 < size + padding and start < size:
        count += 1
    return count


def _behind(kind, given, shape):
    if kind == "ReLU":
        return shape
    sizes = tuple(
        _places(
            shape[1 + axis], each(given["kernel"])[axis], each(given["stride"])[axis], each(given["padding"])[axis]
            if given["padding"] != "same" else "same", each(given["dilation"])[axis], given.get("ceil_mode", False),
        )
        for axis in (0, 1)
    )  # fmt: skip
    return (given["filters"] if kind == "Conv" else shape[0], *sizes)


def _weights(given, shape, out):
    groups = shape[0] if given["groups"] == "depthwise" else given["groups"]
    assert shape[0] % groups == 0 == out[0] % groups
    tall, wide = each(given["kernel"])
    return sum(tall * wide * (shape[0] // groups) for _ in range(out[0]))


def walked(block, shape):
    """The shape behind a block, and (weights, biases, elements put out, multiply-accumulates) of each of its layers."""
    kind, inner = block
    if kind == "seq":
        rows = []
        for part in inner:
            shape, more = walked(part, shape)
            rows += more
        return shape, rows
    if kind == "concat":
        ends = [walked(part, shape) for part in inner]
        assert len({end[1:] for end, _ in ends}) == 1
        return (sum(end[0] for end, _ in ends), *ends[0][0][1:]), [row for _, rows in ends for row in rows]
    out = _behind(kind, inner, shape)
    if kind != "Conv":
        return out, [(0, 0, prod(out), 0)]
    weights = _weights(inner, shape, out)
    return out, [(weights, out[0] if inner["bias"] else 0, prod(out), _turns(inner, shape, out, weights))]


def _turns(given, shape, out, weights):
    """Multiply-accumulates: every turn of every loop where that can be waited for, else the loops over the places."""
    if weights * prod(out[1:]) > 300:
        return sum(weights for _ in range(out[1])) * out[2]
    groups = shape[0] if given["groups"] == "depthwise" else given["groups"]
    tall, wide = each(given["kernel"])
    count = 0
    for _ in range(out[0] * out[1] * out[2]):
        for _ in range(tall):
            for _ in range(wide):
                for _ in range(shape[0] // groups):
                    count += 1
    return count


def count_of(spec, shape, quantity, point=None):
    """MACs or parameters of a block in notation, its letters being those of a point."""
    shape = tuple(point[dim] if dim in (point or {}) else int(dim) for dim in shape)
    _, rows = walked(read_block(spec, point), shape)
    return sum(row[3] for row in rows) if quantity == "macs" else sum(row[0] + row[1] for row in rows)


def terms_in_width(block, shape):
    """Multiply-accumulates as terms ``number * factors``, a factor being a number or the letter ``"r"``; and the shape
    behind."""
    kind, inner = block
    if kind == "seq":
        found = []
        for part in inner:
            shape, more = terms_in_width(part, shape)
            found += more
        return shape, found
    if kind == "concat":
        ends = [terms_in_width(part, shape) for part in inner]
        return ends[0][0], [term for _, terms in ends for term in terms]
    out = _behind(kind, inner, shape)
    tall, wide = each(inner["kernel"])
    channels = [shape[0]] if inner["groups"] == "depthwise" else [shape[0], out[0]]
    return out, [(tall * wide * out[1] * out[2], channels)]


def at_width(terms, width):
    return sum(number * prod(width if factor == "r" else factor for factor in factors) for number, factors in terms)


def reads(block, places):
    """The places of the input that the elements in these places read, along one axis."""
    kind, inner = block
    if kind == "seq":
        for part in reversed(inner):
            places = reads(part, places)
        return places
    if kind == "concat":
        return set().union(*(reads(part, places) for part in inner))
    return {
        place * inner["stride"] - inner["padding"] + inner["dilation"] * tap
        for place in places
        for tap in range(inner["kernel"])
    }


def torch_block(block, channels):
    """A block as a module of torch, and the channels that it gives."""
    from torch import cat, nn

    kind, inner = block
    if kind == "seq":
        parts = []
        for part in inner:
            module, channels = torch_block(part, channels)
            parts.append(module)
        return nn.Sequential(*parts), channels
    if kind == "concat":
        made = [torch_block(part, channels) for part in inner]

        class Side(nn.Module):
            def __init__(self):
                super().__init__()
                self.parts = nn.ModuleList([module for module, _ in made])

            def forward(self, x):
                return cat([part(x) for part in self.parts], dim=1)

        return Side(), sum(count for _, count in made)
    if kind == "ReLU":
        return nn.ReLU(), channels
    if kind == "Pool":
        pool = nn.AvgPool2d if inner.get("kind") == "avg" else nn.MaxPool2d
        return pool(
            inner["kernel"], inner["stride"], inner["padding"], ceil_mode=inner.get("ceil_mode", False)
        ), channels
    groups = channels if inner["groups"] == "depthwise" else inner["groups"]
    padding = inner["padding"]
    if padding == "same":
        padding = tuple(side // 2 for side in each(inner["kernel"]))
    made = nn.Conv2d(
        channels, inner["filters"], inner["kernel"], inner["stride"], padding, inner["dilation"], groups, inner["bias"]
    )
    return made, inner["filters"]
