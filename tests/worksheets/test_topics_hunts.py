"""Hunts: shape errors, misprints, tables with holes, counters; every answer once more by other means."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from fractions import Fraction
from functools import cache
from math import floor, prod

import pytest

from convcost import ShapeError, cost, parse, verify
from convcost.formula import Chain, Num
from convcost.graph import Graph
from convcost.layers import Conv, Linear, Pool
from convcost.worksheets import Grid, Listing, Numbers, Pick, worksheet
from convcost.worksheets.inline import pieces, text
from convcost.worksheets.topics import topic
from convcost.worksheets.topics.counting_ways import WAYS
from convcost.worksheets.topics.misfits import Line
from convcost.worksheets.topics.shape_error import _matters

from .independent import Counted, DoesNotFitError, behind, counted, drawn, holds, pair, places, read, torch_layer

COUNT = 334
#: Of so many the proof-reader, or torch, is asked once more: that takes some hundredths of a second a time.
SAMPLE = 40
TOPICS = ("shape-error", "misprint", "summary-table", "which-counter")
CASES = [(name, level) for name in TOPICS for level in (1, 2, 3)]
LEVELS = (1, 2, 3)


@cache
def asked(name, level):
    return drawn(name, level, COUNT)


def listing(question):
    return next(part for part in question.prompt if isinstance(part, Listing))


# -- all of them ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "level"), CASES)
def test_no_two_are_equal(name, level):
    assert len({repr(sorted(question.facts.items())) for question in asked(name, level)}) == COUNT
    told = {"\n".join(map(_told, question.prompt)) for question in asked(name, level)}
    assert len(told) == COUNT


def _told(part):
    if isinstance(part, Listing):
        return "\n".join(map(text, part.lines))
    if isinstance(part, Grid):
        return "\n".join(text(cell) for row in part.rows for cell in row)
    return text(part)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_distractors_differ_from_the_answer_and_from_each_other(name, level):
    for question in asked(name, level):
        shown = [str(question.answer.shown), *(str(wrong.shown) for wrong in question.distractors)]
        assert len(set(shown)) == len(shown) >= 3, shown
        assert all(str(wrong.mistake) for wrong in question.distractors)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_the_right_option_has_no_place_of_its_own(name, level):
    found = Counter()
    for question in asked(name, level):
        options = question.options()
        found[next(place for place, (_, mistake) in enumerate(options) if mistake is None)] += 1
    assert len(found) >= 3
    assert max(found.values()) < COUNT * 0.62


@pytest.mark.parametrize(("name", "level"), CASES)
def test_derivations_hold_from_part_to_part(name, level):
    for question in asked(name, level):
        chains = [step.formula for step in question.derivation if step.formula is not None]
        # A block of kernels 1 × 1 that stops for its channels leaves nothing to compute.
        assert chains or name == "shape-error"
        assert all(map(holds, chains)), [str(chain) for chain in chains if not holds(chain)]
        assert question.points > 0 and question.level == level and str(question.hint)


def test_a_derivation_that_does_not_hold_is_seen():
    """Control."""
    assert not holds(Chain(Num(2), Num(3)))
    assert not holds(Chain(Num(2), Num("2.1"), signs="≈"))
    assert not holds(Chain())


# -- shape errors --------------------------------------------------------------------------------------------------


def lines_of(facts):
    return [(read(spec)[0], sources) for spec, sources in facts["lines"]]


def mended(facts):
    lines = facts["lines"][:]
    number, spec = facts["mend"]
    lines[number - 1] = [spec, lines[number - 1][1]]
    return {**facts, "lines": lines}


def stops_at(facts, step=behind):
    """The line, from 1, that cannot take what comes in; nothing where all can."""
    values = {-1: tuple(facts["input"])}
    for number, (layer, sources) in enumerate(lines_of(facts)):
        try:
            values[number] = step(layer, *(values[source] for source in sources))
        except DoesNotFitError:
            return number + 1
    return None


@pytest.mark.parametrize("level", LEVELS)
def test_the_block_stops_where_the_answer_says_and_the_mended_one_does_not(level):
    for question in asked("shape-error", level):
        facts = question.facts
        assert isinstance(question.answer, Pick)
        assert str(question.answer.shown) == f"line {facts['stops']}"
        assert stops_at(facts) == facts["stops"], facts
        assert stops_at(mended(facts)) is None, facts
        assert len(question.distractors) == len(facts["lines"]) - 1 == len(listing(question).lines) - 1


def test_the_walk_would_notice():
    """Control: whoever overlooks what meets at a concatenation finds other lines; and no mend, no mending."""

    def careless(layer, *shapes):
        return shapes[0] if layer.kind in ("Concat", "Add") else behind(layer, *shapes)

    facts = [question.facts for question in asked("shape-error", 2)]
    assert any(stops_at(one, careless) != one["stops"] for one in facts)
    assert all(stops_at(one) is not None for one in facts)


@pytest.mark.parametrize("level", LEVELS)
def test_torch_stops_at_the_same_line(level):
    torch = pytest.importorskip("torch", reason="the block is built of torch's modules: install convcost[torch]")
    for question in asked("shape-error", level)[:SAMPLE]:
        for facts, expected in ((question.facts, question.facts["stops"]), (mended(question.facts), None)):
            with torch.device("meta"):
                assert _torch_stops_at(torch, facts) == expected, facts


def _torch_stops_at(torch, facts):
    values = {-1: torch.zeros(1, *facts["input"])}
    for number, (layer, sources) in enumerate(lines_of(facts)):
        given = [values[source] for source in sources]
        try:
            values[number] = torch_layer(layer, given)(*given)
        except (RuntimeError, ValueError):
            return number + 1
    return None


@pytest.mark.parametrize("level", LEVELS)
def test_the_mend_is_among_those_that_the_error_names(level):
    named = 0
    for question in asked("shape-error", level):
        facts = question.facts
        graph = Graph()
        values = {-1: graph.input()}
        for number, (spec, sources) in enumerate(facts["lines"]):
            values[number] = graph.add(parse(spec), *(values[source] for source in sources), name=f"line{number + 1}")
        graph.output(values[len(facts["lines"]) - 1])
        with pytest.raises(ShapeError) as caught:
            cost(graph, tuple(facts["input"]))
        assert caught.value.where == f"line{facts['stops']}"
        change = re.search(rf"line{facts['mend'][0]} would fit with ([^;]*)", caught.value.fix)
        layer = read(facts["mend"][1])[0]
        if change and layer.kind == "Conv":
            named += 1
            offered = re.findall(r"(\w+)=(\d+)", change[1])
            mends = {
                "stride": layer.get("stride", 1),
                "padding": layer.get("padding", 0),
                "kernel": layer.get("kernel"),
            }
            assert any(mends[name] == int(value) for name, value in offered), (caught.value.fix, facts["mend"])
    assert named > 20


@pytest.mark.parametrize("level", LEVELS)
def test_blocks_are_as_long_as_the_ranges_say(level):
    lengths = {len(question.facts["lines"]) for question in asked("shape-error", level)}
    low, high = re.search(r"blocks of (\d+) to (\d+) lines", str(topic("shape-error").ranges[level - 1])).groups()
    assert (min(lengths), max(lengths)) == (int(low), int(high))


def test_blocks_that_differ_in_nothing_that_stops_them_are_alike():
    conv = Line(Conv(8, 3, padding=1), (-1,))
    assert _matters(Line(Pool(2, kind="max"), (0,))) == _matters(Line(Pool(2, kind="avg"), (0,)))
    assert _matters(Line(Linear(10), (0,))) == _matters(Line(Linear(5), (0,)))
    assert _matters(conv) != _matters(Line(Conv(8, 3), (-1,)))


@pytest.mark.parametrize("name", ["shape-error", "misprint"])
def test_what_no_platform_marks_is_asked_on_paper_only(name):
    (question,) = asked(name, 2)[0].beside
    assert "what" in str(question)
    assert all(str(question) not in map(_told, one.prompt) and one.beside == (question,) for one in asked(name, 2))
    sheet = worksheet(name, seed="tests", count=1)
    assert all(str(question) in sheet.render(fmt) for fmt in ("markdown", "html", "latex"))
    assert all(str(question) not in sheet.render(fmt) for fmt in ("gift", "moodle"))


# -- misprints -----------------------------------------------------------------------------------------------------


def truth(rows, quantity, of):
    """What a line should say, by counting."""
    one: Counted = rows[of[0]]
    if quantity in ("weights", "params", "macs"):
        return getattr(one, quantity)
    if quantity == "macs-rounded":
        return one.macs
    if quantity == "height":
        return one.out[1]
    if quantity == "flops":
        return sum(2 for _ in range(one.macs)) if one.macs < 1000 else one.macs + one.macs
    if quantity == "sum":
        return sum(rows[n].macs for n in of)
    if quantity == "total":
        return sum(rows[n].params for n in of)
    if quantity == "ratio":
        return Fraction(one.macs, rows[of[1]].macs)
    assert quantity == "saving"
    filters = one.out[0]
    return Fraction(100 * (filters - of[1]), filters)


def says(printed, value):
    """Whether a printed number is the value, or what it rounds to, half up."""
    digits = printed.replace(",", "")
    if digits.endswith(" M"):
        return _rounded(Fraction(value, 10**6), 1) == digits.removesuffix(" M")
    if digits.endswith(" %"):
        return Fraction(digits.removesuffix(" %")) == value
    return _rounded(value, 2) == digits if "." in digits else Fraction(digits) == value


def _rounded(value, places):
    scaled = floor(Fraction(value) * 10**places + Fraction(1, 2))
    return f"{scaled // 10**places}.{scaled % 10**places:0{places}d}"


@pytest.mark.parametrize("level", LEVELS)
def test_one_line_is_wrong_and_it_is_the_one(level):
    for question in asked("misprint", level):
        facts = question.facts
        rows = counted(facts["spec"], facts["input"])
        wrong = [
            number
            for number, (quantity, of, printed) in enumerate(facts["lines"], start=1)
            if not says(printed, truth(rows, quantity, of))
        ]
        assert wrong == [facts["wrong"]], facts
        quantity, of, _ = facts["lines"][facts["wrong"] - 1]
        assert says(facts["right"], truth(rows, quantity, of)), facts
        assert str(question.answer.shown) == f"line {facts['wrong']}"
        assert len(question.distractors) == len(facts["lines"]) - 1


def test_counting_would_notice():
    """Control: of a network with one filter more, other lines are wrong."""
    facts = asked("misprint", 1)[0].facts
    spec = re.sub(r"Conv\((\d+)", lambda found: f"Conv({int(found[1]) + 1}", facts["spec"])
    rows = counted(spec, facts["input"])
    assert sum(not says(printed, truth(rows, quantity, of)) for quantity, of, printed in facts["lines"]) > 1


@pytest.mark.parametrize("level", LEVELS)
def test_what_stands_before_the_sign_is_right(level):
    """The expressions of all lines, worked out by Python, give what counting gives."""
    seen = Counter()
    for question in asked("misprint", level):
        facts = question.facts
        rows = counted(facts["spec"], facts["input"])
        for line, (quantity, of, printed) in zip(listing(question).lines, facts["lines"], strict=True):
            told = text(line)
            assert told.endswith(printed)
            expression = re.search(r": (.*) [=≈] \S*( M)?$", told)
            if expression is None:
                assert quantity in ("total", "saving")
                continue
            seen[quantity] += 1
            assert _worked_out(expression[1]) == truth(rows, quantity, of), told
    assert len(seen) >= 6


def belongs(rows, quantity, of):
    """The whole numbers which, read off another line, would save working this one out."""
    layers = [rows[n] for n in of] if quantity not in ("saving",) else [rows[of[0]]]
    if quantity == "height":
        return {layers[0].out[1]}
    if quantity in ("weights", "params"):
        return {layers[0].weights, layers[0].params}
    if quantity == "total":
        return {one.params for one in layers} | {sum(one.params for one in layers)}
    if quantity == "saving":
        return {layers[0].weights, layers[0].weights // layers[0].out[0] * of[1]}
    macs = {one.macs for one in layers}
    return (
        macs
        | ({sum(one.macs for one in layers)} if quantity in ("sum", "macs-rounded") else set())
        | ({2 * layers[0].macs} if quantity in ("macs", "flops", "macs-rounded") else set())
    )


def numbers_of(line):
    """The numbers of a line as they stand there, its layers' names left out."""
    return {word.strip("(),⌊⌋:/") for word in re.split(r"[\s/]+", re.sub(r"\b(conv|pool)\d", "", line)) if word}


def beside_it(told, place, right, values):
    """What the other lines print of what belongs into the line at ``place``."""
    others = set().union(*(numbers_of(line) for n, line in enumerate(told) if n != place))
    return {right.removesuffix(" M").removesuffix(" %"), *(f"{value:,}" for value in values)} & others


@pytest.mark.parametrize("level", LEVELS)
def test_no_other_line_prints_what_belongs_into_the_wrong_one(level):
    for question in asked("misprint", level):
        facts = question.facts
        rows = counted(facts["spec"], facts["input"])
        told, place = list(map(text, listing(question).lines)), facts["wrong"] - 1
        quantity, of, printed = facts["lines"][place]
        found = beside_it(told, place, facts["right"], belongs(rows, quantity, of))
        assert not found, told
        if quantity in ("flops", "sum", "total"):
            assert printed not in numbers_of(told[place].rpartition(" ")[0]), told[place]


def test_a_line_that_gives_another_away_is_seen():
    """Control: the MACs beside the FLOPs, and beside their sum."""
    flops = [
        "MACs of conv1: 5 × 5 × 6 × 8 × 64 × 64 = 4,687,500",
        "FLOPs of conv1, two for each MAC: 2 × 4,915,200 = 9",
    ]
    assert beside_it(flops, 0, "4,915,200", {4915200, 9830400}) == {"4,915,200"}
    total = ["Height behind conv1: ⌊(6 − 1)/1⌋ + 1 = 6", "MACs of all convolutions: 3,600 + 11,664 = 15,264"]
    assert beside_it([*total, "MACs of conv2: 9 × 36 × 36 = 5,832"], 2, "11,664", {11664}) == {"11,664"}
    assert beside_it(["Parameters: conv1 576, conv2 30, in total 606", "…"], 1, "576", {576}) == {"576"}


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_told_exact_and_rounded(level):
    for question in asked("misprint", level):
        about = [(quantity.removesuffix("-rounded"), tuple(of)) for quantity, of, _ in question.facts["lines"]]
        assert len(set(about)) == len(about)


@pytest.mark.parametrize("level", LEVELS)
def test_only_macs_and_flops_are_doubled_or_halved(level):
    for question in asked("misprint", level):
        quantity = question.facts["lines"][question.facts["wrong"] - 1][0]
        why = text(question.derivation[question.facts["wrong"] - 1].text)
        if question.facts["reason"] == "factor-2" or "FLOPs" in why:
            assert quantity in ("macs", "flops", "macs-rounded", "sum"), why


def _worked_out(expression):
    for mark, sign in ((",", ""), ("×", "*"), ("−", "-"), ("⌊", "floor("), ("⌋", ")")):
        expression = expression.replace(mark, sign)
    expression = re.sub(r"\d+", r"Fraction(\g<0>)", expression)
    return eval(expression, {"__builtins__": {}, "Fraction": Fraction, "floor": floor})  # noqa: S307


def _in_markdown(line):
    from convcost.formula import latex

    return "".join(piece if isinstance(piece, str) else _marked(piece, latex) for piece in pieces(line))


def _marked(piece, latex):
    return f"`{piece}`" if type(piece).__name__ == "Code" else f"${latex(piece)}$"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("written", [text, _in_markdown])
def test_the_proof_reader_calls_that_line_wrong_and_no_other(level, written):
    """A sample: every question was read once when it was drawn."""
    for question in asked("misprint", level)[:SAMPLE]:
        facts = question.facts
        lines = list(map(written, listing(question).lines))
        page = "\n".join(f"{n}. {line}" for n, line in enumerate(lines, start=1))
        found = [(one.line, one.reason) for one in verify(page) if one.verdict == "wrong"]
        assert found == [(facts["wrong"], facts["reason"])], page


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_is_wrong_once_that_line_is_mended(level):
    """Control of the proof-reader: what it calls wrong is the slip."""
    for question in asked("misprint", level)[:SAMPLE]:
        facts = question.facts
        lines = list(map(text, listing(question).lines))
        printed = facts["lines"][facts["wrong"] - 1][2]
        place = facts["wrong"] - 1
        lines[place] = lines[place].removesuffix(printed) + facts["right"]
        page = "\n".join(f"{n}. {line}" for n, line in enumerate(lines, start=1))
        assert all(one.verdict != "wrong" for one in verify(page)), page


@pytest.mark.parametrize("level", LEVELS)
def test_all_reasons_occur_and_the_key_tells_them(level):
    reasons = Counter(question.facts["reason"] for question in asked("misprint", level))
    expected = {
        "misprint", "factor-2", "bias", "missing-term", "wrong-operand", "output-shape", "total", "ratio-direction",
    }  # fmt: skip
    assert set(reasons) == expected | ({"unit", "rounding"} if level > 1 else set())
    for question in asked("misprint", level):
        steps = [text(step.text) for step in question.derivation]
        wrong = question.facts["wrong"]
        for number, step in enumerate(steps, start=1):
            assert step.startswith(f"Line {number} is {'wrong (' if number == wrong else 'right.'}")
        assert question.facts["right"] in steps[wrong - 1]


# -- tables with holes ---------------------------------------------------------------------------------------------


def cell_value(rows, kind, row):
    if kind == "total":
        return sum(one.params for one in rows)
    if kind == "total-macs":
        return sum(one.macs for one in rows)
    one = rows[row]
    side = {"side": lambda: one.out[1], "channels": lambda: one.out[0], "kernel": lambda: one.layer.get("kernel")}
    return side[kind]() if kind in side else getattr(one, kind)


@pytest.mark.parametrize("level", LEVELS)
def test_holes_hold_what_counting_gives(level):
    kinds = Counter()
    for question in asked("summary-table", level):
        facts = question.facts
        assert isinstance(question.answer, Numbers)
        rows = counted(facts["spec"], facts["input"])
        assert [gap.value for gap in question.answer.gaps] == [value for _, _, value in facts["holes"]]
        for kind, row, value in facts["holes"]:
            kinds[kind] += 1
            assert value == cell_value(rows, kind, row) > 0, facts
    assert len(kinds) == {1: 2, 2: 6, 3: 7}[level]


@pytest.mark.parametrize("level", LEVELS)
def test_the_table_alone_tells_every_hole(level):
    """All kernels and filters are tried: those that fit what the table shows are the answer's, and nothing else is."""
    for question in asked("summary-table", level):
        found = _solved(question)
        assert [found[n] for n in range(1, len(found) + 1)] == [gap.value for gap in question.answer.gaps], found


def test_a_table_that_tells_too_little_is_seen():
    """Control: with neither parameters nor MACs there is more than one kernel."""
    assert len(_fitting({"given": (3, 8), "kernel": None, "stride": 1, "padding": 1, "bias": 1, "shape": [4, None],
        "params": None, "macs": None})) > 1  # fmt: skip


def _solved(question):
    grid = next(part for part in question.prompt if isinstance(part, Grid))
    found, totals = {}, [0, 0]
    shape = tuple(question.facts["input"])
    *rows, last = [[text(cell) for cell in row] for row in grid.rows]
    for name, shown, *numbers in rows:
        cells = [name, *shown.split(" × "), *numbers]
        shape, row_found, costs = _solved_row(cells[0], shown.split(" × "), numbers, shape)
        found |= {n: value for n, value in row_found.items() if found.setdefault(n, value) == value}
        totals = [total + more for total, more in zip(totals, costs, strict=True)]
    for cell, total in zip(last[2:], totals, strict=False):
        if cell.startswith("("):
            found[int(cell[1:-1])] = total
        else:
            assert int(cell.replace(",", "")) == total
    return found


def _number(cell):
    return None if cell.startswith("(") else int(cell.replace(",", ""))


def _solved_row(name, shown, numbers, shape):
    """The shape behind a row, what its holes hold, and its parameters and MACs."""
    kernel = re.search(r"(?:kernel|window) (\S+)", name)
    stride, padding = (re.search(rf"{word} (\d+)", name) for word in ("stride", "padding"))
    row = {
        "given": shape[:2], "kernel": _number(kernel[1]) if kernel else None, "stride": int(stride[1]) if stride else 1,
        "padding": int(padding[1]) if padding else 0, "bias": int("with bias" in name),
        "shape": [_number(cell) for cell in shown[:2]], "params": _number(numbers[0]),
        "macs": _number(numbers[1]) if len(numbers) > 1 else None,
    }  # fmt: skip
    if "convolution" in name:
        ((k, out, side, params, macs),) = _fitting(row)
    else:
        k, out, side, params, macs = _plainly(name, row, shape)
    behind_it = (out, side, side) if side else (out,)
    values = [(kernel[1] if kernel else "", k), (shown[0], out), (numbers[0], params)]
    values += [(shown[1], side)] if side else []
    values += [(numbers[1], macs)] if len(numbers) > 1 else []
    return behind_it, {int(c[1:-1]): value for c, value in values if c.startswith("(")}, (params, macs)


def _fitting(row):
    channels, size = row["given"]
    found = []
    for k, out in itertools.product(range(1, 16), range(1, 1100)):
        if row["kernel"] not in (None, k) or row["shape"][0] not in (None, out):
            continue
        params = k * k * channels * out + row["bias"] * out
        if row["params"] not in (None, params) or k > size + 2 * row["padding"]:
            continue
        side = places(size, k, row["stride"], row["padding"])
        macs = k * k * channels * out * side * side
        if row["shape"][1] in (None, side) and row["macs"] in (None, macs):
            found.append((k, out, side, params, macs))
    return found


def _plainly(name, row, shape):
    if "linear" in name:
        out = row["shape"][0]
        return 0, out, 0, shape[0] * out + out, shape[0] * out
    if "flatten" in name:
        return 0, prod(shape), 0, 0, 0
    if "pooling" in name:
        return row["kernel"], shape[0], places(shape[1], row["kernel"], row["stride"], row["padding"]), 0, 0
    return 0, shape[0], shape[1], 2 * shape[0] if "norm" in name else 0, 0


@pytest.mark.parametrize("level", LEVELS)
def test_torch_has_these_shapes_and_parameters(level):
    torch = pytest.importorskip("torch", reason="the network is built of torch's modules: install convcost[torch]")
    for question in asked("summary-table", level)[:SAMPLE]:
        facts = question.facts
        with torch.device("meta"):
            value = torch.zeros(1, *facts["input"])
            seen = []
            for layer in read(facts["spec"]):
                module = torch_layer(layer, [value])
                value = module(value)
                seen.append((tuple(value.shape[1:]), sum(weight.numel() for weight in module.parameters())))
        for kind, row, hole in facts["holes"]:
            if kind in ("side", "channels", "params"):
                shape, params = seen[row]
                assert hole == {"side": shape[-1], "channels": shape[0], "params": params}[kind], facts
            elif kind == "total":
                assert hole == sum(params for _, params in seen)


#: Slips of a window, by what they are called: (size, kernel, stride, padding) to places.
WINDOW_SLIPS = {
    "the size of the input kept": lambda n, k, s, p: n,
    "the padding forgotten": lambda n, k, s, p: places(n, k, s, 0),
    "the padding counted on one side only": lambda n, k, s, p: places(n + p, k, s, 0),
    "the stride forgotten": lambda n, k, s, p: places(n, k, 1, p),
    "rounded up instead of down": lambda n, k, s, p: places(n, k, s, p, ceil=True),
    "the + 1 forgotten": lambda n, k, s, p: places(n, k, s, p) - 1,
}


@pytest.mark.parametrize("level", LEVELS)
def test_wrong_sizes_come_of_the_slip_that_is_named(level):
    seen = Counter()
    for question in asked("summary-table", level):
        rows = counted(question.facts["spec"], question.facts["input"])
        for wrong in question.distractors:
            values = [int(one.replace(",", "")) for one in re.findall(r"\(\d+\) ([\d,]*\d)", str(wrong.shown))]
            hole, why = re.fullmatch(r"\((\d+)\): (.*)", str(wrong.mistake)).groups()
            assert not re.search("too many|counted twice|another size", why)
            kind, row, _ = question.facts["holes"][int(hole) - 1]
            if kind == "side":
                seen[why] += 1
                layer, size = rows[row].layer, rows[row].given[1]
                stride = layer.get("stride") or (layer.get("kernel") if layer.kind == "Pool" else 1)
                given = (size, layer.get("kernel"), stride, layer.get("padding", 0))
                assert values[int(hole) - 1] == WINDOW_SLIPS[why](*given), (question.facts, why)
    assert len(seen) >= 3


@pytest.mark.parametrize("name", ["summary-table", "which-counter"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_law_has_letters_that_belong_together(name, level):
    linear = 0
    for question in asked(name, level):
        for step in question.derivation:
            chain = str(step.formula)
            linear += "in·out" in chain
            assert not ("in·out" in chain and "C_out" in chain), chain
            if re.match(r"bias additions of linear\d", text(step.text)):
                assert chain.startswith("n = out = "), chain
            elif re.match(r"bias additions of conv\d", text(step.text)):
                assert chain.startswith("n = C_out·H_out·W_out = "), chain
    assert linear


# -- counters ------------------------------------------------------------------------------------------------------


def _all(rows, kind, count):
    return sum(count(one) for one in rows if one.layer.kind == kind)


def _elements(one):
    return prod(one.out)


def _entering(one):
    return prod(one.given)


def _compares(one):
    return prod(one.out) * (prod(pair(one.layer.get("kernel"))) - 1)


#: What each way of counting comes to, written down by hand.
BY_HAND = {
    "macs": lambda rows: sum(one.macs for one in rows),
    "flops": lambda rows: sum(one.macs + one.macs for one in rows),
    "bias": lambda rows: sum(one.macs + one.bias_adds for one in rows),
    "parameters": lambda rows: (
        sum(one.params * prod(one.out[1:]) for one in rows if one.layer.kind != "BatchNorm")
        + _all(rows, "BatchNorm", lambda one: one.params)
    ),
    "norm-1": lambda rows: sum(one.macs for one in rows) + _all(rows, "BatchNorm", _elements),
    "norm-2": lambda rows: sum(one.macs for one in rows) + 2 * _all(rows, "BatchNorm", _elements),
    "norm-4": lambda rows: sum(one.macs for one in rows) + 4 * _all(rows, "BatchNorm", _elements),
    "hooks": lambda rows: (
        sum(one.macs + one.bias_adds for one in rows)
        + 2 * (_all(rows, "BatchNorm", _elements) + _all(rows, "ReLU", _elements) + _all(rows, "Pool", _entering))
    ),
    "patched": lambda rows: (
        sum(2 * one.macs for one in rows)
        + _all(rows, "Conv", lambda one: one.bias_adds)
        + 2 * _all(rows, "BatchNorm", _elements)
        + _all(rows, "ReLU", _elements)
        + _all(rows, "Pool", _entering)
    ),
    "full": lambda rows: (
        sum(2 * one.macs + one.bias_adds for one in rows)
        + 2 * _all(rows, "BatchNorm", _elements)
        + _all(rows, "ReLU", _elements)
        + _all(rows, "Pool", _compares)
    ),
}


@pytest.mark.parametrize("level", LEVELS)
def test_counters_print_what_counting_gives(level):
    for question in asked("which-counter", level):
        facts = question.facts
        rows = counted(facts["spec"], facts["input"])
        totals = [BY_HAND[name](rows) for name in facts["counters"]]
        assert facts["printed"] == sorted(set(totals)) and len(facts["printed"]) == len(totals)
        assert [facts["printed"][line - 1] for line in facts["answer"]] == totals
        assert [gap.value for gap in question.answer.gaps] == facts["answer"]
        assert [str(line).replace(",", "") for line in question.prompt[-1].lines] == list(map(str, facts["printed"]))
        for wrong in question.distractors:
            lines = [int(part.split()[1]) for part in str(wrong.shown).split(", ")]
            assert sorted(lines) == sorted(facts["answer"]) and lines != facts["answer"]


def test_a_counter_that_counts_otherwise_is_seen():
    """Control: no two ways come to the same on a network that has some of everything."""
    rows = counted("Conv(8, 3, padding=1) >> BatchNorm() >> ReLU() >> Pool(2) >> Flatten() >> Linear(10)", (3, 8, 8))
    assert len({count(rows) for count in BY_HAND.values()}) == len(BY_HAND) == len(WAYS)


@pytest.mark.parametrize("level", LEVELS)
def test_key_and_question_speak_alike_of_biases(level):
    """Where no counter is told to price those of convolutions alone, no explanation does."""
    told = Counter()
    for question in asked("which-counter", level):
        prompt = "\n".join(map(_told, question.prompt))
        alone = "bias addition of a convolution" in prompt
        for words in [*(wrong.mistake for wrong in question.distractors), *(step.text for step in question.derivation)]:
            if re.search("exchanged|adds up", text(words)) and "bias additions" in text(words):
                told[alone] += 1
                assert alone or not re.search("bias additions of", text(words)), words
    assert told[False] > 10


def test_how_many_comparisons_a_window_takes_is_told():
    about = str(next(way for way in WAYS if way.name == "full").about)
    taps, compares = re.search(r"a window of (.*) elements takes (.*)\)", about).groups()
    assert (taps, compares) == ("k × k", "k·k − 1")
    for k in (2, 3, 5):
        window = list(range(k * k))
        best, taken = window[0], 0
        for value in window[1:]:
            best, taken = max(best, value), taken + 1
        assert taken == k * k - 1 == cost(parse(f"Pool({k})"), (1, k, k)).under("full")


def test_counters_in_another_order_are_no_other_question():
    """What has the same name in ``alike`` has the same numbers, whatever the letters are."""
    for level in LEVELS:
        for question in asked("which-counter", level):
            facts = question.facts
            pairs = sorted(
                (name, facts["printed"][n - 1]) for name, n in zip(facts["counters"], facts["answer"], strict=True)
            )
            assert question.alike == repr(pairs)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_no_two_are_alike(name, level):
    """The wrong line, the arithmetic of the holes, the block up to where it stops, the counters with their numbers."""
    found = [question.alike for question in asked(name, level)]
    assert all(found) and len(set(found)) == COUNT
    ranges = list(map(str, topic(name).ranges))
    assert len(set(ranges)) == 3


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_conventions_count_so(way):
    """What is said of a tool is what its convention says, on networks of all levels."""
    if set(way.conventions) - {"macs", "flops", "full"}:
        pytest.importorskip("torch", reason="conventions of tools are told from a module: install convcost[torch]")
    for question in [asked("which-counter", level)[n] for level in LEVELS for n in range(3)]:
        spec, shape = question.facts["spec"], tuple(question.facts["input"])
        expected = BY_HAND[way.name](counted(spec, shape))
        assert {name: _costed(spec, shape).under(name) for name in way.conventions} == dict.fromkeys(
            way.conventions, expected
        )


@cache
def _costed(spec, shape):
    """Built once, asked under every convention."""
    return cost(parse(spec), shape)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_the_tools_count_so(way):
    pytest.importorskip("torch", reason="tools count modules: install convcost[torch]")
    import torch
    from torch import nn

    from convcost.frameworks.counters import TOOLS, installed, run

    tools = [name for name in way.conventions if name in TOOLS]
    if not tools:
        pytest.skip("this way is our own")
    for tool in tools:
        if not installed(tool):
            pytest.skip(f"{tool} is not installed: install convcost[peers]")
        for question in asked("which-counter", 1)[:3]:
            value, layers = torch.zeros(1, *question.facts["input"]), []
            for layer in read(question.facts["spec"]):
                layers.append(torch_layer(layer, [value]))
                value = layers[-1](value)
            printed = run(tool, nn.Sequential(*layers), torch.rand(1, *question.facts["input"])).printed
            expected = BY_HAND[way.name](counted(question.facts["spec"], question.facts["input"]))
            assert printed == expected, (tool, question.facts)
