"""Sheets that hold every kind of question, and texts that try to become markup."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from convcost.formula import Chain, Frac, Num, Product, Sum, Word, symbol
from convcost.messages import Message
from convcost.worksheets import (
    TOPICS,
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
    Sheet,
    Step,
    worksheet,
)

HOSTILE = (
    "</questiontext><script>alert(1)</script>",
    "]]><b>x</b><![CDATA[",
    "{1:NUMERICAL:=5:0}",
    "{1:MULTICHOICE:=a~b#no}",
    "=%~{}#:: -> 100%",
    r"\(\href{x}{y}\) \[z\] $$w$$ \\ \n \num{1}",
    "\"\"\"''' #{x}",
    "### BEGIN SOLUTION",
    "### END HIDDEN TESTS",
    "```{.python .run}",
    "`${a}` ~~~ ![x](/etc/passwd) <!-- -->",
    "// $CATEGORY: x",
    "//comment",
    "-->*a)\n\n::x::y{=z}\n1. q\n= 5",
    "GROUP\nEND_GROUP\nCOMMENT",
    "emoji 🎓 and 中文",
    "bell \x07 null \x00 half \ud800 end \ufffe",
    "&amp; &#123;",
)

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#08c"/></svg>'
WORKING = (Step(Message("the law"), Chain(symbol("n"), Product(Num(3), Num(4)), Num(12))),)


def question(text: str = "", **given) -> Question:
    """A question; ``text`` stands wherever text may stand."""
    said = Message("A text: {text}.", text=text)
    made = {
        "topic": "macs", "level": 1, "points": 3, "prompt": (said,), "hint": said, "derivation": (*WORKING, Step(said)),
        "answer": Pick(Num(1)), "distractors": (), "facts": {"text": text}, "name": "s-1-A",
    }  # fmt: skip
    return Question(**(made | given))


def wrongs(*shown, text: str = "a slip") -> tuple[Distractor, ...]:
    return tuple(Distractor(each, Message("{text}", text=text)) for each in shown)


def all_kinds(text: str = "") -> tuple[Question, ...]:
    """Numbers (plain, large, zero, fractions), several, a grid with holes, a pick, closed forms, one with a picture."""
    said = Message("{text}", text=text or "words")
    form = Product(symbol("H"), Sum(symbol("C"), Product(Num(25), symbol("K"))))
    gap = Message("MACs")
    picture = Picture(SVG, Message("a box: {text}", text=text))
    grid = Grid(
        (said, gap), ((Code(text or "Conv(8, 1)"), Hole(1)), (symbol("H"), Num(7)), (Word(text or "w"), Hole(2)))
    )
    listing = Listing((said, Chain(symbol("a"), Num(2)), Code("x = {1:NUMERICAL:=2:0}")))
    return (
        question(
            text, answer=Numbers(Num(18000), (Gap(gap, 18000),)), distractors=wrongs(Num(36000), Num("0.5"), said),
        ),
        question(text, answer=Numbers(Num(9 * 10**15), (Gap(gap, 9 * 10**15 + 1, Message("bytes")),))),
        question(text, answer=Numbers(Num(0), (Gap(gap, 0),))),
        question(
            text, answer=Numbers(Num("9.68"), (Gap(said, Fraction(300, 31), places=2),)),
            distractors=wrongs(Num("0.10")),
        ),
        question(text, answer=Numbers(Num("0.00012"), (Gap(gap, Fraction(12, 100001), places=5),))),
        question(
            text, answer=Numbers(Product(Num(8), Num(4)), (Gap(Message("height"), 8), Gap(Message("width"), 4))),
            distractors=wrongs(Product(Num(4), Num(8)), Product(Num(4), Num(4)), text=text or "turned"), points=4,
        ),
        question(
            text, prompt=(said, grid), points=2,
            answer=Numbers(said, (Gap(gap, 64), Gap(Message("ratio"), Fraction(1, 3), places=3))),
        ),
        question(
            text, prompt=(said, listing, Frac(symbol("H"), Num(2))), answer=Pick(Message("line {n}", n=Num(2))),
            distractors=wrongs(Message("line {n}", n=Num(1)), Message("line {n}", n=Num(3)), text=text or "it holds"),
        ),
        question(
            text, answer=Expression(form, "H*(C + 25*K)"), distractors=wrongs(*map(symbol, "HCK")),
        ),
        question(text, prompt=(said, picture), answer=Expression(form, "H*(C + 25*K)//max(H, 2) - gcd(C, K)/3")),
    )  # fmt: skip


def sheet_of(*variants: tuple[Question, ...], title: str = "Week 3", seed: int | str = "s") -> Sheet:
    """A sheet; its questions get their names."""
    from dataclasses import replace

    named = tuple(
        tuple(replace(each, name=f"{seed}-{place}-{letter}") for place, each in enumerate(questions, start=1))
        for letter, questions in zip("ABCDEFGH", variants, strict=False)
    )
    return Sheet(title, seed, 1, named)


def hostile_sheets():
    """A sheet with every kind of question for each text."""
    for text in HOSTILE:
        # Titles come from the command line, where halves of pairs may stand; texts of questions do not.
        inner = text.replace("\ud800", "")
        yield inner, sheet_of(all_kinds(inner), title=text, seed=text[:40])


@cache
def each_topic() -> Sheet:
    """A sheet with a question of every topic."""
    return worksheet(seed=5, count=len(TOPICS), level=2)


@cache
def drawn(**given) -> Sheet:
    """A sheet as teachers draw it."""
    return worksheet(["macs", "output-shape", "params"], **({"seed": 9, "count": 6, "variants": 3} | given))


#: How the tests of structure get their sheets.
SHEETS = {"drawn": drawn, "topics": each_topic, "kinds": lambda: sheet_of(all_kinds(), all_kinds("B"))}
