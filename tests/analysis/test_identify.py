"""Which number is this: readings of printed numbers, against numbers of the literature and of brute force."""

from __future__ import annotations

import json
import time
from fractions import Fraction
from importlib.resources import files

import jsonschema
import pytest

import convcost
from convcost import (
    GELU,
    BatchNorm,
    ClaimError,
    Conv,
    Cost,
    Flatten,
    Linear,
    ReLU,
    SpecError,
    Tap,
    Unknown,
    cost,
    identify,
    networks,
    symbols,
)
from convcost.analysis import readings as module
from convcost.analysis.readings import readings
from convcost.claims.stated import read_stated
from convcost.conventions import CONVENTIONS
from convcost.errors import ConvcostError

from .tools import PLAIN, Refusing, register


def schema():
    return json.loads(files(convcost).joinpath("schemas", "identify.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def our_own(monkeypatch):
    """Only our own readings, so that what comes first does not hang on the tools that are there."""
    monkeypatch.setattr(module, "CONVENTIONS", ("macs", "flops", "full"))


def counted(name):
    return cost(networks.get(name), networks.entry(name).input)


def first(number, name, **options):
    reading = identify(number, counted(name), **options).readings[0]
    return reading.what, int(reading.value), reading.exact


@pytest.mark.parametrize(
    ("number", "name", "what", "value"),
    [
        ("1.5G", "googlenet", "macs (MAC)", 1498376192),
        ("3.0 GFLOPs", "googlenet", "flops (FLOP)", 2996752384),
        ("1.50e9", "googlenet", "macs (MAC)", 1498376192),
        ("15亿", "googlenet", "macs (MAC)", 1498376192),
        (4089184256, "resnet50", "macs (MAC)", 4089184256),
        ("4,089,184,256", "resnet50", "macs (MAC)", 4089184256),
        # The "3.8 × 10⁹ FLOPs" of the ResNet paper are multiply-adds: 4.09 of them by today's count.
        ("3.8G FLOPs", "resnet50", "macs (MAC), 1 G = 1,073,741,824", 4089184256),
        ("25.6M params", "resnet50", "params", 25557032),
        ("24.4M params", "resnet50", "params, 1 M = 1,048,576", 25557032),
        ("6.62M", "googlenet_heads", "params, without the heads", 6624904),
        ("13.0M", "googlenet_heads", "params", 13004888),
    ],
)
def test_numbers_of_the_literature(number, name, what, value):
    assert first(number, name) == (what, value, True)


def test_twice_and_half():
    block = cost(Conv(8, 1, bias=False), (3, 4, 5))
    for number, what in ((480, "macs (MAC)"), (960, "flops (FLOP)"), (240, "macs (MAC), halved")):
        assert identify(number, block).readings[0].what == what
    assert "flops (FLOP), doubled" in {reading.what for reading in identify(1920, block).readings}


def test_other_sizes_and_batches():
    assert first("5.86G", "resnet50")[2] is False
    inception = identify("2.84G MACs", counted("inception_v3"))
    assert inception.readings[0].what == "macs (MAC), at input 3×224×224"
    assert int(inception.readings[0].value) == cost(networks.get("inception_v3"), (3, 224, 224)).macs
    batch = identify(256 * 1814073344, counted("resnet18"))
    assert {"macs (MAC), for a batch of 256", "flops (FLOP), for a batch of 128"} <= {r.what for r in batch.readings}
    one = cost(networks.get("resnet18"), (3, 224, 224), batch=32)
    assert identify(1814073344, one).readings[0].what == "macs (MAC), for one example"


def test_sizes_at_which_it_cannot_run_are_left_out():
    fixed = cost(Conv(8, 3) >> Flatten() >> Linear(10, in_features=8 * 30 * 30), (3, 32, 32))
    words = [reading.what for reading in readings(fixed, Fraction(fixed.macs)).found]
    assert words
    assert not any("at input" in what for what in words)
    tall = cost(Conv(8, 3), (3, 32, 48))
    assert not any("at input" in reading.what for reading in readings(tall, Fraction(tall.macs)).found)


def test_params_with_and_without():
    network = cost(
        Conv(8, 3, name="c") >> BatchNorm() >> Tap(Conv(2, 1, name="head")) >> ReLU() >> Conv(4, 1), (3, 8, 8)
    )
    found = {r.what: int(r.value) for r in readings(network, Fraction(1)).found if r.convention is None}
    weights, biases, norm, head = 8 * 3 * 9 + 4 * 8, 8 + 4, 16, 2 * 8 + 2
    assert found == {
        "params": weights + biases + norm + head,
        "params, without bias": weights + norm + head - 2,
        "params, without batch norm": weights + biases + head,
        "params, without the heads": weights + biases + norm,
        "params, with running statistics": weights + biases + norm + head + 16,
        "params, without bias, without batch norm": weights + head - 2,
        "params, without bias, without the heads": weights + norm,
        "params, without batch norm, without the heads": weights + biases,
    }


def test_operations_with_and_without():
    network = cost(Conv(8, 3) >> BatchNorm() >> GELU(), (3, 8, 8))
    found = {r.what: int(r.value) for r in readings(network, Fraction(10**4)).found if r.convention == "macs"}
    macs, elements = 8 * 36 * 27, 8 * 36
    assert found["macs (MAC), with bias"] == macs + elements
    assert found["macs (MAC), with batch norm"] == macs + 2 * elements
    assert found["macs (MAC), with bias, with batch norm"] == macs + 3 * elements
    full = {r.what: int(r.value) for r in readings(network, Fraction(10**4)).found if r.convention == "full"}
    assert full["full (operation), without bias"] == 2 * macs + 7 * elements
    assert full["full (operation), without bias, without batch norm"] == 2 * macs + 5 * elements


def test_layers_that_do_not_run_are_heads(googlenet_read):
    found = {r.what: int(r.value) for r in readings(googlenet_read, Fraction(1)).found if r.convention is None}
    assert found["params, without the heads"] == 6624904


@pytest.fixture
def googlenet_read():
    """A cost read back from JSON, with rows that are declared and not run, as torch's heads are."""
    data = counted("googlenet_heads").to_dict()
    main = {row["path"] for row in counted("googlenet").to_dict()["rows"]}
    for row in data["rows"]:
        row["ran"] = row["path"] in main
    return Cost.from_dict(data)


def test_words_choose_what_is_looked_at():
    params = identify("25.6M params", counted("resnet50"), limit=1000)
    assert {reading.convention for reading in params.readings} == {None}
    operations = identify("4.1 GMac", counted("resnet50"), limit=1000)
    assert None not in {reading.convention for reading in operations.readings}
    both = identify("4.1G", counted("resnet50"), limit=1000)
    assert both.tried > operations.tried


def test_the_remainder_is_exact_and_the_order_is_by_simplicity():
    found = identify("1.43G", counted("googlenet"), limit=1000)
    for reading in found.readings:
        assert reading.remainder == reading.stated - reading.value
        assert reading.stated in (1430000000, Fraction(143, 100) * 2**30)
    fits = [reading for reading in found.readings if reading.exact]
    assert [reading.changes for reading in fits] == sorted(reading.changes for reading in fits)
    assert list(found.readings[: len(fits)]) == fits
    assert len(fits) == found.fitting


def test_a_printed_number_stands_for_what_rounds_to_it():
    network = cost(Conv(10, 1, bias=False), (10, 10, 10))
    assert network.macs == 10_000
    for text, fits in (("10K", True), ("9.5K", False), ("10.0K", True), ("10.01K", False), ("9,999", False)):
        reading = next(r for r in identify(text, network, limit=50).readings if r.what == "macs (MAC)")
        assert reading.exact is fits, text


@pytest.mark.parametrize("name", CONVENTIONS)
def test_the_number_of_every_convention_is_recognised(name, monkeypatch):
    monkeypatch.setattr(module, "CONVENTIONS", CONVENTIONS)
    network = counted("resnet18")
    try:
        number = network.under(name)
    except ConvcostError:
        assert name in identify(1, network).skipped
        return
    found = identify(number, network, limit=50)
    assert name in {reading.convention for reading in found.readings if reading.exact and not reading.changes}


def test_none_fits():
    """Control: a number that the network does not have."""
    found = identify("1.234567G", counted("googlenet"))
    assert not found.exact
    assert found.fitting == 0
    far = identify(1, counted("googlenet"))
    assert far.readings, "something is said even where nothing is near"
    assert not far.exact


def test_conventions_that_do_not_take_the_network_are_listed(monkeypatch):
    register(monkeypatch, PLAIN, Refusing())
    found = identify("1.505G", counted("googlenet"), limit=3)
    assert found.readings[0].what == "plain (MAC)"
    assert found.skipped == {"refusing": "this tool takes no such network"}
    data = found.to_dict()
    assert data["skipped"] == [{"convention": "refusing", "why": "this tool takes no such network"}]
    assert "not tried: refusing: this tool takes no such network" in found.table()
    jsonschema.validate(data, schema())


def test_what_is_unknown_is_said():
    found = identify(0, cost(Unknown("x", (3, 4, 4)), (3, 4, 4)))
    assert set(found.skipped) >= {"macs", "flops", "full"}
    assert not found.exact
    assert "unknown" in found.table()
    part = identify(144, cost(Conv(3, 1) >> Unknown("x", (3, 4, 4)), (3, 4, 4)))
    assert part.exact
    assert "lower-bound" in part.table()


def test_json():
    data = identify("1.5G", counted("googlenet"), limit=2).to_dict()
    jsonschema.validate(data, schema())
    assert (data["schema"], data["printed"], data["stated"]) == (1, "1.5G", 1500000000)
    assert data["readings"][0] == {
        "what": "macs (MAC)", "convention": "macs", "value": 1498376192, "remainder": 1623808, "exact": True,
        "changes": 0,
    }  # fmt: skip
    odd = identify("1.3K", cost(Conv(3, 1), (3, 1, 1))).to_dict()
    jsonschema.validate(odd, schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "readings": [{}]}, schema())


@pytest.mark.parametrize("fmt", ["plain", "markdown", "latex", "html", "csv", "json"])
def test_formats(fmt):
    found = identify("1.39G", counted("googlenet"), limit=20)
    assert "1498376192" in found.table(fmt).replace(",", "")
    assert found._repr_html_()


def test_mistakes():
    network = cost(Conv(8, 1), (3, 4, 4))
    for number in (1.5e9, True, -3, 10**5000, None):
        with pytest.raises(ClaimError):
            identify(number, network)
    with pytest.raises(SpecError, match="with a number"):
        identify(5, cost(Conv(8, 1), (3, symbols("H"), 4)))
    with pytest.raises(SpecError, match="limit"):
        identify(5, network, limit=0)
    with pytest.raises(SpecError, match="with a cost"):
        identify(5, Conv(8, 1))
    import numpy as np

    with pytest.raises(SpecError, match="with a number"):
        identify(5, cost(Conv(8, 1), (3, np.array([4, 5]), 4)))


def test_it_does_not_take_long():
    network = counted("googlenet")
    start = time.process_time()
    identify("1.5G", network)
    assert time.process_time() - start < 2


# -- the number itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "step", "about", "quantity"),
    [
        ("1.5G", 1500000000, 10**8, False, ""),
        ("1.5 G", 1500000000, 10**8, False, ""),
        ("3.8 billion", 3800000000, 10**8, False, ""),
        ("24.8M", 24800000, 10**5, False, ""),
        ("6.6M params", 6600000, 10**5, False, "params"),
        ("25.6 million trainable parameters", 25600000, 10**5, False, "params"),
        ("120,422,400", 120422400, 1, False, ""),
        ("= 120,422,400 MACs", 120422400, 1, False, "operations"),
        ("12.4×10^6", 12400000, 10**5, False, ""),
        (r"$1.5\times10^9$ MACs", 1500000000, 10**8, False, "operations"),
        ("1.5 GMac", 1500000000, 10**8, False, "operations"),
        ("4.09 GFLOPS", 4090000000, 10**7, False, "operations"),
        ("5.3 M mult-adds", 5300000, 10**5, False, "operations"),
        ("1.5 MMACs", 1500000, 10**5, False, "operations"),
        ("~1.5 GMACs", 1500000000, 10**8, True, "operations"),
        ("about 4.1 G multiply-adds", 4100000000, 10**8, True, "operations"),
        ("约1.2亿次运算", 120000000, 10**7, True, "operations"),
        ("600万个参数", 6000000, 10**6, False, "params"),
        ("１．５Ｇ", 1500000000, 10**8, False, ""),
        ("2.7K", 2700, 100, False, ""),
    ],
)
def test_printed_numbers(text, value, step, about, quantity):
    said = read_stated(text)
    assert (said.printed.value, said.printed.step, said.about, said.quantity) == (value, step, about, quantity)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "G",
        "abc",
        "-5",
        "2+3",
        "9**9**9",
        "25 MB",
        "36 %",
        "1,5",
        "1.5 bananas",
        "1e999",
        "1" * 300,
        "(3)(4)",
        "2^31",
    ],
)
def test_what_is_no_printed_number(text):
    with pytest.raises(ClaimError) as caught:
        read_stated(text)
    assert len(str(caught.value)) < 500
