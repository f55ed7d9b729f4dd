"""Right chapters, made at random, and slips of every kind that can be put into them.

Every number comes from arithmetic of this module's own. A chapter is a list of statements; each knows its text and the
wrong numbers that a slip of a kind would print instead of the right one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Statement:
    """A sentence with a gap, the right number for it, and for each reason the number that such a slip prints."""

    text: str
    right: str
    slips: dict[str, str]

    def told(self, printed=None):
        return self.text.replace("@", self.right if printed is None else printed)


def digit_slip(rng: random.Random, number: int) -> int | None:
    """One digit substituted, dropped, doubled, or two neighbours transposed."""
    digits = str(number)
    n = rng.randrange(len(digits))
    how = rng.choice(["substituted", "dropped", "doubled", "transposed"])
    if how == "substituted":
        slipped = digits[:n] + rng.choice([d for d in "123456789" if d != digits[n]]) + digits[n + 1 :]
    elif how == "dropped":
        slipped = digits[:n] + digits[n + 1 :]
    elif how == "doubled":
        slipped = digits[: n + 1] + digits[n:]
    else:
        n = min(n, len(digits) - 2)
        slipped = digits[:n] + digits[n + 1] + digits[n] + digits[n + 2 :]
    return None if slipped[:1] in ("", "0") or slipped == digits else int(slipped)


def weights(rng):
    """Weights of a layer."""
    k, c, n = rng.choice([3, 5, 7]), rng.randrange(24, 200, 8), rng.randrange(24, 200, 8)
    right = k * k * c * n
    return Statement(
        rng.choice(
            [
                f"A {k}×{k} layer from {c} to {n} channels has {k}×{k}×{c}×{n} = @ weights.",
                f"The {k}x{k} kernel needs $ {k}\\times{k}\\times{c}\\times{n} = @ $ weights.",
                f"这一层有 {k}*{k}*{c}*{n}＝@ 个权重。",
            ]
        ),
        f"{right:,}",
        {
            "misprint": _grouped(digit_slip(rng, right)),
            "factor-2": f"{2 * right:,}",
            "bias": f"{right + n:,}",
            "missing-term": f"{right // k:,}",
            "unit": f"{right * 100:,}",
        },
    )


def with_bias(rng):
    """Weights and biases of a layer, in a sum."""
    k, c, n = rng.choice([3, 5]), rng.randrange(20, 180, 4), rng.randrange(20, 180, 4)
    right = k * k * c * n + n
    return Statement(
        f"With biases there are {k}²×{c}×{n} + {n} = @ parameters.",
        f"{right}",
        {"misprint": _plain(digit_slip(rng, right)), "bias": f"{right - n}", "factor-2": f"{2 * right}"},
    )


def operations(rng):
    """Multiply-adds of two layers, rounded."""
    size, c, r, n = rng.choice([14, 28, 56]), rng.randrange(96, 320, 16), rng.choice([16, 24, 32]), rng.choice([32, 48])
    right = size**2 * c * r + 25 * size**2 * r * n
    return Statement(
        f"The reduced branch costs {size}^2 × {c} × {r} + 5^2 × {size}^2 × {r} × {n} = @ multiply-adds.",
        f"{right:,}",
        {
            "misprint": _grouped(digit_slip(rng, right)),
            "missing-term": f"{25 * size**2 * r * n:,}",
            "factor-2": f"{2 * right:,}",
        },
    )


def rounded(rng):
    """A rounded count."""
    size, c, n = rng.choice([28, 56, 112]), rng.randrange(64, 256, 16), rng.randrange(64, 256, 16)
    exact = size**2 * 9 * c * n
    tenths = Fraction(exact, 10**5)
    right = (tenths + Fraction(1, 2)).__floor__()
    cut = tenths.__floor__()
    return Statement(
        f"That is {size}×{size}×9×{c}×{n} ≈ @ M multiply-adds.",
        f"{right // 10}.{right % 10}",
        {
            "rounding": None if cut == right else f"{cut // 10}.{cut % 10}",
            "factor-2": f"{2 * right // 10}.{2 * right % 10}",
        },
    )


def output_size(rng):
    """The size of a map behind a layer."""
    k, p, s = rng.choice([(3, 1, 2), (5, 2, 2), (7, 3, 2)])
    size = s * rng.randrange(12, 60) + k - 2 * p
    right = (size - k + 2 * p) // s + 1
    return Statement(
        f"The map shrinks to ({size} − {k} + 2×{p})/{s} + 1 = @.",
        f"{right}",
        {"output-shape": f"{size - k + 2 * p + 1}"},
    )


def ratio(rng):
    """A saving, told of the difference."""
    after = rng.choice([5, 8, 10, 15, 20, 30, 35, 40])
    before = rng.randrange(3, 90) * 1000
    left = before * after // 100
    return Statement(
        rng.choice(
            [
                f"Pruning cuts the layer from {before:,} to {left:,} weights, that is by @ %.",
                f"参数量由 {before} 降到 {left}，降低了 @%。",
            ]
        ),
        f"{100 - after}",
        {"ratio-direction": f"{after}"},
    )


def total(rng):
    """A list with its total."""
    parts = [rng.randrange(1_000, 90_000) for _ in range(rng.randrange(3, 6))]
    right = sum(parts)
    lines = "\n".join(f"- conv{n}: {part:,}" for n, part in enumerate(parts, start=1))
    return Statement(
        f"Parameters by layer:\n\n{lines}\n- total: @",
        f"{right:,}",
        {"missing-term": f"{right - parts[-1]:,}", "misprint": _grouped(digit_slip(rng, right))},
    )


def _grouped(number):
    return None if number is None else f"{number:,}"


def _plain(number):
    return None if number is None else str(number)


MAKERS = (weights, with_bias, operations, rounded, output_size, ratio, total)


def chapter(rng: random.Random, length: int = 8) -> list[Statement]:
    """Statements of a chapter, all right."""
    return [rng.choice(MAKERS)(rng) for _ in range(length)]


def written(statements, slip=None):
    """The chapter as a text; ``slip`` is (which statement, what it prints)."""
    told = [statement.told(slip[1] if slip and slip[0] == n else None) for n, statement in enumerate(statements)]
    return "# A chapter\n\n" + "\n\n".join(told) + "\n"
