"""Accounts of a difference: exact to the unit, in words, place by place, over symbols; and a remainder is noticed."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import convcost
from convcost import Conv, ReLU, SpecError, Unknown, cost, networks, reconcile, symbols
from convcost.conventions import Convention, Term

from .tools import CONVOLUTIONS, DOUBLE, LINEAR, PLAIN, RICH, Tool


def schema(name):
    return json.loads(files(convcost).joinpath("schemas", f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def googlenet():
    return cost(networks.get("googlenet"), (3, 224, 224))


def test_from_macs_to_flops(googlenet):
    found = reconcile(googlenet, PLAIN, DOUBLE)
    assert [(term.what, term.value) for term in found.terms] == [
        ("convolutions: factor 2 (FLOP, 2 per multiply-accumulate)", 1497352192),
        ("batch norm: counted at 2 per input element only by plain", -6452320),
        ("linear layers: factor 2 (FLOP, 2 per multiply-accumulate)", 1024000),
        ("average pooling: counted at 1 per input element only by plain", -50176),
    ]
    assert (found.start.value, found.end.value) == (PLAIN.total(googlenet), DOUBLE.total(googlenet))
    assert found.remainder == 0
    assert found.exact


def test_back_again(googlenet):
    there, back = reconcile(googlenet, PLAIN, DOUBLE), reconcile(googlenet, DOUBLE, PLAIN)
    assert {term.part: term.value for term in back.terms} == {term.part: -term.value for term in there.terms}
    assert back.terms[0].what == "convolutions: factor 1/2 (MAC, 1 per multiply-accumulate)"


def test_another_coefficient(googlenet):
    found = reconcile(googlenet, PLAIN, RICH)
    assert found.terms[0].what == "batch norm: 4 per input element, not 2 per input element"
    assert found.terms[0].value == 6452320
    assert [term.part for term in found.terms] == ["batch norm", "ReLU", "average pooling"]
    assert found.exact


def test_the_same_has_no_terms(googlenet):
    found = reconcile(googlenet, RICH, RICH)
    assert (found.terms, found.by_path(), found.difference, found.remainder) == ((), (), 0, 0)


@pytest.mark.parametrize("name", networks.names())
def test_registered_conventions_leave_nothing(name):
    counted = cost(networks.get(name), networks.entry(name).input)
    for a, b in (("macs", "flops"), ("flops", "full"), ("full", "macs")):
        found = reconcile(counted, a, b)
        assert found.exact
        assert sum(term.value for term in found.terms) == counted.under(b) - counted.under(a)
        sizes = [abs(term.value) for term in found.terms]
        assert sizes == sorted(sizes, reverse=True)
        assert all(sizes)


def test_place_by_place(googlenet):
    found = reconcile(googlenet, PLAIN, DOUBLE)
    places = found.by_path()
    assert sum(place.value for place in places) == found.difference
    for term in found.terms:
        assert sum(place.value for place in places if place.what == term.what) == term.value
    assert abs(places[0].value) == max(abs(place.value) for place in places)


class Listed(Convention):
    """An account as it is written down."""

    unit, about = "MAC", "made by hand"

    def __init__(self, name, *terms):
        self.name, self.terms = name, [Term(*term) for term in terms]

    def account(self, cost):
        return self.terms


def one():
    return cost(ReLU(), (3, 4, 4))


def test_the_same_thing_charged_at_another_place_is_one_difference():
    layer = Listed("layer", ("linear layers", "1 per multiply-accumulate", "attn/out", 70))
    module = Listed("module", ("linear layers", "2 per multiply-accumulate", "attn", 140))
    found = reconcile(one(), layer, module)
    (term,) = found.terms
    assert (term.what, term.value) == ("linear layers: factor 2 (MAC, 2 per multiply-accumulate)", 70)
    assert [(place.path, place.value) for place in found.by_path()] == [("attn", 140), ("attn/out", -70)]
    again = Listed("again", ("linear layers", "1 per multiply-accumulate", "attn", 71))
    assert reconcile(one(), layer, again).terms[0].what == (
        "linear layers: 1 per multiply-accumulate in both, at other places"
    )


def test_a_part_that_is_missed_at_some_places_only():
    price = "1 per multiply-accumulate"
    some = Listed("some", ("convolutions", price, "a", 5))
    all_ = Listed("all", ("convolutions", price, "a", 5), ("convolutions", price, "b", 7), ("x", "0 each", "b", 0))
    (term,) = reconcile(one(), some, all_).terms
    assert term.what == f"convolutions: counted at {price} only by all, at 1 of 2 places"
    assert term.value == 7


def test_one_price_and_other_amounts_is_no_factor():
    price = "1 per multiply-accumulate"
    a, b = Listed("a", ("convolutions", price, "x", 5)), Listed("b", ("convolutions", price, "x", 6))
    assert reconcile(one(), a, b).terms[0].what == f"convolutions: {price} in both, of other amounts"
    c = Listed("c", ("convolutions", "2 per multiply-accumulate", "x", 11))
    what = "convolutions: 2 per multiply-accumulate, not 1 per multiply-accumulate"
    assert reconcile(one(), a, c).terms[0].what == what, "11 is not twice 5"


def test_several_prices_of_one_part():
    a = Listed("a", ("batch norm", "1 per addition", "x", 5), ("batch norm", "1 per product", "x", 5))
    b = Listed("b", ("batch norm", "2 per input element", "x", 11))
    (term,) = reconcile(one(), a, b).terms
    assert term.what == "batch norm: 2 per input element, not 1 per addition and 1 per product"
    assert term.value == 1


def test_a_remainder_is_noticed():
    """Control: a total that the account does not add up to leaves a remainder, in the table and the picture."""
    liar = Tool("liar", "MAC", [CONVOLUTIONS, LINEAR], surplus=17)
    found = reconcile(cost(Conv(8, 1), (3, 4, 4)), "macs", liar)
    assert (found.remainder, found.exact) == (17, False)
    assert "remainder +17" in found.table()
    assert "not accounted for" in found.table("csv")
    assert "not accounted for" in found.svg()
    assert found.to_dict()["remainder"] == 17


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_two_accounts_are_reconciled(data):
    """Whatever two accounts say, the rows lead from one sum to the other."""
    terms = st.lists(
        st.tuples(
            st.sampled_from(["convolutions", "batch norm", "ReLU"]),
            st.sampled_from(["1 per multiply-accumulate", "2 per multiply-accumulate", "1 per input element", "odd"]),
            st.sampled_from(["a", "b", "c"]),
            st.integers(0, 10**20),
        ),
        max_size=12,
    )
    a, b = Listed("a", *data.draw(terms)), Listed("b", *data.draw(terms))
    found = reconcile(one(), a, b)
    assert found.remainder == 0
    assert sum(place.value for place in found.by_path()) == b.total(None) - a.total(None)
    assert all(term.value for term in found.terms)
    jsonschema.validate(found.to_dict(by_path=True), schema("reconcile"))


def test_over_symbols():
    C, H, W = symbols("C H W")
    found = reconcile(cost(Conv(8, 1) >> ReLU(), (C, H, W), batch=symbols("N")), "macs", "full")
    assert found.exact
    values = {term.part: str(term.value) for term in found.terms}
    assert values == {"convolutions": "8*C*H*N*W", "bias of convolutions": "8*H*N*W", "ReLU": "8*H*N*W"}
    data = found.to_dict(by_path=True)
    jsonschema.validate(data, schema("reconcile"))
    assert data["terms"][0] == {
        "what": "convolutions: factor 2 (operation, 2 per multiply-accumulate)", "value": "8*C*H*N*W",
    }  # fmt: skip
    assert "8·C·H·N·W" in found.table()
    with pytest.raises(SpecError, match="a picture needs numbers"):
        found.svg()


def test_over_symbols_with_floors():
    h = symbols("h")
    counted = cost(networks.get("resnet18"), (3, h, h))
    found = reconcile(counted, "macs", "full")
    assert found.exact
    numeric = reconcile(counted.subs(h=224), "macs", "full")
    assert {t.what: t.value.subs({h: 224}) if hasattr(t.value, "subs") else t.value for t in found.terms} == {
        t.what: t.value for t in numeric.terms
    }


def test_what_is_unknown_is_said():
    unknown = reconcile(cost(Unknown("x", (3, 4, 4)), (3, 4, 4)), "macs", "full")
    assert (unknown.start.value, unknown.difference, unknown.remainder, unknown.terms) == (None, None, None, ())
    assert "the cost is unknown" in unknown.table()
    assert not unknown.exact
    jsonschema.validate(unknown.to_dict(), schema("reconcile"))
    with pytest.raises(SpecError, match="a picture needs numbers"):
        unknown.svg()
    part = reconcile(cost(Conv(3, 1) >> Unknown("x", (3, 4, 4)), (3, 4, 4)), "macs", "full")
    assert part.exact
    assert "status: lower-bound; counted by neither: unknown1: x" in part.table()
    assert part.to_dict()["status"] == "lower-bound"


def test_json(googlenet):
    data = reconcile(googlenet, PLAIN, DOUBLE).to_dict()
    jsonschema.validate(data, schema("reconcile"))
    assert data["from"] == {"tool": "plain", "value": 1504878688}
    assert data["to"] == {"tool": "double", "value": 2996752384}
    assert data["terms"][1] == {"what": "batch norm: counted at 2 per input element only by plain", "value": -6452320}
    assert (data["schema"], data["remainder"], data["units"]) == (1, 0, {"from": "MAC", "to": "FLOP"})
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "terms": [{"what": "x"}]}, schema("reconcile"))


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html", "csv", "json"])
def test_formats(googlenet, fmt):
    found = reconcile(googlenet, PLAIN, DOUBLE)
    for by_path in (False, True):
        assert "6452320" in found.table(fmt).replace(",", "")
        assert found.table(fmt, by_path=by_path)
    assert "<svg" in found._repr_html_()
    with pytest.raises(SpecError):
        found.table("docx")


def test_printed_rows_add_up(googlenet):
    """Golden invariant: what is printed leads from the first number to the last."""
    lines = [line.rsplit(",", 1)[1] for line in reconcile(googlenet, PLAIN, RICH).table("csv").splitlines()[1:]]
    first, *steps, last = map(int, lines)
    assert first + sum(steps) == last


def test_a_long_spec_does_not_fill_the_picture():
    long = cost(networks.get("densenet121"), (3, 224, 224))
    assert len(long.spec) > 1000
    assert reconcile(long, PLAIN, RICH).svg().count("…</text>") == 1


def test_mistakes():
    with pytest.raises(SpecError, match="no convention"):
        reconcile(one(), "macs", "thop9")
    with pytest.raises(SpecError, match="of a cost"):
        reconcile(ReLU(), "macs", "full")
    import numpy as np

    many = cost(Conv(8, 1), (3, np.array([4, 5]), 4))
    with pytest.raises(SpecError, match="one network"):
        reconcile(many, "macs", "full")
