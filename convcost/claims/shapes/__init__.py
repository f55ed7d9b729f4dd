"""Sizes of maps: what told layers make of an input, in prose, chains of arrows, lists of layers and code.

>>> from ..documents import read
>>> text = "A 28×28×192 input goes through 32 filters of 5×5, stride 1, padding 2, and becomes 24×24×32."
>>> [(f.printed, f.verdict, f.reason, f.right) for f in judge(read(text))]
[('24×24×32', 'wrong', 'output-shape', '28×28×32')]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..documents import Document, Passage
from ..model import Finding
from .beside import flattened, params
from .code import HAS_LAYERS, code_steps, comments_only
from .keyed import keyed_steps
from .sizes import Size, sizes
from .told import tells_layers
from .verdicts import Judgement, judged
from .walk import Step, Walk, given_input


def judge(document: Document) -> Iterator[Finding]:
    """Findings of the sizes that come out of layers."""
    for found in keyed_steps(document):
        step = found.step
        judgement = judged(found.passage.text, step)
        if judgement is not None:
            yield made(document, found.passage, judgement, step.result.start, (step.result.start, step.result.end))
    yield from _in_running_text(document)


def _in_running_text(document: Document) -> Iterator[Finding]:
    passages = [passage for passage in document.passages() if passage.kind != "cell"]
    coded = any(HAS_LAYERS.search(passage.level) for passage in passages)
    given: Size | None = None
    walk, last = Walk(), None
    mended: dict[Size, tuple[Size]] = {}
    for passage in passages:
        if last is None or not _goes_on(last, passage):
            walk = Walk()
        last, with_code = passage, HAS_LAYERS.search(passage.level) is not None
        if with_code or walk.current is not None or tells_layers(passage.level) or passage.kind == "item":
            text = comments_only(passage.level, is_code=passage.kind == "code") if with_code else passage.level
            for told in (*(code_steps(passage, given) if with_code else ()), *walk.steps(text)):
                # Behind a wrong size the text may go on from the right one.
                step = replace(told, others=(*told.others, *mended.get(told.source, ())))
                finding = _finding(document, passage, step, mended)
                if finding is not None:
                    yield finding
                    yield from _beside(document, passage, text, step)
        given = given_input(passage.level) if coded else None


def _finding(document: Document, passage: Passage, step: Step, mended: dict[Size, tuple[Size]]) -> Finding | None:
    judgement = judged(passage.text, step)
    if judgement is None:
        return None
    if judgement.dims is not None:
        mended[step.result] = (replace(step.result, dims=judgement.dims),)
    return made(document, passage, judgement, step.start, (step.result.start, step.result.end))


def _beside(document: Document, passage: Passage, level: str, step: Step) -> Iterator[Finding]:
    """What is told of the layer behind its output, up to the next size."""
    following = next(sizes(level, step.result.end), None)
    end = following.start if following else len(level)
    for found in (*flattened(level, step.result, end), *params(level, step, end)):
        spot = passage.spot(found.start, found.end)
        text = passage.text[found.start : found.end]
        yield Finding(
            source=document.source, line=spot.line, span=(spot.start, spot.end), text=text, kind=found.kind,
            printed=text, stated=found.stated.numerator, computed=found.computed.numerator, verdict=found.verdict,
            reason=found.reason, explanation=found.why, cell=spot.cell, mended=found.right, printed_at=spot,
            right=found.right,
        )  # fmt: skip


def _goes_on(last: Passage, passage: Passage) -> bool:
    """Whether a passage goes on with the one before: items of a list, comments parted by a blank line."""
    alike = last.kind == passage.kind and passage.kind in ("item", "code") and last.cell == passage.cell
    return alike and passage.line_numbers().start - last.line_numbers().stop < 3


def made(document: Document, passage: Passage, judgement: Judgement, start: int, number: tuple[int, int]) -> Finding:
    """The finding about a size at ``number``, of a claim that begins at ``start``."""
    spot, text = passage.spot(start, number[1]), passage.text
    printed = text[number[0] : number[1]]
    mended = None if judgement.right is None else text[start : number[0]] + judgement.right
    return Finding(
        source=document.source, line=spot.line, span=(spot.start, spot.end), text=text[start : number[1]], kind="shape",
        printed=printed, stated=judgement.stated or printed, computed=judgement.computed, verdict=judgement.verdict,
        reason=judgement.reason, explanation=judgement.why, cell=spot.cell, mended=mended,
        printed_at=passage.spot(*number), right=judgement.right,
    )  # fmt: skip
