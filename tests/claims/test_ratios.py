"""Ratios in words: right ones hold, wrong ones are wrong, to and by are told apart. Expected values are fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import verify


def ratios(text):
    return [(f.verdict, f.reason, f.computed) for f in verify(text) if f.kind == "ratio"]


# -- wordings: {a} is the larger number, {b} the smaller, {r} what is said of them ----------------------------------

BY = (
    "The layer goes from {a:,} to {b:,} weights, a reduction of {r} %.",
    "It takes {b:,} multiply-adds instead of {a:,}, {r} % fewer.",
    "From {a:,} to {b:,} parameters we save {r} %.",
    "参数由 {a} 个减到 {b} 个，减少了 {r}%。",
    "计算量从 {a} 降至 {b}，降低{r}%。",
)
TO = (
    "The layer shrinks from {a:,} to {b:,} weights, that is to {r} % of its size.",
    "参数由 {a} 个变为 {b} 个，减少为原来的 {r}%。",
    "运算量从 {a} 降到 {b}，仅为之前的 {r}%。",
)
TIMES = (
    "The layer has {b:,} weights instead of {a:,}, {r} times fewer.",
    "Multiply-adds drop from {a:,} to {b:,}, a factor of {r}.",
    "{a:,} → {b:,} parameters ({r}×)",
    "参数由 {a} 降到 {b}，减少了 {r} 倍。",
    "乘法次数从 {a} 变为 {b}，相差约 {r} 倍。",
)

percentages = st.sampled_from([5, 10, 15, 20, 30, 35, 40, 60, 65, 70, 80, 85, 90, 95])
thousands = st.integers(2, 900)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BY + TO), percentages, thousands)
def test_percentages(wording, percent, size):
    a, b = size * 1000, size * 10 * percent
    is_by = wording in BY
    right, other = (100 - percent, percent) if is_by else (percent, 100 - percent)
    assert ratios(wording.format(a=a, b=b, r=right)) == [("holds", None, right)]
    assert ratios(wording.format(a=a, b=b, r=other)) == [("wrong", "ratio-direction", right)]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TIMES), st.integers(2, 40), thousands)
def test_times(wording, times, size):
    b = size * 1000
    a = b * times
    assert ratios(wording.format(a=a, b=b, r=times)) == [("holds", None, times)]
    ((verdict, _, computed),) = ratios(wording.format(a=a, b=b, r=3 * times))
    assert (verdict, computed) == ("wrong", times)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("nearly 4 times fewer", "holds-rounded"),
        ("about 4 times fewer", "holds-rounded"),
        ("3.75 times fewer", "holds"),
        ("3.8 times fewer", "holds-rounded"),
        ("3.6 times fewer", "wrong"),
        ("more than 3 times fewer", "holds-rounded"),
        ("more than 4 times fewer", "wrong"),
        ("a quarter of them", "holds-rounded"),
        ("a third of them", "wrong"),
        ("between 3 and 4 times fewer", "holds-rounded"),
    ],
)
def test_strength(said, verdict):
    """34,560 weights against 9,216 are a factor of 3.75."""
    ((found, _, _),) = ratios(f"The layer has 34,560 weights and the bottleneck 9,216, {said}.")
    assert found == verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("减少为原来的四分之一", "holds"),
        ("减少了四分之三", "holds"),
        ("减少了四分之一", "wrong"),
        ("减少为原来的四分之三", "wrong"),
        ("压缩至原来的4倍", "wrong"),
        ("减少了百分之75", "holds"),
        ("仅为之前的25%", "holds"),
        ("减少了4倍", "holds"),
        ("降低了两个数量级", "wrong"),
    ],
)
def test_chinese(said, verdict):
    ((found, reason, _),) = ratios(f"参数由 400000 个变为 100000 个，{said}。")
    assert found == verdict
    assert reason is None or verdict == "wrong"


@pytest.mark.parametrize(
    "text",
    [
        "Top-5 error falls from 10.4 % to 8.0 %, and 70 % of the classes improve.",
        "We use 80 % of the 1,503 images for training and 20 % for testing.",
        "Accuracy rose by 3 %, from 71,000 to 73,130 hits; latency fell by 40 % on 2 devices.",
        "The new head is 3 times faster with 1,024 threads on 4 cores.",
        "It is 5.3 times cheaper, not 5.4 times: 53,000 against 10,000 weights.",
        "参数少了很多，准确率提高了 3%，从 2018 年到 2020 年。",
    ],
)
def test_what_is_no_ratio_of_costs(text):
    assert not [found for found in ratios(text) if found[0] == "wrong"]


def test_letters():
    text = "Three 3×3 layers have 27C² weights, one 7×7 layer 49C², that is {} % more."
    assert ratios(text.format(81)) == [("holds-rounded", None, Fraction(2200, 27))]
    assert ratios(text.format(45)) == [("wrong", "ratio-direction", Fraction(2200, 27))]
    assert ratios(text.format(55)) == [("wrong", "arithmetic", Fraction(2200, 27))]


def test_a_quotient_that_was_worked_out():
    assert ratios("The cost is 1/64 + 1/9 ≈ 0.127 of the plain one, a reduction by 87 %.") == [
        ("holds-rounded", None, Fraction(12575, 144))
    ]
