"""Questions about blocks and stacks: every answer once more, by loops, by search, by a reader of the tests' own."""

from __future__ import annotations

import ast
import dataclasses
import json
import random
import re
from fractions import Fraction

import pytest

from convcost.formula import Chain, Formula, Frac, Num, evaluate, put, symbol
from convcost.formula.nodes import Sum, children
from convcost.messages import Message
from convcost.worksheets import Distractor, Expression, Gap, Listing, Numbers, Step
from convcost.worksheets.inline import text

from .branching import at_width, count_of, read_block, reads, terms_in_width, torch_block, walked, worth_of
from .independent import drawn

#: 1,002 of each topic over the three levels.
COUNT = 334
TOPICS = ("receptive-field", "memory", "compare-blocks", "ratio", "break-even", "closed-form")
CASES = [(name, level) for name in TOPICS for level in (1, 2, 3)]
BYTES = {"float16": 2, "float32": 4, "float64": 8}
UNITS = {"kB": 1000, "KiB": 1024, "MB": 1_000_000, "MiB": 1024 * 1024}


# -- answers -----------------------------------------------------------------------------------------------------------


def points(facts, count=2):
    """Small whole numbers for the letters of a question, the groups dividing the channels."""
    chance = random.Random(json.dumps(facts))
    found = []
    for _ in range(count):
        point = {letter: chance.randrange(2, 6) for letter in "CHWrsLMN"}
        point |= {"k": chance.choice((1, 3, 5)), "g": chance.randrange(2, 4)}
        found.append(
            point | {letter: point[letter] * (point["g"] if "groups=g" in str(facts) else 1) for letter in "CN"}
        )
    if "groups=" in str(facts):
        for group in re.findall(r"groups=(\d+)", str(facts)):
            found = [point | {letter: point[letter] * int(group) for letter in "CN"} for point in found]
    return found


def ratio_at(facts, point):
    first, second = (count_of(spec, facts["input"], facts["quantity"], point) for spec in facts["specs"])
    return Fraction(first, second)


def largest_width(facts):
    """Linear search, one width after the other."""
    first, second = facts["specs"]
    point = {"H": 6, "W": 4}
    bound = count_of(first, facts["input"], "macs", point)
    shape = tuple(point[dim] if dim in point else int(dim) for dim in facts["input"])
    _, terms = terms_in_width(read_block(second, {"r": "r"}), shape)
    width = 0
    while at_width(terms, width + 1) < bound:
        width += 1
    return width


def seen(facts):
    block = read_block(facts["spec"])
    first, second = reads(block, {0}), reads(block, {1})
    told = {"size": max(first) - min(first) + 1, "stride": min(second) - min(first), "start": min(first)}
    return [told[name] for name in facts["asked"]]


def memory(facts):
    _, rows = walked(read_block(facts["spec"]), tuple(facts["input"]))
    size = BYTES[facts["type"]]
    params = sum(row[0] + row[1] for row in rows) * size
    maps = sum(row[2] for row in rows) * size * facts["batch"]
    return [params, maps, *([Fraction(params + maps, UNITS[facts["unit"]])] if facts["unit"] else [])]


def compared(facts):
    first, second = (count_of(spec, facts["input"], facts["quantity"]) for spec in facts["specs"])
    return [first, second, 1 if first < second else 2, Fraction(max(first, second), min(first, second))]


NUMBERS = {"receptive-field": seen, "memory": memory, "compare-blocks": compared,
           "break-even": lambda facts: [largest_width(facts)]}  # fmt: skip


def right(question):
    """Whether an independent computation from the facts gives the answer."""
    facts, answer = question.facts, question.answer
    if isinstance(answer, Numbers):
        return [gap.value for gap in answer.gaps] == NUMBERS[question.topic](facts)
    if question.topic == "ratio":
        by = [(point, ratio_at(facts, point)) for point in points(facts)]
        by.append((facts["values"], worth_of(answer.text, facts["values"])))
    else:
        by = [(p, Fraction(count_of(facts["spec"], facts["input"], facts["quantity"], p))) for p in points(facts)]
    return all(worth_of(answer.text, point) == value == form_at(answer.shown, point) for point, value in by)


def form_at(shown, point):
    """The value of a formula that is shown; of a chain, of its first part."""
    return evaluate(put(shown.parts[0] if isinstance(shown, Chain) else shown, point))


@pytest.mark.parametrize(("name", "level"), CASES)
def test_answers_are_what_counting_gives(name, level):
    for question in drawn(name, level, COUNT):
        assert right(question), question.facts


@pytest.mark.parametrize("name", TOPICS)
def test_the_count_would_notice(name):
    """Control: an answer that is off by one is no answer, nor is one with another letter."""
    question = drawn(name, 2, COUNT)[5]
    if isinstance(question.answer, Numbers):
        for number, gap in enumerate(question.answer.gaps):
            gaps = list(question.answer.gaps)
            gaps[number] = dataclasses.replace(gap, value=gap.value + 1)
            off = dataclasses.replace(question.answer, gaps=tuple(gaps))
            assert not right(dataclasses.replace(question, answer=off))
    else:
        off = dataclasses.replace(question.answer, text=question.answer.text + " + 1")
        assert not right(dataclasses.replace(question, answer=off))
        other = Sum(question.answer.shown, Num(1)) if not isinstance(question.answer.shown, Chain) else symbol("C")
        assert not right(dataclasses.replace(question, answer=dataclasses.replace(question.answer, shown=other)))


def test_ratios_are_told_with_their_value():
    for level in (1, 2, 3):
        for question in drawn("ratio", level, COUNT):
            for shown in (question.answer.shown, *(wrong.shown for wrong in question.distractors)):
                value, told = form_at(shown, question.facts["values"]), evaluate(shown.parts[-1])
                assert abs(value - told) <= Fraction(1, 200)
                assert (value == told) == (shown.signs[-1] == "=")


@pytest.mark.parametrize("level", [1, 2, 3])
def test_torch_says_the_same(level):
    """A sample: real modules on the meta device, counted by torch's own counter."""
    torch = pytest.importorskip("torch", reason="the oracle is torch itself: install convcost[torch]")
    from torch.utils.flop_counter import FlopCounterMode

    for question in drawn("compare-blocks", level, COUNT)[:12]:
        facts, counts = question.facts, []
        for spec in facts["specs"]:
            with torch.device("meta"):
                module, _ = torch_block(read_block(spec), facts["input"][0])
                with FlopCounterMode(display=False) as counter:
                    module(torch.empty(1, *facts["input"]))
            params = sum(each.numel() for each in module.parameters())
            counts.append(counter.get_total_flops() // 2 if facts["quantity"] == "macs" else params)
        assert counts == [gap.value for gap in question.answer.gaps[:2]]


@pytest.mark.parametrize("level", [1, 2, 3])
def test_torch_keeps_as_much(level):
    """A sample: elements that hooks see behind every layer, and parameters."""
    torch = pytest.importorskip("torch", reason="the oracle is torch itself: install convcost[torch]")

    for question in drawn("memory", level, COUNT)[:12]:
        facts, kept = question.facts, []
        with torch.device("meta"):
            module, _ = torch_block(read_block(facts["spec"]), facts["input"][0])
            for layer in module:
                layer.register_forward_hook(lambda layer, given, out, kept=kept: kept.append(out.numel()))
            module(torch.empty(facts["batch"], *facts["input"]))
        size = getattr(torch, facts["type"]).itemsize
        params = sum(each.numel() for each in module.parameters())
        assert [params * size, sum(kept) * size] == [gap.value for gap in question.answer.gaps[:2]]


def test_gradients_reach_as_far():
    """A sample: the input elements that have a gradient in one element of the output, all weights being one."""
    torch = pytest.importorskip("torch", reason="the oracle is torch itself: install convcost[torch]")

    chosen = [
        q for level in (1, 2, 3) for q in drawn("receptive-field", level, COUNT)[:60] if q.answer.gaps[0].value < 60
    ]
    for question in chosen[:15]:
        spec = question.facts["spec"].replace("Pool(", "Pool(kind='avg', kernel=").replace(", kind='max'", "")
        block = read_block(re.sub(r", kind='avg'\)", ")", spec))
        module, _ = torch_block(block, 1)
        for parameter in module.parameters():
            torch.nn.init.ones_(parameter)
        given = torch.ones(1, 1, 200, 200, requires_grad=True)
        out = module(given)
        middle = out.shape[2] // 2
        out[0, 0, middle, middle].backward()
        touched = given.grad[0, 0].abs().sum(0).nonzero().flatten()
        values = dict(zip(question.facts["asked"], (gap.value for gap in question.answer.gaps), strict=True))
        assert int(touched.max() - touched.min()) + 1 == values["size"], question.facts
        if "start" in values:
            assert int(touched.min()) == values["start"] + middle * values["stride"]


# -- derivations -------------------------------------------------------------------------------------------------------


def letters_of(part):
    if type(part).__name__ == "Sym":
        return {f"{part.name}_{part.index}" if part.index else part.name}
    return set().union(*(letters_of(inner) for inner in children(part)))


def part_at(part, point):
    try:
        return evaluate(put(part, point)) if letters_of(part) <= point.keys() else None
    except ValueError:
        return None


def holds(chain, point):
    """How many neighbours were compared; -1 where two are not as their sign says."""
    values, compared_ = [part_at(part, point) for part in chain.parts], 0
    for place, sign in enumerate(chain.signs):
        before, after, ends = values[place], values[place + 1], chain.parts[place : place + 2]
        # A letter that is solved for is equal to its solution alone, and an inequality holds for some values only.
        solved = any(type(end).__name__ == "Sym" for end in ends) or (sign in "<≥" and any(map(letters_of, ends)))
        if before is None or after is None or solved:
            continue
        compared_ += 1
        fine = {"=": before == after, "<": before < after, "≥": before >= after,
                "≈": 0 < abs(before - after) <= Fraction(1, 200)}[sign]  # fmt: skip
        if not fine:
            return -1
    return compared_


@pytest.mark.parametrize(("name", "level"), CASES)
def test_derivations_hold(name, level):
    for question in drawn(name, level, COUNT):
        letters = {*question.facts.get("letters", ()), *({"H", "W", "r"} if name == "break-even" else ())}
        # In a chain of a layer's own letters H is that layer's, so memory's chains have no point.
        values = points(question.facts, 1)[0] if letters else {}
        values |= question.facts.get("values", {})
        point = {letter: values[letter] for letter in letters}
        counts = [holds(step.formula, point) for step in question.derivation if step.formula is not None]
        assert counts and min(counts) >= 0 and max(counts) > 0, [str(step.formula) for step in question.derivation]


def test_a_wrong_derivation_is_noticed():
    """Control."""
    for step in drawn("compare-blocks", 1, COUNT)[0].derivation:
        *before, _ = step.formula.parts
        assert holds(step.formula, {}) > 0
        assert holds(Chain(*before, Num("0.01"), signs=step.formula.signs), {}) == -1
    assert holds(Chain(Num(3), Num(3), signs="<"), {}) == holds(Chain(Num(2), Num(3), signs="≥"), {}) == -1


@pytest.mark.parametrize("level", [1, 2, 3])
def test_derivations_end_in_the_answer(level):
    for name in ("break-even", "closed-form"):
        for question in drawn(name, level, COUNT):
            ends = [step.formula.parts for step in question.derivation]
            if name == "closed-form":
                assert str(ends[-1][-1]) == str(question.answer.shown)
            else:
                assert any(str(part) == str(question.answer.shown) or str(question.answer.shown) in str(part)
                           for part in (*ends[-1], *ends[-2]))  # fmt: skip


def test_equal_costs_are_not_fewer():
    """Where both blocks cost the same at a whole number, the answer is one less, and the derivation says so."""
    found = 0
    for level in (1, 2, 3):
        for question in drawn("break-even", level, COUNT):
            first, second = question.facts["specs"]
            width, point = question.answer.gaps[0].value, {"H": 6, "W": 4}
            bound = count_of(first, question.facts["input"], "macs", point)
            equal = count_of(second, question.facts["input"], "macs", point | {"r": width + 1}) == bound
            told = any("equally many" in str(step.text) for step in question.derivation)
            if "≥" not in str(question.derivation[-1].formula):
                assert equal == told
                found += equal
    assert found > 0


# -- what is asked -----------------------------------------------------------------------------------------------------


def asked(question):
    lines = []
    for part in question.prompt:
        lines += [text(line) for line in part.lines] if isinstance(part, Listing) else [text(part)]
    return "\n".join(lines)


def numbers_that_matter(question):
    """Numbers and letters that the answer hangs on, as they are written."""
    facts = question.facts
    needed = set()
    for spec in facts.get("specs", [facts.get("spec")]):
        for call in (node for node in ast.walk(ast.parse(spec)) if isinstance(node, ast.Call)):
            if call.func.id in ("Concat", "Seq"):
                continue
            depthwise = any(k.arg == "groups" and ast.unparse(k.value) == "'depthwise'" for k in call.keywords)
            values = [*call.args, *(keyword.value for keyword in call.keywords)]
            # The filters of a depthwise convolution are those channels that come in; a field hangs on no channels.
            values = (
                values[1:] if depthwise or (question.topic == "receptive-field" and call.func.id == "Conv") else values
            )
            for node in (inner for value in values for inner in ast.walk(value)):
                if isinstance(node, ast.Name) and node.id not in ("Conv", "Pool", "ReLU", "Concat"):
                    needed.add(node.id)
                elif isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1:
                    needed.add(f"{node.value:,}")
    if question.topic != "receptive-field":
        needed |= {str(dim) for dim in facts["input"]}
    needed |= {f"{name} = {value}" for name, value in facts.get("values", {}).items()}
    needed |= {facts["type"], f"{BYTES[facts['type']]} bytes"} if "type" in facts else set()
    needed |= {f"1 {facts['unit']} = {UNITS[facts['unit']]:,} bytes"} if facts.get("unit") else set()
    needed |= {f"batch of {facts['batch']}"} if facts.get("batch", 1) > 1 else set()
    return needed


def missing(question):
    told = asked(question)
    return [
        need
        for need in numbers_that_matter(question)
        if not re.search(rf"(?<![\w,]){re.escape(need)}(?![\w]|,\d)", told)
    ]


@pytest.mark.parametrize(("name", "level"), CASES)
def test_questions_say_all_that_is_needed(name, level):
    for question in drawn(name, level, COUNT):
        assert not missing(question), (missing(question), asked(question))
        if "bias" in question.facts.get("quantity", "") or question.facts["quantity"] == "params":
            assert "bias" in asked(question)


def test_a_number_that_is_not_told_is_noticed():
    """Control."""
    question = drawn("compare-blocks", 1, COUNT)[0]
    cut = tuple(part for part in question.prompt if not isinstance(part, Listing))
    assert missing(dataclasses.replace(question, prompt=cut))


@pytest.mark.parametrize(("name", "level"), CASES)
def test_no_two_questions_are_alike(name, level):
    found = drawn(name, level, COUNT)
    assert len({json.dumps(question.facts) for question in found}) == len({*map(asked, found)}) == COUNT
    assert len({hangs_on(question) for question in found}) == COUNT


def hangs_on(question):
    """What the answer hangs on, by the tests' own reading: no kind of pooling, no map whose size cancels."""
    facts = question.facts
    specs = [re.sub(r",? ?kind='\w+'", "", spec) for spec in facts.get("specs", [facts.get("spec")])]
    shape = facts["input"][: 1 if question.topic == "break-even" or facts["quantity"] == "params" else 3]
    if question.topic == "receptive-field":
        return json.dumps([windows(read_block(specs[0])), len(facts["asked"])])
    if question.topic == "ratio":
        letters = set(re.findall("[A-Za-z]", question.answer.text))
        shape = sorted((letter, value) for letter, value in facts["values"].items() if letter in letters)
    return json.dumps([specs, shape, facts["quantity"], [facts.get(name) for name in ("batch", "type", "unit")]])


def windows(block):
    """Numbers of the windows alone, convolution or pooling."""
    kind, inner = block
    if kind in ("seq", "concat"):
        return [kind, [windows(part) for part in inner]]
    return [inner[name] for name in ("kernel", "stride", "padding", "dilation")]


def test_the_kind_of_a_pooling_makes_no_other_question():
    """Control: what differs in nothing that matters is the same question, and is told to be."""
    from convcost.layers import Conv, Pool
    from convcost.worksheets.topics.fields import _windows

    stacks = [[Pool(2, 2, kind=kind), Conv(4, 3)] for kind in ("max", "avg")] + [[Conv(4, 2, 2), Conv(4, 3)]]
    assert len({_windows(stack, 1) for stack in stacks}) == 1
    assert _windows([Pool(2, 2), Conv(4, 5)], 1) != _windows(stacks[0], 1)
    assert _windows([Pool(2, 2), Conv(4, 3, 2)], 1) == _windows(stacks[0], 1) != _windows([Pool(2, 1), Conv(4, 3)], 1)
    assert _windows([Pool(2, 2), Conv(4, 3, 2)], 2) != _windows(stacks[0], 2)


def different(right_one, wrong):
    """Whether a distractor is certainly another answer: other text, and for formulas another function."""
    if str(right_one.shown) == str(wrong.shown):
        return False
    if isinstance(right_one, Expression):
        point = dict(zip("CHWkgrsLMN", (101, 103, 107, 109, 113, 127, 131, 137, 139, 149), strict=True))
        return form_at(right_one.shown, point) != form_at(wrong.shown, point)
    if isinstance(right_one.shown, Num):
        return right_one.shown.value != wrong.shown.value
    return re.findall(r"[−\d,.]+", str(right_one.shown)) != re.findall(r"[−\d,.]+", str(wrong.shown))


@pytest.mark.parametrize(("name", "level"), CASES)
def test_distractors_are_wrong_and_differ(name, level):
    places = set()
    for question in drawn(name, level, COUNT):
        assert 3 <= len(question.distractors) <= 4
        assert all(different(question.answer, wrong) for wrong in question.distractors)
        shown = [str(wrong.shown) for wrong in question.distractors]
        assert len({*shown}) == len(shown)
        options = [str(option) for option, _ in question.options()]
        assert sorted(options) == sorted([str(question.answer.shown), *shown])
        places.add(options.index(str(question.answer.shown)))
        # The same order if another one were right.
        first, *others = question.distractors
        swapped = dataclasses.replace(
            question,
            answer=dataclasses.replace(question.answer, shown=first.shown),
            distractors=(*others, Distractor(question.answer.shown, first.mistake)),
        )
        assert [str(option) for option, _ in swapped.options()] == options
    assert len(places) > 2


def test_an_equal_distractor_is_noticed():
    """Control: the same function in other words is no other answer."""
    question = drawn("closed-form", 1, COUNT)[0]
    same = Frac(Sum(question.answer.shown, question.answer.shown), Num(2))
    assert str(same) != str(question.answer.shown)
    assert not different(question.answer, Distractor(same, Message("none")))


def test_sympy_finds_no_distractor_equal():
    """A sample, settled by SymPy for all values of the letters."""
    sympy = pytest.importorskip("sympy", reason="the judge is SymPy: install convcost")
    from convcost.symbolic import identical, letter
    from convcost.worksheets.topics.folding import code

    for name in ("ratio", "closed-form"):
        for question in (q for level in (1, 2, 3) for q in drawn(name, level, COUNT)[:12]):
            known = {each: letter(each) for each in "CHWkgrsLMN"}
            right_one = sympy.sympify(question.answer.text, locals=known)
            for wrong in question.distractors:
                form = wrong.shown.parts[0] if isinstance(wrong.shown, Chain) else wrong.shown
                assert not identical(right_one, sympy.sympify(code(form), locals=known))


@pytest.mark.parametrize(("name", "level"), CASES)
def test_no_numbers_are_degenerate(name, level):
    for question in drawn(name, level, COUNT):
        assert question.level == level and question.points > 0 and question.hint and question.derivation
        assert all(isinstance(step, Step) and step.text for step in question.derivation)
        if name == "compare-blocks":
            assert question.answer.gaps[3].value >= Fraction(21, 20)
            assert max(gap.value for gap in question.answer.gaps[:2]) <= (99_999 if level == 1 else 10**10)
            # Nothing is fewer by a factor of one.
            assert not any(str(wrong.shown).endswith(" 1.00") for wrong in question.distractors)
        elif name == "break-even":
            width, channels = question.answer.gaps[0].value, int(question.facts["input"][0])
            assert 2 <= width <= channels - 2 and channels <= 10 * width
        elif name == "memory":
            assert all(gap.value > 0 for gap in question.answer.gaps)
        elif name == "receptive-field":
            assert question.answer.gaps[0].value > 3
        else:
            assert any(part in question.answer.text for part in "CHWkgrsLMN")
            assert name != "closed-form" or level < 3 or question.facts["spec"].count("Conv(") >= 2
            assert name != "ratio" or ratio_at(question.facts, question.facts["values"]) >= Fraction(11, 10)
        assert isinstance(question.answer.shown, (Message, Formula))
        assert all(isinstance(gap, Gap) for gap in getattr(question.answer, "gaps", ()))


def in_code(form):
    """The text of a formula as people read it, turned into an expression."""
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
    shown = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: "**" + power[0].translate(raised), str(form))
    return shown.replace("·", "*").replace(" × ", "*").replace("−", "-").replace(",", "")


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_ratio_is_printed_as_the_expression_holds_it(level):
    """Sums stay factored: what is printed is no longer than what a platform judges."""
    for question in drawn("ratio", level, COUNT):
        form, text = question.answer.shown.parts[0], question.answer.text
        assert in_code(form) == text
        assert any(str(form) in str(step.formula) for step in question.derivation)


def test_a_number_in_front_of_a_sum_is_not_multiplied_in():
    from convcost.symbolic import ratio, symbols, tree

    C, N, r = symbols("C N r")
    assert str(tree(ratio(49 * C, 9 * C + 18 * N))) == "49·C/(9·(C + 2·N))"
    assert str(tree(ratio(9 * C + 9 * N, 25 * C))) == "9·(C + N)/(25·C)"
    assert str(tree(C * r * N / 4 + r**2)) == "C·N·r/4 + r²"
    assert str(tree(-ratio(r, C + N))) == "−r/(C + N)"


@pytest.mark.parametrize("name", ["memory", "compare-blocks", "ratio", "break-even"])
def test_thousands_are_told_apart_in_decimals(name):
    """Wherever a key shows them; platforms get plain digits."""
    found = 0
    for question in (each for level in (2, 3) for each in drawn(name, level, COUNT)):
        shown = [question.answer.shown, *(wrong.shown for wrong in question.distractors)]
        shown += [step.formula for step in question.derivation if step.formula is not None]
        for told in map(str, shown):
            assert not re.search(r"\d{4,}", told), told
            found += bool(re.search(r"\d,\d{3}\.\d\d", told))
        assert not any("," in gap.digits for gap in getattr(question.answer, "gaps", ()))
    assert found or name in ("compare-blocks", "break-even")


def test_letters_of_widths_are_formulas():
    """In words too: an r that is text would be set upright."""
    for question in drawn("break-even", 2, COUNT)[:20]:
        told = [*question.prompt, question.hint, *(step.text for step in question.derivation)]
        for message in (part for part in told if isinstance(part, Message)):
            assert not re.search(r"\br\b(?![}])", message.template), message.template
