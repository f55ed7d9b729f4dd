"""What an expression looks like: a kernel, a map, a shape, a quotient, or a count."""

from __future__ import annotations

from fractions import Fraction

from .expression import Node, Number, Product, Sum, evaluate

#: A quotient that is larger counts something.
_LARGEST_RATIO = 1000
#: Kernels are no larger; maps are.
_LARGEST_KERNEL = 15
#: Shapes are no smaller in height and width.
_SMALLEST_MAP = 7


def counts(node: Node) -> bool:
    """Whether an expression is more than the size of a map: three factors, or a sum with a product in it."""
    if isinstance(node, Sum):
        return any(isinstance(term, Product) for _, term in node.parts)
    return isinstance(node, Product) and len(node.parts) > 2


def is_kernel(node: Node) -> bool:
    """``3×3``, ``1×7``: what is no value, but the size of something."""
    return (
        isinstance(node, Product)
        and len(node.parts) == 2
        and all(isinstance(part, Number) and part.printed.value <= _LARGEST_KERNEL for _, part in node.parts)
    )


def is_map(node: Node) -> bool:
    """``64×64``: the size of a map, which costs nothing by itself."""
    if not (isinstance(node, Product) and len(node.parts) == 2 and all(op == "*" for op, _ in node.parts)):
        return False
    (_, a), (_, b) = node.parts
    return isinstance(a, Number) and isinstance(b, Number) and a.printed.value == b.printed.value > _LARGEST_KERNEL


def is_shape(node: Node) -> bool:
    """``100×100×256``: a map with channels before or behind."""
    if not (isinstance(node, Product) and len(node.parts) == 3 and all(isinstance(n, Number) for _, n in node.parts)):
        return False
    a, b, c = (evaluate(part) for _, part in node.parts)
    return (a == b >= _SMALLEST_MAP and c > 1) or b == c >= _SMALLEST_MAP


def is_first_of_shape(size: Fraction, node: Node) -> bool:
    """``(227 − 11)/4 + 1 = 55×55×96``: a size, and the shape that it is a size of."""
    if not (isinstance(node, Product) and len(node.parts) in (2, 3)):
        return False
    sizes = [evaluate(part) for op, part in node.parts if op == "*" and isinstance(part, Number)]
    return len(sizes) == len(node.parts) and sizes[0] == sizes[1] == size


def is_ratio(node: Node, worth: Fraction) -> bool:
    """``1/64 + 1/9``: a quotient, or a sum with one in it."""
    terms = [term for _, term in node.parts] if isinstance(node, Sum) else [node]
    divided = any(isinstance(term, Product) and any(op == "/" for op, _ in term.parts) for term in terms)
    return divided and 0 < worth < _LARGEST_RATIO
