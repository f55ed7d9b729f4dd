"""Blocks by which a document checks itself. Expected numbers are arithmetic of the tests' own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.claims.documents import read
from convcost.claims.fenced import MAX_LENGTH, judge
from convcost.claims.proofread import proofread

HOLDS, ROUNDED, WRONG, OPEN = "holds", "holds-rounded", "wrong", "unverifiable"
NAIVE = 25 * 28 * 28 * 192 * 32
BOTTLENECK = 28 * 28 * 192 * 16 + 25 * 28 * 28 * 16 * 32
HEAD = """input = 192x28x28
naive = Conv(32, 5, padding=2)
bottleneck = Conv(16, 1) >> Conv(32, 5, padding=2)
"""


def findings(lines, head=HEAD):
    return list(judge(read(f"```convcost\n{head}{lines}\n```")))


def verdicts(lines, head=HEAD):
    return [(f.printed, f.verdict, f.reason) for f in findings(lines, head)]


def only(line, head=HEAD):
    (finding,) = findings(line, head)
    return finding


RIGHT = [
    (f"macs(naive) = {NAIVE:,}", HOLDS),
    (f"macs(naive) = {NAIVE}  # as printed", HOLDS),
    (f"flops(naive) = {2 * NAIVE:_}", HOLDS),
    ("flops(naive) ≈ 240.8M", ROUNDED),
    ("macs(naive) = 1.2亿", ROUNDED),
    (f"params(bottleneck) = {192 * 16 + 16 + 25 * 16 * 32 + 32}", HOLDS),
    ("macs(naive) / macs(bottleneck) ~ 10", ROUNDED),
    ("macs(naive) / macs(bottleneck) = 9.68", ROUNDED),
    ("10 ~ macs(naive) / macs(bottleneck)", ROUNDED),
    ("macs(bottleneck) / macs(naive) ≈ 10.3%", ROUNDED),
    ("output(naive) = 32x28x28", HOLDS),
    ("output(naive) = 32×28×28", HOLDS),
    ("output(naive, 192x14x14) = (32, 14, 14)", HOLDS),
    ("macs(bottleneck, 192x14x14) < 40M", HOLDS),
    ("40M > macs(bottleneck, 192x14x14)", HOLDS),
    ("macs(naive) >= 120,422,400", HOLDS),
    ("macs(naive) = 5^2 × 28^2 × 192 × 32 = 120,422,400", HOLDS),
    ("macs(naive) = 25x28x28x192x32", HOLDS),
    ("macs(naive) - macs(bottleneck) = 107,978,752", HOLDS),
    ('under(naive, "flops") = 240844800', HOLDS),
    ("macs(Conv(32, 5, padding=2)) = macs(naive)", HOLDS),
    ("depth(bottleneck) = 2", HOLDS),
    ("params(vgg16) = 138,357,544", HOLDS),
    ("params(resnet50) / params(resnet18) ~ 2.2", ROUNDED),
    ("macs(resnet50, 3x224x224) = macs(resnet50)", HOLDS),
]


@pytest.mark.parametrize(("line", "verdict"), RIGHT, ids=[line for line, _ in RIGHT])
def test_right_claims_hold(line, verdict):
    assert {f.verdict for f in findings(line)} == {verdict}


WRONG_ONES = [
    (f"macs(bottleneck) = {BOTTLENECK - 10_000:,}", "misprint", f"{BOTTLENECK:,}"),
    (f"flops(naive) = {NAIVE:,}", "factor-2", f"{2 * NAIVE:,}"),
    ("flops(naive) = 2.4G", "unit", "0.24G"),
    ("macs(naive) / macs(bottleneck) ≈ 9.67", "rounding", "9.68"),
    ("macs(naive) / macs(bottleneck) ~ 20", None, None),
    ("output(naive) = 32x24x24", "output-shape", "32x28x28"),
    ("output(naive) = (32, 28, 82)", "misprint", "(32, 28, 28)"),
    ("output(naive) = 192x28x28", "wrong-operand", "32x28x28"),
    ("macs(naive) < 100M", "arithmetic", None),
    ("100M >= macs(naive)", "arithmetic", None),
    ("macs(naive) = 9 * macs(bottleneck)", "arithmetic", None),
    ("depth(resnet50) = 49", None, "50"),
]


@pytest.mark.parametrize(("line", "reason", "right"), WRONG_ONES, ids=[line for line, _, _ in WRONG_ONES])
def test_wrong_claims_are_wrong(line, reason, right):
    finding = only(line)
    assert finding.verdict == WRONG and (reason is None or finding.reason == reason)
    if right is not None:
        assert finding.right == right and right in finding.mended


def test_about_is_no_more_than_a_tenth_off():
    assert only("macs(naive) ~ 120M").verdict == ROUNDED
    assert only("macs(naive) ~ 100M").verdict == WRONG


def test_definitions_may_build_on_one_another():
    text = "reduce = Conv(16, 1)\nboth = reduce >> Conv(32, 5, padding=2)\nmacs(both) = macs(bottleneck)\n"
    assert verdicts(text) == [("macs(bottleneck)", HOLDS, None)]
    text = "naive = Conv(32, 3, padding=1)\nmacs(naive) = 43,352,064\n"
    assert verdicts(text) == [("43,352,064", HOLDS, None)]


def test_a_network_has_its_own_input():
    assert verdicts("network = resnet50\nparams(network) = 25.6M\nmacs(network) = 4.09G\n", "") == [
        ("25.6M", ROUNDED, None), ("4.09G", ROUNDED, None),
    ]  # fmt: skip


def test_claims_over_letters():
    head = "input = CxHxW\nnaive = Conv(K, 5, padding=2)\n"
    right = [
        "macs(naive) = 25*C*K*H*W",
        "macs(naive) = 5²·H·W·C·K",
        "params(naive) = 25*C*K + K",
        "output(naive) = KxHxW",
    ]
    right += ["macs(naive, 192x28x28) = 25*28*28*192*K", "flops(naive) / macs(naive) = 2"]
    for line in right:
        assert only(line, head).verdict == HOLDS, line
    wrong = [("macs(naive) = 9*C*K*H*W", "arithmetic"), ("flops(naive) = 25*C*K*H*W", "factor-2")]
    wrong += [("params(naive) = 25*C*K", "missing-term"), ("output(naive) = CxHxW", "wrong-operand")]
    for line, reason in wrong:
        finding = only(line, head)
        assert (finding.verdict, finding.reason) in ((WRONG, reason), (OPEN, None)), line
    assert only(wrong[1][0], head).verdict == only(wrong[2][0], head).verdict == WRONG


MALFORMED = [
    ("hello", "neither a definition nor a claim"),
    ("macs(nave) = 1", "nave"),
    ("mac(naive) = 1", "there is no quantity mac"),
    ("naive = Cnv(32, 5)", "did you mean Conv"),
    ("macs(naive = 1", ""),
    ("macs(naive) =", "a side of it is empty"),
    ("= 3", "a side of it is empty"),
    ("output(naive) = 5", "shape"),
    ("output(naive) < 32x28x28", "compared with ="),
    ("output(naive) / 2 = 16x14x14", "shape"),
    ("macs = 3", "choose another name"),
    ("macs() = 3", "write macs(name)"),
    ("macs(naive, 1, 2) = 3", "write macs(name)"),
    ("under(naive) = 3", "convention"),
    ('under(naive, "nobody") = 3', "nobody"),
    ("macs(naive) = 9**9**9**9", "exponent"),
    ("macs(naive) = 1/0", "this line cannot be checked"),
    ("macs(Conv(8, 99)) = 1", "this line cannot be checked"),
    ("macs(naive) = " + "1+" * MAX_LENGTH + "1", "longer than"),
]


@pytest.mark.parametrize(("line", "words"), MALFORMED, ids=[line[:30] for line, _ in MALFORMED])
def test_lines_that_cannot_be_read_say_so(line, words):
    finding = findings(line)[-1]
    assert (finding.verdict, finding.reason) == (OPEN, None)
    assert words in finding.explanation and finding.text.strip()


def test_an_input_is_needed():
    assert "needs an input" in only("macs(Conv(8, 3)) = 1", "").explanation


EVIL = [
    'macs(__import__("os").system("x")) = 1',
    "x = __import__('os')",
    "macs(naive.__class__) = 1",
    "macs(naive) = exec('1')",
]


@pytest.mark.parametrize("line", EVIL)
def test_nothing_is_evaluated(line):
    assert only(line).verdict == OPEN


def test_a_line_goes_wrong_and_the_block_goes_on():
    assert [verdict for _, verdict, _ in verdicts("oops\nmacs(naive) = 120,422,400\n")] == [OPEN, HOLDS]


def test_findings_know_their_place():
    lines = "Intro.", "", "- list", "", "  ```convcost", "  input = 192x28x28"
    text = "\n".join([*lines, f"  macs(Conv(32, 5, padding=2)) = {NAIVE + 1:,}", "  ```", ""])
    (finding,) = judge(read(text))
    line = text.split("\n")[finding.line - 1]
    assert line[finding.printed_at.start : finding.printed_at.end] == finding.printed == f"{NAIVE + 1:,}"
    assert line[slice(*finding.span)] == finding.text


def test_other_fences_are_left_alone():
    assert list(judge(read("```python\nmacs(naive) = 1\n```\n\n    macs(naive) = 1\n"))) == []


def test_blocks_forget_each_other():
    text = "```convcost\nnaive = Conv(8, 1)\n```\n\n```convcost\nmacs(naive, 3x8x8) = 1536\n```"
    (finding,) = judge(read(text))
    assert finding.verdict == OPEN


def test_the_author_may_accept_a_line():
    text = "```convcost\ninput = 192x28x28\nmacs(Conv(32, 5, padding=2)) = 1  # convcost: ok as in the book\n```"
    (finding,) = proofread(read(text))
    assert finding.verdict == OPEN and finding.accepted == "as in the book"


def test_another_counter():
    pytest.importorskip("torch", reason="the counter's own package needs torch")
    assert only(f'under(naive, "fvcore") = {NAIVE:,}').verdict == HOLDS


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 64), st.sampled_from([1, 3, 5]), st.integers(1, 64), st.integers(5, 40), st.integers(-1, 1),
    st.sampled_from(["{:,}", "{:_}", "{}"]),
)  # fmt: skip
def test_numbers_are_those_of_the_layer(filters, kernel, channels, side, off, style):
    right = kernel * kernel * channels * filters * side * side
    layer = f"Conv({filters}, {kernel}, padding={kernel // 2})"
    line = f"macs({layer}, {channels}x{side}x{side}) = {style.format(right + off)}"
    finding = only(line, "")
    assert finding.verdict == (WRONG if off else HOLDS) and finding.computed == right


PIECES = [
    "macs(",
    "naive",
    ")",
    "=",
    "~",
    "<",
    "32x28x28",
    "1e3",
    "C",
    "output(",
    "Conv(8, 3)",
    ",",
    "#",
    '"',
    "**",
    "9",
    "under(",
]
PIECES += ["input", "²", "/", "(", "×", "万", "resnet50"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=8).map(" ".join), max_size=4).map("\n".join))
def test_any_block_is_survived(lines):
    for finding in findings(lines):
        assert finding.verdict in (HOLDS, ROUNDED, WRONG, OPEN)
