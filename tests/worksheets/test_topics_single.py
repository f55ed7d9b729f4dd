"""Questions about one layer: every answer once more, by walking windows and counting one by one, and by torch."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from functools import cache

import pytest

from convcost import parse
from convcost.formula import Chain, Num, evaluate
from convcost.layers import Conv
from convcost.worksheets import Numbers, questions
from convcost.worksheets.inline import text

COUNT = 334
TOPICS = ("output-shape", "params", "macs")
CASES = [(name, level) for name in TOPICS for level in (1, 2, 3)]


@cache
def drawn(name, level):
    return tuple(itertools.islice(questions(name, "tests", level), COUNT))


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def places(size, layer, axis):
    """Places of a window on one axis: it is moved along, step by step, over the padded axis."""
    kernel, padding, dilation = (pair(getattr(layer, name))[axis] for name in ("kernel", "padding", "dilation"))
    step = pair(layer.stride if layer.stride is not None else layer.kernel)[axis]
    reach = range(0, dilation * kernel, dilation)
    count, start = 0, -padding
    while start + reach[-1] < size + padding:
        count, start = count + 1, start + step
    ceil = getattr(layer, "ceil_mode", False)
    if ceil and start - step + reach[-1] + 1 < size + padding and start < size:
        count += 1  # the last window hangs over the end, but begins before it
    return count


def shape_behind(layer, shape):
    channels = layer.out_channels if isinstance(layer, Conv) else shape[0]
    return (channels, *(places(size, layer, axis) for axis, size in enumerate(shape[1:])))


def weights(layer, shape):
    """One by one: every filter, every input channel that it sees, every tap."""
    groups = shape[0] if layer.groups == "depthwise" else layer.groups
    tall, wide = pair(layer.kernel)
    return sum(tall * wide for _ in range(layer.out_channels) for _ in range(shape[0] // groups))


def answer(facts):
    layer, shape = parse(facts["spec"]), tuple(facts["input"])
    if facts["quantity"] == "output":
        return shape_behind(layer, shape)
    if facts["quantity"] == "params":
        return (weights(layer, shape) + (layer.out_channels if layer.bias else 0),)
    _, tall, wide = shape_behind(layer, shape)
    each = weights(layer, shape)
    return (sum(each for _ in range(tall) for _ in range(wide)),)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_answers_are_what_counting_gives(name, level):
    for question in drawn(name, level):
        assert isinstance(question.answer, Numbers)
        assert tuple(gap.value for gap in question.answer.gaps) == answer(question.facts), question.facts


def test_the_count_would_notice():
    """Control: one more filter is another answer."""
    facts = dict(drawn("params", 1)[0].facts)
    layer = parse(facts["spec"])
    more = Conv(layer.out_channels + 1, layer.kernel, bias=layer.bias)
    assert answer({**facts, "spec": repr(more)}) != answer(facts)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_torch_says_the_same(name, level):
    torch = pytest.importorskip("torch", reason="the oracle is torch itself: install convcost[torch]")
    from torch.utils.flop_counter import FlopCounterMode

    for question in drawn(name, level)[:100]:
        layer, shape = parse(question.facts["spec"]), question.facts["input"]
        with torch.device("meta"):
            if isinstance(layer, Conv):
                groups = shape[0] if layer.groups == "depthwise" else layer.groups
                module = torch.nn.Conv2d(
                    shape[0],
                    layer.out_channels,
                    layer.kernel,
                    layer.stride,
                    layer.padding,
                    layer.dilation,
                    groups,
                    layer.bias,
                )
            else:
                module = torch.nn.MaxPool2d(layer.kernel, layer.stride, layer.padding, ceil_mode=layer.ceil_mode)
            with FlopCounterMode(display=False) as counter:
                out = module(torch.empty(1, *shape))
        told = {
            "output": tuple(out.shape[1:]),
            "params": (sum(p.numel() for p in module.parameters()),),
            "macs": (counter.get_total_flops() // 2,),
        }
        assert tuple(gap.value for gap in question.answer.gaps) == told[question.facts["quantity"]]


@pytest.mark.parametrize(("name", "level"), CASES)
def test_questions_are_fit_to_be_asked(name, level):
    seen = set()
    for question in drawn(name, level):
        seen.add(json.dumps(question.facts))
        right = str(question.answer.shown)
        wrong = [str(distractor.shown) for distractor in question.distractors]
        assert right not in wrong and len(set(wrong)) == len(wrong) >= 3
        assert all(gap.value > 0 for gap in question.answer.gaps)
        prompt = " ".join(map(text, question.prompt))
        layer, shape = parse(question.facts["spec"]), question.facts["input"]
        for number in (*shape, *pair(layer.kernel), *([layer.out_channels] if isinstance(layer, Conv) else [])):
            assert f"{number:,}" in prompt
        assert question.points >= 1 and question.level == level and text(question.hint)
    assert len(seen) == COUNT


@pytest.mark.parametrize(("name", "level"), CASES)
def test_derivations_give_what_they_say(name, level):
    for question in drawn(name, level):
        chains = [step.formula for step in question.derivation if step.formula is not None]
        for chain in chains:
            values = {evaluate(part) for part in chain.parts[1:] if not _has_letters(part)}
            assert len(values) == 1
        if name != "output-shape":
            assert chains[-1].parts[-1] == Num(question.answer.gaps[0].value)


def test_the_derivation_check_would_notice():
    """Control."""
    chain = Chain(Num(1), Num(2))
    assert len({evaluate(part) for part in chain.parts}) == 2


def _has_letters(part):
    try:
        evaluate(part)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("name", TOPICS)
def test_options_do_not_give_the_answer_away(name):
    """The right one stands at every place about as often as at any other."""
    places = Counter()
    for question in drawn(name, 2):
        options = question.options()
        assert len(options) in (4, 5) and options == question.options()
        places[[mistake is None for _, mistake in options].index(True)] += 1
    assert all(places[place] > COUNT // 10 for place in range(4))
