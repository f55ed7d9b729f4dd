"""Formulas: every notation of a tree says the same number to a reader that had no hand in writing it."""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor, gcd, isqrt
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.claims import expression
from convcost.errors import ConvcostError
from convcost.formula import (
    Call,
    Ceil,
    Chain,
    Floor,
    Frac,
    Modulo,
    Neg,
    Num,
    Power,
    Product,
    Root,
    Sum,
    Word,
    evaluate,
    latex,
    mathml,
    plain,
    put,
    symbol,
    typst,
)

numbers = st.integers(0, 2_000_000).map(Num) | st.integers(-40, 40).map(Num)


def grown(inner):
    """Trees of what the reader of claims reads."""
    several = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        st.lists(inner | inner.map(Neg), min_size=2, max_size=4).map(lambda parts: Sum(*parts)),
        several.map(lambda parts: Product(*parts)),
        st.builds(Power, inner, st.integers(0, 3).map(Num)),
        st.builds(Frac, inner, inner),
        inner.map(Floor),
        inner.map(Ceil),
        inner.map(Neg),
    )


def grown_further(inner):
    """Trees of everything that has a value."""
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        grown(inner),
        several.map(lambda parts: Call("max", *parts)),
        several.map(lambda parts: Call("min", *parts)),
        st.lists(inner.map(Floor), min_size=2, max_size=3).map(lambda parts: Call("gcd", *parts)),
        st.builds(Modulo, inner, inner),
        st.integers(0, 50).map(lambda n: Root(Num(n * n))),
    )


trees = st.recursive(numbers, grown, max_leaves=12)
all_trees = st.recursive(numbers, grown_further, max_leaves=12)


def value(tree):
    """The number, where there is one that is not beyond all bounds."""
    try:
        found = evaluate(tree)
    except ZeroDivisionError:
        assume(False)
    assume(max(found.numerator.bit_length(), found.denominator.bit_length()) < 2000)
    return found


def read(text):
    try:
        return expression.evaluate(expression.parse(text))
    except ConvcostError as error:
        # Numbers on the way may be too large for a reader that protects itself.
        assume("too large" not in str(error) and "larger than" not in str(error))
        raise


@settings(deadline=None)
@given(trees)
def test_plain_text_says_the_number(tree):
    right = value(tree)
    assert read(plain(tree)) == right


@settings(deadline=None)
@given(trees)
def test_latex_says_the_number(tree):
    right = value(tree)
    assert read(latex(tree)) == right


@settings(deadline=None)
@given(trees)
def test_latex_on_several_lines_says_the_number(tree):
    told = latex(Chain(symbol("n"), tree), display=True, width=20)
    told = re.sub(r"\\(begin|end)\{aligned\}|\\\\|&|\\quad|\{\}", " ", told)
    right = value(tree)
    assert read(told.split("=", 1)[1]) == right


def test_the_reader_would_notice():
    """Control: without its parentheses, or with another digit, a formula says another number."""
    tree = Product(Num(3), Sum(Num(1204), Num(2)))
    assert read(plain(tree)) == 3618
    assert read(plain(tree).replace("(", "").replace(")", "")) != 3618
    assert read(latex(tree).replace("204", "205")) != 3618


# -- MathML, by a reader of its own, which also reads what Typst makes of its own notation -----------------------------

_SIGNS = {"×": "*", "·": "*", "⋅": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "mod": "%"}


def as_python(node):
    """A MathML element as arithmetic of Python."""
    name = node.tag.rpartition("}")[2]
    inner = [as_python(child) for child in node]
    if name in ("mn", "mtext", "mi", "mo"):
        text = (node.text or "").strip()
        if re.fullmatch(r"−?\d[\d,]*", text):
            return f"{'-' * text.startswith('−')}Fraction({text.strip('−').replace(',', '')})"
        return _SIGNS.get(text, text) if name != "mtext" or text else ""
    if name == "mfrac":
        return f"(({inner[0]})/({inner[1]}))"
    if name == "msup":
        return f"({inner[0]}**int({inner[1]}))"
    if name == "msqrt":
        return f"root({''.join(inner)})"
    return " ".join(inner)


def root(number):
    assert isqrt(int(number)) ** 2 == number
    return Fraction(isqrt(int(number)))


def whole_gcd(*parts):
    return gcd(*map(int, parts))


def worked_out(markup):
    text = as_python(ElementTree.fromstring(markup))  # noqa: S314 (our own markup)
    text = text.replace("−", "-")
    names = {"Fraction": Fraction, "floor": lambda x: Fraction(floor(x)), "ceil": lambda x: Fraction(ceil(x)),
             "max": max, "min": min, "gcd": whole_gcd, "root": root}  # fmt: skip
    return eval(text.rpartition("=")[2], {"__builtins__": {"int": int}}, names)  # noqa: S307 (our own digits and signs)


@settings(deadline=None)
@given(all_trees)
def test_mathml_says_the_number(tree):
    right = value(tree)
    assert worked_out(mathml(tree)) == right


@settings(deadline=None)
@given(all_trees)
def test_mathml_on_several_lines_says_the_number(tree):
    right = value(tree)
    assert worked_out(mathml(Chain(symbol("n"), tree), display=True, width=20)) == right


def test_the_mathml_reader_would_notice():
    assert worked_out(mathml(Product(Num(3), Sum(Num(1), Num(2))))) == 9
    assert worked_out(mathml(Sum(Product(Num(3), Num(1)), Num(2)))) == 5


@pytest.fixture(scope="module")
def typeset():
    """What Typst makes of a formula: its own MathML."""
    compiler = pytest.importorskip("typst", reason="set by Typst: install convcost[worksheet]")
    template = b'#set text(lang: "en")\n#eval("$ " + sys.inputs.formula + " $")'
    shared = compiler.Compiler(template)

    def set_formula(code):
        page, warnings = shared.compile_with_warnings(template, format="html", sys_inputs={"formula": code})
        assert [w.message for w in warnings] == ["html export is under active development and incomplete"]
        (found,) = re.findall(r"<math.*?</math>", page.decode(), re.DOTALL)
        return found

    return set_formula


@settings(max_examples=60, deadline=None)
@given(all_trees)
def test_typst_says_the_number(typeset, tree):
    right = value(tree)
    assert worked_out(typeset(typst(tree))) == right


@settings(max_examples=60, deadline=None)
@given(all_trees)
def test_typst_on_several_lines_says_the_number(typeset, tree):
    right = value(tree)
    assert worked_out(typeset(typst(Chain(symbol("n"), tree), display=True, width=20))) == right


# -- letters, words, signs ---------------------------------------------------------------------------------------------

HARMFUL = ('a"; #panic("x")', "</mi><script>", r"\input{x}", "$", "<!--", "a_b^c", "x\\", "%", "\x00\x1b", "中文")


@pytest.mark.parametrize("text", HARMFUL)
def test_words_stay_words(typeset, text):
    tree = Chain(symbol(text.replace("/", "|")), Word(text), Call(text, Num(text)), signs=("=", text))
    page = ElementTree.fromstring(re.sub("[\0\x1b]", "", mathml(tree)))  # noqa: S314
    assert {node.tag for node in page.iter()} <= {"math", "mi", "mo", "mn", "mtext", "mrow", "msub"}
    told = latex(tree)
    assert re.sub(r"\\[#$%&_{}]", "", told).count("$") == 0 and r"\input" not in told
    made = typeset(typst(tree))
    assert "script" not in re.sub("&lt;/mi&gt;&lt;script&gt;|&lt;|script&gt;", "", made) or text == HARMFUL[1]


def test_letters_by_hand():
    law = Chain(symbol("C_out"), Frac(Sum(symbol("H"), Neg(symbol("k"))), symbol("s")), Num(1204), signs=("=", "≈"))
    assert plain(law) == "C_out = (H − k)/s ≈ 1,204"
    assert latex(law) == r"C_{\mathrm{out}} = \frac{H - k}{s} \approx 1{,}204"
    assert typst(law) == 'C_"out" = frac(H - k, s) approx "1,204"'
    assert mathml(law) == (
        "<math><mrow><msub><mi>C</mi><mi>out</mi></msub><mo>=</mo><mfrac><mrow><mi>H</mi><mo>−</mo><mi>k</mi></mrow>"
        "<mi>s</mi></mfrac><mo>≈</mo><mn>1,204</mn></mrow></math>"
    )


@pytest.mark.parametrize("tree", [symbol("H"), Word("x"), Root(Num(2)), Power(Num(4), Frac(Num(1), Num(2)))])
def test_what_has_no_value_says_so(tree):
    with pytest.raises(ValueError, match=r"no value|rational|whole"):
        evaluate(tree)


# -- SymPy's expressions -----------------------------------------------------------------------------------------------

NAMES = ("H", "W", "k", "s")


def expressions():
    sympy = pytest.importorskip("sympy")
    from convcost.symbolic import gcd as integer_gcd
    from convcost.symbolic import symbols

    leaves = st.sampled_from(symbols(" ".join(NAMES))) | st.integers(-6, 9).map(sympy.Integer)
    whole = leaves | st.sampled_from(symbols(" ".join(NAMES))).map(lambda s: sympy.floor(s / 2) + 1)

    def grow(inner):
        return st.one_of(
            st.builds(lambda a, b: a + b, inner, inner),
            st.builds(lambda a, b: a - b, inner, inner),
            st.builds(lambda a, b: a * b, inner, inner),
            st.builds(lambda a, n: sympy.floor(a / n), inner, st.integers(1, 7)),
            st.builds(lambda a, n: sympy.ceiling(a / n), inner, st.integers(1, 7)),
            st.builds(lambda a, n, d: a * sympy.Rational(n, d), inner, st.integers(-5, 5), st.integers(1, 5)),
            st.builds(lambda a, n: a**n, inner, st.integers(1, 3)),
            st.builds(lambda a, b: a / (b**2 + 1), inner, inner),
            st.builds(lambda a, n: sympy.Mod(a, n), inner, st.integers(1, 7)),
            st.builds(sympy.Max, inner, inner),
            st.builds(sympy.Min, inner, inner),
        )

    common = st.builds(integer_gcd, whole, st.integers(1, 12).map(sympy.Integer))
    return st.recursive(whole | common, grow, max_leaves=6)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), values=st.fixed_dictionaries({name: st.integers(1, 40) for name in NAMES}))
def test_trees_of_expressions_keep_their_value(data, values):
    import sympy

    from convcost.symbolic import symbols, tree

    law = data.draw(expressions())
    right = sympy.sympify(law).subs({symbols(name): number for name, number in values.items()})
    assume(right.is_Rational)
    assert evaluate(put(tree(law), values)) == Fraction(int(right.p), int(right.q))


def test_numbers_that_are_put_in_are_not_worked_out():
    from convcost.symbolic import symbols, tree

    H, k, s, p = symbols("H k s p")
    law = tree((H + 2 * p - k) // s + 1)
    assert plain(put(law, {"H": 28, "k": 5, "s": 2, "p": 2})) == "⌊(28 − 5 + 2 × 2)/2⌋ + 1"
    assert plain(put(law, {"H": 28, "k": 5, "s": 2})) == "⌊(28 − 5 + 2·p)/2⌋ + 1"
