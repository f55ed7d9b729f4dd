"""Equations over letters: identities hold, coefficients are judged, and what is no claim is left alone."""

from __future__ import annotations

import pytest

from convcost import verify


@pytest.mark.parametrize(
    "text",
    [
        "3(3²C²) = 27C²",
        "$2 \\times 5^2 \\times C^2 = 50C^2$",
        "$1\\cdot 7\\cdot C^2 + 7\\cdot 1\\cdot C^2 = 14C^2$",
        "C·(C/4) + 9·(C/4)² + (C/4)·C = (17/16)C²",
        "(k^2 C H W + C N H W)/(k^2 C N H W) = 1/N + 1/k^2",
        "2·C_in·C_out = C_{out}·2·C_{in}",
        "(C + 2)^2 = C^2 + 4C + 4",
    ],
)
def test_identities_hold(text):
    (finding,) = verify(text)
    assert finding.verdict == "holds"


@pytest.mark.parametrize(
    ("text", "reason", "computed", "mended"),
    [
        ("3(3²C²) = 28C²", "misprint", "27*C**2", "27C²"),
        ("7²C² = 94C²", "misprint", "49*C**2", "49C²"),
        ("5·5·C·N = 50·C·N", "factor-2", "25*C*N", "25·C·N"),
    ],
)
def test_wrong_numbers_before_letters(text, reason, computed, mended):
    (finding,) = verify(text)
    assert (finding.verdict, finding.reason, finding.computed) == ("wrong", reason, computed)
    assert finding.mended.endswith(mended)


@pytest.mark.parametrize(
    "text",
    [
        "x = x + 1",
        "C = C / 2",
        "n = 2n",
        "T(n) = 2T(n/2) + n",
        "f(x) = x^2",
        "y = Wx + b",
        "a² + b² = c²",
        "w = w - lr * g",
        "E = m c^2",
        "H × W = 28 × 28",
        "P(A) = P(B)",
        "i = i * 2",
    ],
)
def test_no_claims(text):
    assert [finding for finding in verify(text) if finding.verdict == "wrong"] == []


def test_a_lost_power_is_a_suspicion():
    (finding,) = verify("one 7×7 layer has 72C² = 49C² weights")
    assert (finding.verdict, finding.reason) == ("unverifiable", "lost-sign")


def test_large_formulas_are_not_multiplied_out():
    assert len(verify(f"({' + '.join(f'C_{n}' for n in range(9))})^9999 = C_1 + C_2")) <= 1
