"""Misprint hunting: lines about a network, one of which is wrong by a slip that the proof-reader explains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from ...block import Block, Seq
from ...claims import Finding, verify
from ...claims.backwards import REASONS, Slip, case_of, slip, slip_of_share, slips_of_total, wrong_numbers
from ...claims.printed import read_number
from ...costing import Cost, cost
from ...formula import plain, size
from ...messages import Message
from ..draws import Draw, need
from ..inline import text as plainly
from ..model import Code, Distractor, Listing, Pick, Question, Step
from .base import Topic
from .describe import described
from .draws_of_layers import TOLD, convolution, pooling, ranges_of, square_map
from .statements import Statement, statements

#: How many lines, by level.
LINES = {1: 4, 2: 5, 3: 6}
#: Reasons that ask for rounded numbers come with the calculator.
KINDS = {
    1: ("misprint", "factor-2", "bias", "missing-term", "output-shape", "wrong-operand", "total", "ratio-direction"),
    2: (*REASONS, "total", "ratio-direction"),
    3: (*REASONS, "total", "ratio-direction"),
}
#: The quantities of the lines into which a slip of each kind is put.
_PLACES = {
    "misprint": ("height", "weights", "params", "macs", "flops", "sum", "macs-rounded", "ratio"),
    # Explained by FLOPs being twice MACs: nothing else is doubled or halved.
    "factor-2": ("macs", "flops", "macs-rounded", "sum"),
    "bias": ("weights", "params"),
    "missing-term": ("weights", "params", "macs", "sum", "macs-rounded", "total"),
    "wrong-operand": ("weights", "params", "macs", "macs-rounded"),
    "output-shape": ("height",),
    "unit": ("macs", "macs-rounded", "ratio"),
    "rounding": ("macs-rounded", "ratio"),
    "total": ("total",),
    "ratio-direction": ("saving",),
}
#: A slip that is further off than this is no riddle; least of all the number of a neighbour.
_FAR, _FAR_FOR_OPERANDS = 100, 10
#: A line of one of these that ends in a number which stands in it before is seen through at a glance.
_SHORT = ("flops", "sum", "total")
#: The digits of a line's numbers, not those in the names of layers.
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?")


def _misprint(draw: Draw, level: int) -> Question:
    counted = _network(draw, level)
    reason = draw.pick(KINDS[level])
    lines, place = _chosen(draw, statements(counted, draw), LINES[level], _PLACES[reason])
    wrong = _slip(draw, lines, place, reason)
    printed = [line.line(wrong.text if n == place else line.right) for n, line in enumerate(lines)]
    finding = _only_wrong(printed, place, reason)
    return Question(
        "misprint", level, level + 1,
        (
            Message("A map of {shape} goes through {layers}.", shape=size(counted.inputs[0]), layers=_told(counted)),
            Message("One of these lines about it is wrong. Which one?"),
            Listing(tuple(printed)),
        ),
        Message("Do the operands belong to the layer that the line names? Then work the line out anew; the size of the "
            "number and its last digit give many slips away before everything is multiplied out."),
        tuple(_step(n, line, finding if n == place else None) for n, line in enumerate(lines)),
        Pick(Message("line {number}", number=place + 1)),
        tuple(
            Distractor(Message("line {number}", number=n + 1), Message("this line is right"))
            for n in range(len(lines)) if n != place
        ),
        {
            "spec": repr(counted.source), "input": list(counted.inputs[0]),
            "lines": [[line.quantity, list(line.of), wrong.text if n == place else line.right]
                for n, line in enumerate(lines)],
            "wrong": place + 1, "reason": reason, "right": lines[place].right,
        },
        alike=plainly(printed[place]),
        beside=(Message("Write what belongs there, too."),),
    )  # fmt: skip


def _network(draw: Draw, level: int) -> Cost:
    """Two convolutions, at higher levels with a pool between or with a third one."""
    shape = square_map(draw, min(level, 2))
    layers: list[Block] = []
    now = shape
    extra = draw.pick(("nothing", "pool", "third")) if level > 1 else "nothing"
    for turn in range(3 if extra == "third" else 2):
        if turn == 1 and extra == "pool":
            layers.append(pooling(draw, min(level, 2), now))
            now = cost(layers[-1], now).output
        layers.append(convolution(draw, level, now))
        now = cost(layers[-1], now).output
        need(min(now) > 1)
    counted = cost(Seq(*layers), shape)
    need(counted.macs <= ranges_of(level).most)
    return counted


def _told(counted: Cost) -> Message:
    return Message.joined(
        *(Message("{name} ({layer})", name=Code(row.name), layer=described(row.layer)) for row in counted.rows),
        by=", ",
    )


def _chosen(
    draw: Draw, all_lines: Sequence[Statement], count: int, quantities: Sequence[str]
) -> tuple[list[Statement], int]:
    """Some of the lines in their order, of at least three quantities, and the place of one of these ``quantities``.

    No line beside that one gives it away, and no two are about the same.
    """
    able = [n for n, line in enumerate(all_lines) if line.quantity in quantities]
    need(bool(able))
    one = draw.pick(able)
    picked, about = [one], {all_lines[one].about}
    for n in draw.several(range(len(all_lines)), len(all_lines)):
        line = all_lines[n]
        if len(picked) < count and line.about not in about and not _gives_away(line, all_lines[one]):
            picked.append(n)
            about.add(line.about)
    picked.sort()
    lines = [all_lines[n] for n in picked]
    need(len(lines) == count and len({line.quantity for line in lines}) >= 3)
    return lines, picked.index(one)


def _gives_away(line: Statement, wrong: Statement) -> bool:
    """Whether a right line has a number that belongs into the wrong one, so that nothing need be worked out."""
    printed = _NUMBER.findall(plainly(line.line(line.right)))
    return not {wrong.right.partition(" ")[0], *(f"{number:,}" for number in wrong.tells)}.isdisjoint(printed)


def _slip(draw: Draw, lines: Sequence[Statement], place: int, reason: str) -> Slip:
    """A slip of this kind in one of the lines."""
    line = lines[place]
    found = _any_slip(draw, lines, place, reason)
    need(line.quantity not in _SHORT or found.text not in {f"{number:,}" for number in line.tells})
    return found


def _any_slip(draw: Draw, lines: Sequence[Statement], place: int, reason: str) -> Slip:
    line = lines[place]
    if line.parts:
        return _one([found for found in slips_of_total(line.parts) if found.reason == reason], draw)
    if line.law is None:
        return _one([found for found in [slip_of_share(line.right)] if found], draw)
    # Operands and numbers of the other lines matter where one of them is put in by mistake.
    others = lines if reason == "wrong-operand" else ()
    near = [plain(other.law) for other in others if other is not line and other.law is not None]
    case = case_of(plain(line.law), line.right, near=near)
    texts = [text for text in wrong_numbers(case, reason) if _is_near(text, reason, case.computed)]
    for text in draw.several(texts, len(texts)):
        found = slip(case, reason, text)
        if found:
            return found
    return _one([], draw)


def _one(found: Sequence[Slip], draw: Draw) -> Slip:
    need(bool(found))
    return draw.pick(found)


def _is_near(text: str, reason: str, right: Fraction) -> bool:
    """Whether the size alone does not give the slip away; numbers to either side of 1,000 look different, too."""
    value = read_number(text).value
    far = _FAR_FOR_OPERANDS if reason == "wrong-operand" else _FAR
    return right <= value * far and value <= right * far and (value < 1000) == (right < 1000)


def _only_wrong(lines: Sequence[Message], place: int, reason: str) -> Finding:
    """The proof-reader's finding, if it calls this line wrong for this reason and no other."""
    report = verify("\n".join(f"{n}. {plainly(line)}" for n, line in enumerate(lines, start=1)))
    wrong = [finding for finding in report if finding.verdict == "wrong"]
    need(len(wrong) == 1 and wrong[0].line == place + 1 and wrong[0].reason == reason)
    return wrong[0]


def _step(n: int, line: Statement, finding: Finding | None) -> Step:
    if finding is None:
        return Step(Message("Line {number} is right.", number=n + 1), line.proof)
    reason = _NAMES[str(finding.reason)]
    why = Message(
        "Line {number} is wrong ({reason}): {explanation}", number=n + 1, reason=reason, explanation=finding.explanation
    )
    return Step(why, line.proof)


#: Reasons in words.
_NAMES = {
    "misprint": Message("misprint"), "factor-2": Message("factor 2"), "bias": Message("bias"),
    "missing-term": Message("something forgotten"), "wrong-operand": Message("wrong operand"),
    "output-shape": Message("output size"), "unit": Message("unit"), "rounding": Message("rounding"),
    "total": Message("wrong total"), "ratio-direction": Message("what remains taken for what is saved"),
}  # fmt: skip

_FURTHER = Message(
    "{ranges}; layers with groups, dilation or oblong kernels; {count} lines", ranges=TOLD[1], count=LINES[3]
)
_RANGES = (
    Message("{ranges}; {count} lines", ranges=TOLD[0], count=LINES[1]),
    Message(
        "{ranges}; {count} lines, also rounded ones and slips of unit and rounding", ranges=TOLD[1], count=LINES[2]
    ),
    _FURTHER,
)
MISPRINT = Topic(
    "misprint", Message("Misprint hunting"), Message("lines about a network, one of which is wrong"), _RANGES, _misprint
)
