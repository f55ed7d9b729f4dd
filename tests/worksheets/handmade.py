"""A sheet made by hand that holds every kind of content, and strings that would do harm where text became markup."""

from __future__ import annotations

from fractions import Fraction

from convcost.formula import Chain, Floor, Frac, Num, Power, Product, Root, Sum, Sym, Word, size, symbol
from convcost.messages import Message
from convcost.messages import plain as as_it_is
from convcost.worksheets.model import (
    Code,
    Distractor,
    Expression,
    Gap,
    Grid,
    Hole,
    Listing,
    Numbers,
    Pick,
    Picture,
    Question,
    Step,
)
from convcost.worksheets.sheet import Sheet

#: What an attacker or an unlucky teacher may write.
HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "$$x$$ and $y$",
    r"\input{/etc/passwd} \end{document} ^^5cinput",
    '#eval("1+1") #image("x.png") $ #panic() $',
    '" onmouseover="alert(1)',
    "`code` **bold** _it_ [link](javascript:alert(1)) ![p](x) | cell | --- |",
    "# heading",
    "- item",
    "1. item",
    "&lt;b&gt; &amp; &#60;",
    "{braces} {0} %s % comment",
    "control\x00\x07\x1b[31m\u202eevil\u2066 end",
    "two\nlines\r\n# heading\u2028<b>",
    "http://example.com www.example.com a@example.com",
    "x" * 500,
    "--- === ~~~ ``` ~s~ @import \\ end",
    "]]> --> ?> <!-- <![CDATA[",
)
#: Letters that not every font has.
EXOTIC = ("emoji 😀 title", "שלום עולם", "مرحبا بالعالم", "卷积网络", "ÄÖÜß é ñ Ω")
#: Numbers that stand in answers and derivations only.
SECRETS = ("918,273", "7.31", "645,546", "192,837", "55,667,788")

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="90" viewBox="0 0 300 90">'
    '<rect x="5" y="5" width="290" height="80" fill="#dfe8f2" stroke="#345"/>'
    '<text x="30" y="50" font-size="20">Conv(8, 3)</text></svg>'
)
H, W, C, R, K = (symbol(name) for name in ("H", "W", "C_in", "r", "k"))


def question(prompt, answer, distractors=(), derivation=(), **more):
    """A question of a known topic."""
    steps = derivation or (Step(Message("look"), Chain(symbol("n"), Num(918273))), Step(Message("no formula here")))
    return Question(
        "macs", 1, more.get("points", 3), tuple(prompt), Message("The secret hint."), steps, answer,
        tuple(distractors), {}, name=more.get("name", "9-1-A"),
    )  # fmt: skip


def grid_question():
    law = Chain(symbol("n"), Sum(*(Product(Num(1000 + n), Num(64), Num(3)) for n in range(12))), Num(55667788))
    return question(
        (
            Message("Fill in what is missing."),
            Grid(
                (Message("layer"), Message("output"), Message("parameters"), Message("MACs")),
                (
                    (Code("Conv(8, 3) | x"), size((8, 26, 26)), Hole(1), Num(5408)),
                    (Code("Pool(2)"), size((8, 13, 13)), Num(0), Hole(2)),
                ),
            ),
        ),
        Numbers(
            Message("80 and {n}", n=Num(918273)),
            (Gap(Message("parameters"), 645546), Gap(Message("share"), Fraction(731, 100), Message("%"), places=2)),
        ),
        derivation=(Step(Message("a long sum"), law),),
    )


def pick_question():
    lines = (
        Chain(symbol("a"), Product(Num(5), Num(5)), Num(25)),
        Message("{code} has {n} filters", code=Code("Conv(32, 5)"), n=Num(32)),
        Chain(symbol("b"), Product(Num(28), Num(28)), Num(784)),
    )
    return question(
        (Message("One line is wrong. Which?"), Listing(lines)),
        Pick(Message("line {n}", n=Num(2))),
        [Distractor(Message("line {n}", n=Num(n)), Message("that line holds: {n}", n=Num(192837))) for n in (1, 3)],
    )


def form_question():
    law = Chain(
        Word(Message("cost ratio")),
        Frac(Product(Power(K, Num(2)), C), Sum(Product(C, R), Product(Power(K, Num(2)), R))),
        Floor(Frac(Sum(H, W), Num(2))),
        Root(Sum(H, Num(918273))),
        signs=("=", "≈", "≠"),
    )
    return question(
        (Message("Two blocks:"), Picture(PICTURE, Message("a convolution")), Chain(symbol("n"), Product(H, W, C))),
        Expression(Product(H, W, Num(918273)), "H*W*918273"),
        [Distractor(Product(H, Num(192837)), Message("the width forgotten"))],
        (Step(Message("divide"), law),),
        points=1,
    )


def handmade(title="Week 9", seed=9, questions=None):
    """The sheet, in two variants."""
    made = tuple(questions or (grid_question(), pick_question(), form_question()))
    return Sheet(title, seed, 1, (made, made))


def hostile(text):
    """A sheet with a text in every place in which a text can stand."""
    told = as_it_is(text)
    return handmade(
        text,
        text[:100],
        [
            question(
                (
                    told,
                    Message("{a}", a=Code(text)),
                    Message("{a}{b}", a=Word(text), b=told),
                    Chain(Sym(text, text), Sum(Word(text), Num(text)), Word(told), signs=("=", text)),
                    Listing((told, Code(text), Word(text))),
                    Grid((told, Code(text)), ((told, Word(text)), (Hole(1), Code(text)))),
                    Picture(PICTURE, told),
                ),
                Numbers(told, (Gap(told, 1), Gap(told, Fraction(1, 3), told, places=2))),
                [Distractor(told, told), Distractor(Code(text), told), Distractor(Word(text), told)],
                (Step(told, Chain(Word(text), Num(3))), Step(told)),
            ),
            question((told,), Pick(told), [Distractor(Code(text + "!"), told)]),
        ],
    )
