"""Text ⇄ block: exact round trips, and nothing but blocks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost import Concat, Conv, Repeat, Seq, SpecError, cost, networks, parse, symbols
from convcost.arith import minimum
from convcost.notation import MAX_BYTES, parse_shape, parse_size
from tests.strategies import placed_blocks, placed_layers


@settings(max_examples=300, deadline=None)
@given(st.one_of(placed_layers(), placed_blocks()))
def test_repr_is_notation(placed):
    block, _ = placed
    assert parse(repr(block)) == block
    assert repr(parse(repr(block))) == repr(block)


@pytest.mark.parametrize("name", networks.names())
def test_networks_survive_a_round_trip(name):
    block, shape = networks.get(name), networks.entry(name).input
    again = parse(repr(block))
    assert again == block
    assert [row.path for row in cost(again, shape).rows] == [row.path for row in cost(block, shape).rows]


r, K, C = symbols("r K C")
SYMBOLIC = [
    Conv(r, 1) >> Conv(K, 5, padding=2),
    Conv(C // 2, 3, groups=C // 4),
    Conv(2 * C + 1, (1, 3), padding=((0, 0), (1, 1))),
    Conv((C + 3) // 4 * 8 - 1, 3),
    Repeat(Conv(8, 3, padding=1), K**2 - 1),
    Conv(-(-C // 3), 3),
    Conv(C % 2 + 1, 1),
    Conv(minimum(C, K), 1),
]


@pytest.mark.parametrize("block", SYMBOLIC, ids=repr)
def test_symbols_survive_a_round_trip(block):
    assert parse(repr(block)) == block


def test_forms():
    assert parse("Conv(8,[1,7])") == Conv(8, (1, 7))
    assert parse("Conv(2**3, 9//3, bias=False)") == Conv(8, 3, bias=False)
    assert parse("Seq(Conv(8, 1))") == Seq(Conv(8, 1))
    assert parse("Concat(Conv(8,1), Conv(8,1) >> ReLU(), name='both')").name == "both"
    assert parse("Concat(Identity(), Conv(4, 1), axis=-3)").axis == -3
    assert parse("a >> a", {"a": Conv(8, 1)}) == Conv(8, 1) >> Conv(8, 1)
    assert parse(" Conv(8,\n 1) ") == Conv(8, 1)
    assert parse_shape("3×224×224") == parse_shape("3,224,224") == (3, 224, 224)
    h = symbols("h")
    assert parse_shape("Cx32*hx7") == (C, 32 * h, 7)
    assert parse_size("gcd(12, 18)") == 6


def test_names_are_kept():
    block = Concat(Conv(8, 1, name="a"), Seq(Conv(8, 1), name="b"), name="both")
    assert parse(repr(block)) == block
    assert repr(block) == "Concat(Conv(8, 1, name='a'), Seq(Conv(8, 1), name='b'), name='both')"


BAD = [
    "", " ", "3", "C", "Conv", "Conv()", "Conv(1)", "Conv(8, 3, 1, 0, 1, 1, True, 9)", "Conv(8, 3, size=1)",
    "conv(8, 3)", "Conv(8, 3) > Pool(2)", "Conv(8, 3) + Pool(2)", "Conv(8, 3) >> 2", "2 >> Conv(8, 3)",
    "resnet50 >> ReLU()", "Conv(8, 3).named('x')", "(lambda: 0)()", "[Conv(8, 1) for x in y]", "Conv(*a)", "Conv(**a)",
    "Conv(8, 3) if 1 else 2", "__import__('os')", "eval('1')", "Conv(8, x:=3)", "Conv(8, f'{3}')", "Conv(8, b'3')",
    "Conv(8, 3j)", "Conv(8, 1.5)", "Conv(8, 1/2)", "Conv(8, 1/0)", "Conv(8, 3 % 0)", "Conv(9**9**9, 3)",
    "Conv(10**19, 3)", "Conv(8, 1e999)", "Conv(8, ...)", "Conv(_a, 3)", "Conv('8', 3)", "Conv(8, None)",
    "Conv(8, (1, 2, 3, 4))", "Layer()", "Block()", "Merge()", "\x00", "\ud800", "Conv(8, 3); Pool(2)", "import os",
    "Conv(8, 'same')", "(" * 300, "-" * 9000 + "1", "Conv(8,1)" * 3, "Conv(8, 3, padding=(1, (2, 3, 4)))",
    "Module('a b', ReLU())", "Tap(3)", "Repeat(ReLU(), 1.5)", "Concat(axis=9.5)", "x" * (MAX_BYTES + 1),
    "Conv(8,1)>>" * 4000 + "ReLU()", "Conv(((C+1)**64)**64,1)", "Conv((C+K)**9,3)",
    "Conv(" + "*".join(f"(C{n}+1)" for n in range(30)) + ",1)", "Permute((0, 0))", "Reshape((2, -1, -1))",
    "Conv(0x10**20, 3)",
]  # fmt: skip


@pytest.mark.parametrize("text", BAD, ids=[f"{n}" for n in range(len(BAD))])
def test_what_is_no_block_is_one_clear_error(text):
    with pytest.raises(SpecError) as caught:
        parse(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_block_or_an_error(text):
    refusal = ""
    try:
        parse(text)
    except SpecError as error:
        refusal = str(error)
    assert "\n" not in refusal


WORDS = [
    "Conv",
    "Pool",
    "Concat",
    "Add",
    "Seq",
    "(",
    ")",
    ",",
    ">>",
    "8",
    "3",
    "**",
    "//",
    "-",
    "=",
    "padding",
    "'same'",
    "C",
]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join))
def test_any_words_of_the_notation_are_a_block_or_an_error(text):
    try:
        block = parse(text)
    except (SpecError, ArithmeticError):
        return
    assert parse(repr(block)) == block
