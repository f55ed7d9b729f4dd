"""The page's numbers against the library's: both the symbolic result with numbers put in, and blocks of numbers."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest

from convcost import cost
from convcost.errors import ConvcostError
from tests.explorer.browser import data_of, shown
from tests.explorer.pairs import CASES, FLAGSHIP

POSITIONS = 200
#: Pairs that are tried at all of these positions; the others at a quarter of them.
THOROUGH = ("flagship", "strides", "halves")
#: So that every case has positions beyond what a double holds exactly.
HUGE = (2**53 + 1, 10**17 + 3, 987654321987654321987654321)


def moves(rng, names, case, sliders):
    """A random position: values by name, and how to get there."""
    values = {}
    steps = []
    for place, name in enumerate(names):
        most = case.most[name]
        value = rng.choice((rng.randint(1, most), rng.randint(1, 8)))
        by = rng.choice(("field", "slider"))
        if rng.random() < 0.06 and name != "s":
            value, by = rng.choice(HUGE) + rng.randint(0, 3), "field"
        if by == "slider" and value > sliders[place]:
            by = "field"
        values[name] = value
        steps.append([place, str(value), by])
    return values, steps


def by_symbols(general, values):
    """Costs with numbers put in; ``None`` where an assumption is broken."""
    found = []
    for each in general:
        names = {symbol.name for symbol in each.symbols}
        names |= {symbol.name for condition in each.conditions for symbol in condition.symbols}
        try:
            table = {symbol: values[symbol.name] for condition in each.conditions for symbol in condition.symbols}
            broken = any(condition.under(table) is not True for condition in each.conditions)
            used = {name: value for name, value in values.items() if name in {s.name for s in each.symbols}}
            found.append(None if broken else each.subs(used))
        except ConvcostError:
            found.append(None)
    return found


def by_numbers(case, values):
    """Costs of blocks that were made of numbers; ``None`` where there is no such block."""
    found = []
    for place in (0, 1):
        try:
            *blocks, shape = case.make(**values)
            found.append(cost(blocks[place], shape))
        except ConvcostError:
            found.append(None)
    return found


def expect_block(told, expected):
    if expected is None:
        numbers = [told["macs"], told["params"], told["flops"], told["output"], *told["formulas"]]
        assert set("".join(numbers)) <= set("–×, ")
        assert not told["picture"] or set(" ".join(told["picture"])) <= set("– MACs")
        assert told["trouble"]
        assert all("–" in cell for row in told["rows"] for cell in row)
        return
    assert told["trouble"] == ""
    assert told["macs"] == shown(expected.macs)
    assert told["params"] == shown(expected.params)
    assert told["flops"] == shown(2 * expected.macs)
    assert told["output"] == ", ".join("×".join(map(shown, shape)) for shape in expected.outputs)
    rows = [["×".join(map(shown, row.output)), shown(row.params), shown(row.macs)] for row in expected.rows]
    assert told["rows"] == rows
    assert told["formulas"] == [shown(expected.macs), shown(expected.params)]


def expect(told, expected):
    for block, cost_of_it in zip(told, expected, strict=False):
        expect_block(block, cost_of_it)
    a, b = expected
    for quantity in ("macs", "params"):
        both = None if a is None or b is None else [getattr(each, quantity) for each in expected]
        if both is None or 0 in both:
            assert told[2][quantity] == "–"
        else:
            ratio = Fraction(*both)
            whole = shown(ratio.numerator) + (f" / {shown(ratio.denominator)}" if ratio.denominator != 1 else "")
            assert told[2][quantity] == whole


def totals(costs):
    return [None if each is None else (each.macs, each.params) for each in costs]


def general_of(case):
    from convcost.explorer.pair import pair

    return pair(*(case.asked or case.symbolic())).costs


@pytest.mark.parametrize("name", CASES)
def test_random_positions_give_the_library_s_integers(opened, name):
    case = CASES[name]
    text = case.page()
    page, general = opened(text), general_of(case)
    names = [dial["name"] for dial in data_of(text)["dials"]]
    assert sorted(names) == sorted(case.most)
    sliders = [int(page.page.get_attribute(f"#slider-{place}", "max")) for place in range(len(names))]
    rng = random.Random(f"explorer {name}")
    count = POSITIONS if name in THOROUGH else POSITIONS // 4
    known = huge = 0
    for number in range(count):
        values, steps = moves(rng, names, case, sliders)
        told = page.turn(*steps)
        expected = by_numbers(case, values)
        expect(told, expected)
        put_in = told[0]["put"] + told[1]["put"]
        assert put_in and all(text == shown(values[names[int(place)]]) for place, text in put_in)
        if number % 10 == 0:
            assert totals(by_symbols(general, values)) == totals(expected)
        known += any(each is not None for each in expected)
        huge += any(each is not None and each.macs > 2**53 for each in expected)
    assert known > count // 5 and huge
    assert page.complaints() == []


def test_the_start_is_the_flagship_s(opened):
    page = opened(FLAGSHIP.page())
    told = page.turn()
    put_in = page.text(".formula.block-1 .equation:nth-of-type(2)")
    assert re.sub(r"\s", "", put_in) == "=28×28×16×(192+25×32)"
    assert [block["macs"] for block in told[:2]] == ["120,422,400", "12,443,648"]
    assert told[2]["macs"] == "300 / 31"


@pytest.mark.parametrize(("old", "new"), [('["n","25"]', '["n","26"]'), ('["n","1"]', '["n","2"]')])
def test_control_a_changed_table_is_noticed(opened, old, new):
    """Control: another number in the page's table, and the comparison fails."""
    text = FLAGSHIP.page()
    assert text.count(old) == 1
    page = opened(text.replace(old, new))
    with pytest.raises(AssertionError):
        expect(page.turn(), by_numbers(FLAGSHIP, FLAGSHIP.start))


def test_control_a_changed_assumption_is_noticed(opened):
    """Control: an assumption left out, and numbers are shown where no block can be built."""
    text = CASES["strides"].page()
    broken = re.sub(r'"conditions":\[\{.*?\}\]', '"conditions":[]', text)
    assert broken != text
    values = {"C": 3, "H": 1, "W": 9, "r": 2}
    names = [dial["name"] for dial in data_of(text)["dials"]]
    steps = [[place, str(values[name]), "field"] for place, name in enumerate(names)]
    expect(opened(text).turn(*steps), by_numbers(CASES["strides"], values))
    with pytest.raises(AssertionError):
        expect(opened(broken).turn(*steps), by_numbers(CASES["strides"], values))


def test_a_page_whose_formula_and_layers_disagree_says_so(opened):
    """The page holds its two ways to a total against one another."""
    text = FLAGSHIP.page()
    data = data_of(text)
    changed = text.replace(
        f'"macs":{data["blocks"][0]["macs"]},"params"', f'"macs":{data["blocks"][1]["macs"]},"params"', 1
    )
    told = opened(changed).turn()
    assert told[0]["macs"] == "–" and "do not agree" in told[0]["trouble"]


# -- where the lead changes ----------------------------------------------------------------------------------------


def led(case, values, name, most):
    """Runs of the block that is cheaper, by trying every size."""
    runs = []
    for n in range(1, most + 1):
        a, b = by_numbers(case, {**values, name: n})
        if a is None or b is None:
            continue
        who = "A is" if a.macs < b.macs else "B is" if a.macs > b.macs else "both are"
        if runs and runs[-1][0] == who:
            runs[-1][2] = n
        else:
            runs.append([who, n, n])
    return [tuple(run) for run in runs]


TOLD = re.compile(r"(A is|B is|both are) (?:cheaper|equal) (?:from|at) \w+ = ([\d,]+)(?: to ([\d,]+))?")


def read_runs(summary):
    number = lambda text: int(text.replace(",", ""))  # noqa: E731
    return [(who, number(low), number(high or low)) for who, low, high in TOLD.findall(summary)]


@pytest.mark.parametrize(
    ("name", "size", "values"),
    [
        ("flagship", "r", {}),
        ("flagship", "C", {"r": 120}),
        ("flagship", "r", {"C": 800, "K": 32}),
        ("residual", "r", {"C": 64, "H": 8, "W": 8}),
        ("strides", "H", {"C": 32, "W": 30, "r": 26}),
        ("depthwise", "C", {"H": 4, "W": 4}),
        ("low-rank", "r", {"n": 60, "m": 80}),
    ],
)
def test_where_the_lead_changes(opened, name, size, values):
    case = CASES[name]
    text = case.page()
    names = [dial["name"] for dial in data_of(text)["dials"]]
    start = {dial["name"]: int(dial["start"]) for dial in data_of(text)["dials"]} | values
    page = opened(text)
    page.page.select_option("#chart-size", str(names.index(size)))
    told = page.turn(*([names.index(n), str(v), "field"] for n, v in start.items()))
    most = int(re.search(r"up to ([\d,]+) was looked", told[2]["summary"]).group(1).replace(",", ""))
    found = led(case, start, size, most)
    assert found and read_runs(told[2]["summary"]) == found[:5]


def test_ends_are_exact_in_long_ranges(opened):
    """Where not every size is tried, the ends of the runs are found by halving."""
    text = FLAGSHIP.page()
    names = [dial["name"] for dial in data_of(text)["dials"]]
    page = opened(text)
    channels, out = 10**15, 7 * 10**14 + 1
    told = page.turn(
        [names.index("C"), str(channels), "field"],
        [names.index("K"), str(out), "field"],
        [names.index("r"), str(5 * 10**15), "field"],
    )
    border = 25 * channels * out // (channels + 25 * out)
    assert read_runs(told[2]["summary"])[:2] == [("B is", 1, border), ("A is", border + 1, 5 * 10**15 + 125 * 10**13)]
