"""Reasons: for each kind of slip, random expressions and the number that the slip would print."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost import verify

sizes = st.integers(21, 300)
#: Sizes that are no power or product whose sign was lost: 105 (10⁵), 142 (14²), 33 (3×3).
unmistakable = sizes.filter(lambda n: n % 10 not in (2, 3) and not 100 < n < 110 and (n > 99 or n % 11))
kernels = st.sampled_from([3, 5, 7])


def only(text):
    (finding,) = verify(text)
    return finding


def _may_be_rounded(number):
    """``1,245,000`` holds for what rounds to it."""
    return number % 1000 == 0


@settings(max_examples=80, deadline=None)
@given(kernels, sizes, sizes)
def test_bias(k, c, n):
    right = k * k * c * n
    assume(n != c and right % 1000 and (right + n) % 1000)  # a number that ends in zeros may be a rounded one
    finding = only(f"{k}×{k}×{c}×{n} = {right + n:,}")
    assert (finding.verdict, finding.reason, finding.computed) == ("wrong", "bias", right)
    finding = only(f"({k}×{k}×{c} + 1)×{n} = {right:,}")
    assert (finding.verdict, finding.reason, finding.computed) == ("wrong", "bias", right + n)
    assert finding.right == f"{right + n:,}"


@settings(max_examples=80, deadline=None)
@given(kernels, sizes, sizes, st.integers(1, 4))
def test_a_factor_or_a_term_forgotten(k, c, n, m):
    right = k * k * c * n + m * c * c
    assume(len({k, c, n, m}) == 4 and not _may_be_rounded(k * k * c * n))
    finding = only(f"{k}^2×{c}×{n} + {m}×{c}×{c} = {k * k * c * n:,}")
    assert (finding.verdict, finding.computed) == ("wrong", right)
    assert finding.reason in ("missing-term", "misprint")
    finding = only(f"{k}^2×{c}×{n} = {k * c * n:,}")
    assert (finding.verdict, finding.reason, finding.computed) == ("wrong", "missing-term", k * k * c * n)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([(3, 1), (5, 2), (7, 3)]), st.integers(12, 110))
def test_output_sizes(layer, half):
    k, p = layer
    size = 2 * half + k - 2 * p
    right = (size - k + 2 * p) // 2 + 1
    assert only(f"({size} - {k} + 2×{p})/2 + 1 = {right}").verdict == "holds"
    for careless in ((size - k) // 2 + 1, size - k + 2 * p + 1):
        finding = only(f"({size} - {k} + 2×{p})/2 + 1 = {careless}")
        assert (finding.verdict, finding.reason, finding.computed) == ("wrong", "output-shape", right)


@pytest.mark.parametrize(
    ("text", "reason", "mended"),
    [
        ("56×56×64×64 = 25.7M", "unit", "12.8M"),
        ("3×3×48×80 = 35.6K", "misprint", "34.6K"),
        ("3×3×48×80 = 34.5K", "rounding", "34.6K"),
        ("3×3×48×80 = 345.6K", "unit", "34.6K"),
        ("3×3×48×80 = 69.1K", "factor-2", "34.6K"),
        ("3×3×48×80 = 3456", "misprint", "34560"),
        ("3×3×48×80×4 bytes = 138.2 KiB", "unit", "135.0 KiB"),
        ("120×80×16 bits = 153.6 kB", "unit", "19.2 kB"),
        ("5×5×32×64 = 51,200 and 5×5×32×48 = 51,200", "wrong-operand", "38,400"),
    ],
)
def test_reasons_and_mended_numbers(text, reason, mended):
    (finding,) = (finding for finding in verify(text) if finding.verdict == "wrong")
    if text.startswith("56"):
        # 12,845,056 doubled is 25.7 M: that is told as what it is.
        reason = "factor-2"
    assert finding.reason == reason
    assert finding.right == mended
    assert finding.mended.endswith(mended)


@settings(max_examples=80, deadline=None)
@given(unmistakable, unmistakable, unmistakable)
def test_rounding(a, b, c):
    value = Fraction(a * b * c, 10**5)
    assume(value > 10 and value.denominator != 2)  # half-way cases round either way
    cut, nearest = value.__floor__(), (value + Fraction(1, 2)).__floor__()
    finding = only(f"{a}×{b}×{c} = {cut // 10}.{cut % 10} M")
    assert finding.verdict == ("wrong" if cut != nearest else "holds-rounded" if value != cut else "holds")
    assert finding.reason == ("rounding" if cut != nearest else None)
