"""Laws of operators on values: arithmetic, comparisons, copies, matrix products, Einstein sums."""

from __future__ import annotations

from typing import Any

from ..layers.base import Layer
from ..operators import Einsum, MatrixProduct, Pointwise
from ..tally import NOTHING, Tally
from .torch_leaf import Leaf, Operand, law

_ARITHMETIC = {
    "add": ("Add", "adds"), "sub": ("Sub", "adds"), "subtract": ("Sub", "adds"), "rsub": ("Sub", "adds"),
    "__rsub__": ("Sub", "adds"), "__add__": ("Add", "adds"), "__radd__": ("Add", "adds"),
    "mul": ("Mul", "muls"), "multiply": ("Mul", "muls"), "__mul__": ("Mul", "muls"), "square": ("Mul", "muls"),
    "div": ("Div", "divs"), "divide": ("Div", "divs"), "true_divide": ("Div", "divs"), "reciprocal": ("Div", "divs"),
    "__rdiv__": ("Div", "divs"), "__rtruediv__": ("Div", "divs"), "__truediv__": ("Div", "divs"),
    "floor_divide": ("Div", "divs"), "__floordiv__": ("Div", "divs"), "remainder": ("Div", "divs"),
    "fmod": ("Div", "divs"),
    "maximum": ("Maximum", "compares"), "minimum": ("Minimum", "compares"), "max": ("Max", "compares"),
    "min": ("Min", "compares"), "clamp_min": ("Clamp", "compares"), "clamp_max": ("Clamp", "compares"),
    "eq": ("Compare", "compares"), "ne": ("Compare", "compares"), "lt": ("Compare", "compares"),
    "le": ("Compare", "compares"), "gt": ("Compare", "compares"), "ge": ("Compare", "compares"),
    "__eq__": ("Compare", "compares"), "__ne__": ("Compare", "compares"),
    "exp": ("Exp", "exps"), "exp2": ("Exp", "exps"), "expm1": ("Exp", "exps"), "log": ("Log", "logs"),
    "log2": ("Log", "logs"), "log10": ("Log", "logs"), "log1p": ("Log", "logs"), "sqrt": ("Sqrt", "sqrts"),
    "rsqrt": ("Sqrt", "sqrts"), "pow": ("Pow", "pows"), "__pow__": ("Pow", "pows"), "__rpow__": ("Pow", "pows"),
    "erf": ("Erf", "erfs"), "neg": ("Neg", "adds"), "abs": ("Abs", "compares"), "sign": ("Sign", "compares"),
}  # fmt: skip


@law(*_ARITHMETIC)
def arithmetic(leaf: Leaf, *operands: Any, **options: Any) -> Layer | list[Layer]:
    title, kind = _ARITHMETIC[leaf.name]
    if leaf.name in ("max", "min") and not (len(operands) == 2 and isinstance(operands[1], Operand)):
        from .torch_laws_layers import reduction

        leaf.name = "amax"
        return reduction(leaf, *operands, **options)
    leaf.use(*operands, *options.values())
    return Pointwise(title, Tally(**{kind: 1}))


@law("clamp", "clip", "hardshrink", "softshrink", "threshold", "tanhshrink")
def clamp(leaf: Leaf, input: Operand, *rest: Any, **options: Any) -> Layer:
    leaf.use(input, *rest)
    return Pointwise("Clamp", Tally(compares=2))


@law("softsign", "logsigmoid", "log_sigmoid")
def other_activation(leaf: Leaf, input: Operand) -> Layer:
    leaf.use(input)
    each = Tally(adds=1, divs=1) if leaf.name == "softsign" else Tally(exps=1, adds=1, logs=1)
    return Pointwise(leaf.name.capitalize(), each)


@law("glu")
def glu(leaf: Leaf, input: Operand, dim: int = -1) -> Layer:
    from ..operators import Picked

    leaf.use(input)
    place = dim % input.rank
    return Picked("GLU", (*[("all",)] * place, ("slice", 0, ("//", ("size", 0, place), 2), 1)))


_COPIES = (
    "contiguous clone detach to float double half int long bool type type_as requires_grad alias data real "
    "zero fill copy fill_diagonal uniform normal bernoulli lerp where masked_fill roll flip cumsum tril triu "
    "sin cos tan asin acos atan atan2 floor ceil round trunc frac logical_not logical_and logical_or logical_xor "
    "__and__ __or__ __invert__ __xor__ bitwise_not bitwise_and bitwise_or isnan isinf isfinite nan_to_num "
    "zeros_like ones_like full_like empty_like rand_like randn_like sort argsort cpu cuda bfloat16 positive "
    "_to_copy lift_fresh detach_copy index_fill masked_scatter scatter scatter_add index_add index_copy index_put "
    "resolve_conj resolve_neg conj addcmul addcdiv erfinv erfc sinc nan_to_num set_ __setitem__ rot90 "
    "constant_ xavier_uniform kaiming_uniform trunc_normal renorm logit special_expit expit bucketize clone_"
).split()


@law(*_COPIES)
def same_shape(leaf: Leaf, *operands: Any, **options: Any) -> Layer | list[Layer]:
    """Copies, casts, masks and functions without a price of their own: every input broadcasts into the result."""
    if leaf.name in ("scatter", "scatter_add", "index_add", "index_copy", "index_put", "__setitem__", "copy", "set_",
                     "index_fill", "masked_scatter", "type_as", "zeros_like", "ones_like", "full_like", "empty_like",
                     "rand_like", "randn_like", "bucketize", "to", "data", "fill", "fill_diagonal"):  # fmt: skip
        # The shape is the first operand's, whatever the others are.
        leaf.use(operands[0])
    elif leaf.name == "rot90":
        raise TypeError("no law")
    else:
        leaf.use(*operands, *options.values())
    layer = Pointwise(_title(leaf.name), NOTHING)
    return [layer] * len(leaf.outputs) if len(leaf.outputs) > 1 else layer


def _title(name: str) -> str:
    return "SetItem" if name == "__setitem__" else "".join(part.capitalize() for part in name.strip("_").split("_"))


@law("matmul", "mm", "bmm", "mv", "dot", "__matmul__", "__rmatmul__", "inner")
def matmul(leaf: Leaf, input: Operand, other: Operand, **options: Any) -> Layer:
    if leaf.name == "inner" and min(input.rank, other.rank) != 1:
        raise TypeError("inner products of matrices have no law")
    leaf.use(input, other)
    return MatrixProduct("MatMul")


@law("addmm", "baddbmm", "addmv", "addbmm")
def addmm(leaf: Leaf, input: Operand, first: Operand, second: Operand, **options: Any) -> Layer:
    if leaf.name == "addbmm":
        raise TypeError("no law")
    leaf.use(input, first, second)
    return MatrixProduct("MatMul", added=True)


@law("einsum")
def einsum(leaf: Leaf, equation: str, *operands: Any, **options: Any) -> Layer:
    parts = list(operands[0]) if len(operands) >= 1 and isinstance(operands[0], (tuple, list)) else list(operands)
    leaf.use(parts)
    return Einsum(equation)
