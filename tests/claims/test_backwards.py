"""Diagnoses run backwards: what is made as a slip is told as that slip, by whoever reads the line."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from convcost import verify
from convcost.claims.backwards import REASONS, case_of, slip, slip_of_share, slips, slips_of_total, wrong_numbers


def _layers(seed):
    """Lines of right arithmetic, each with the reasons that it admits."""
    rng = random.Random(seed)
    k, c, n = rng.choice([3, 5, 7]), rng.randrange(21, 190, 2), rng.randrange(23, 170, 2)
    weights = k * k * c * n
    size = 2 * rng.randrange(12, 60) + k - 2 * (k // 2)
    right = (size - k + 2 * (k // 2)) // 2 + 1
    return [
        (f"{k}×{k}×{c}×{n}", f"{weights:,}", ("misprint", "factor-2", "bias", "missing-term", "unit")),
        (f"{k}×{k}×{c}×{n} + {n}", f"{weights + n:,}", ("misprint", "factor-2", "bias", "missing-term")),
        (f"⌊({size} − {k} + 2×{k // 2})/2⌋ + 1", str(right), ("output-shape",)),
        (f"{k}×{k}×{c}×{n}×28×28", _millions(weights * 784), ("rounding", "unit", "factor-2", "misprint")),
    ]


def _millions(number):
    tenths = (Fraction(number, 10**5) + Fraction(1, 2)).__floor__()
    return f"{tenths // 10}.{tenths % 10} M"


@pytest.mark.parametrize("seed", range(12))
def test_every_slip_is_told_by_its_reason(seed):
    rng = random.Random(seed)
    for expression, right, reasons in _layers(seed):
        sign = "≈" if "M" in right else "="
        (finding,) = verify(f"{expression} {sign} {right}")
        assert finding.verdict in ("holds", "holds-rounded")
        for reason in reasons:
            made = slips(case_of(expression, right), reason)
            assert made or reason == "rounding", (expression, right, reason)
            for one in rng.sample(made, min(3, len(made))):
                (finding,) = verify(f"{expression} {sign} {one.text}")
                # A number that ends in zeros may stand for what rounds to it.
                if one.text.endswith("000") or one.text.endswith("00 M"):
                    continue
                assert (finding.verdict, finding.reason) == ("wrong", reason), (expression, one)
                assert str(one.why) in finding.explanation
                assert finding.right.replace(",", "") == right.replace(",", "")


def test_operands_of_neighbours():
    case = case_of("5×5×192×32", "153,600", near=["3×3×64×48"])
    made = {one.text: str(one.why) for one in slips(case, "wrong-operand")}
    assert made["51,200"] == "the printed value comes out if 64 is put in for 192"
    assert str(3 * 3 * 64 * 48) not in made and "27,648" in made
    assert slips(case_of("5×5×192×32", "153,600"), "wrong-operand") == []


def test_totals_and_shares():
    found = {one.text: one.reason for one in slips_of_total([("conv1", 1234), ("conv2", 5678), ("conv3", 9021)])}
    assert found == {
        "14,699": "missing-term", "10,255": "missing-term", "6,912": "missing-term",
        "17,167": "total", "21,611": "total", "24,954": "total",
    }  # fmt: skip
    for text, reason in found.items():
        if reason == "total" and int(text.replace(",", "")) > 15_933 * 5 // 4:
            continue  # in a sentence, a total that is this far off may be one of something else
        (finding,) = verify(f"Parameters: conv1 1,234, conv2 5,678, conv3 9,021, in total {text}")
        assert (finding.verdict, finding.reason) == ("wrong", reason)
    assert slip_of_share("50 %") is None
    turned = slip_of_share("89.7 %")
    assert (turned.text, turned.reason) == ("10.3 %", "ratio-direction")
    (finding,) = verify(f"The weights fall from 120,000 to 12,360, that is by {turned.text}")
    assert finding.reason == turned.reason and str(turned.why) in finding.explanation


def test_what_has_another_explanation_is_no_slip_of_this_kind():
    """Control: the candidates are put before the diagnosis, which takes the likelier reason."""
    case = case_of("5×5×192×32", "153,600")
    assert slip(case, "misprint", "307,200") is None
    assert slip(case, "factor-2", "307,200").reason == "factor-2"
    assert slip(case, "bias", "153,600") is None
    dropped = [text for reason in REASONS for text in wrong_numbers(case, reason) if slip(case, reason, text) is None]
    assert dropped
