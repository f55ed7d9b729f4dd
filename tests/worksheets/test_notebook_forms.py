"""Closed forms that notebooks ask for, against Python's own arithmetic."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.worksheets.render.notebook_forms import letters, points, value


def test_forms():
    form = "max(H, 2)*gcd(C, 6)//K - (H - 1) % 4 + H**2/K"
    assert letters(form) == ("H", "C", "K")
    for point in points(form):
        H, C, K = point
        assert value(form, point) == max(H, 2) * _gcd(C, 6) // K - (H - 1) % 4 + Fraction(H**2, K)
        places = zip(letters(form), map(Fraction, point), strict=True)
        known = {"gcd": lambda a, b: _gcd(int(a), int(b)), "max": max}
        assert value(form, point) == eval(form, known, dict(places))  # noqa: S307


def test_what_was_rounded_down_is_divided_exactly():
    assert value("(H//2)/(K//3) + gcd(H, K)/7", (7, 21)) == Fraction(3, 7) + 1


def _gcd(a, b):
    return next(n for n in range(min(a, b), 0, -1) if a % n == b % n == 0)


@pytest.mark.parametrize("form", ["H.real", "__import__('os')", "f(H)", "H +", "'a'*H", "1.5*H"])
def test_forms_are_arithmetic_only(form):
    with pytest.raises(ValueError, match="closed form"):
        value(form, (1,) * len(letters(form)))
