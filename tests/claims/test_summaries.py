"""Summaries of tools: real ones raise nothing, doctored ones are noticed. The tools themselves are the oracle."""

from __future__ import annotations

import contextlib
import io
import random
import re
from pathlib import Path

import pytest

from convcost import cost, networks
from convcost.claims.documents import read
from convcost.claims.proofread import proofread

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
#: A number of at least four digits in the column of params, or of a total.
_PARAMS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d.,])")


def wrong(text):
    return [finding for finding in proofread(read(text, "summary", "text")) if finding.verdict == "wrong"]


def slipped(number: str, rng: random.Random) -> str:
    """The number with one digit, not the first, replaced."""
    places = [n for n, sign in enumerate(number) if sign.isdigit()][1:]
    place = rng.choice(places)
    return number[:place] + rng.choice([d for d in "0123456789" if d != number[place]]) + number[place + 1 :]


# -- what convcost itself prints in a tool's layout: no tool is needed ------------------------------------------------


@pytest.fixture(scope="module")
def alexnet():
    return str(cost(networks.get("alexnet"), (3, 224, 224)).summary("torchsummary"))


def test_a_right_summary_raises_nothing(alexnet):
    found = list(proofread(read(alexnet, "summary", "text")))
    assert {finding.verdict for finding in found} <= {"holds", "holds-rounded"}
    assert {"total", "memory"} <= {finding.kind for finding in found}


def test_doctored_params_are_noticed(alexnet):
    rng = random.Random(1)
    places = list(_PARAMS.finditer(alexnet))
    caught = 0
    for match in places:
        doctored = alexnet[: match.start()] + slipped(match[0], rng) + alexnet[match.end() :]
        caught += bool(wrong(doctored))
    assert len(places) >= 8
    assert caught == len(places)


@pytest.mark.parametrize("printed", ["Input size (MB): ", "Params size (MB): "])
def test_doctored_sizes_are_noticed(alexnet, printed):
    line = next(line for line in alexnet.splitlines() if line.startswith(printed))
    doctored = alexnet.replace(line, f"{printed}{float(line[len(printed) :]) * 1.5:.2f}")
    assert "memory" in {finding.kind for finding in wrong(doctored)}


def test_a_forgotten_bias_is_named(alexnet):
    row = next(line for line in alexnet.splitlines() if "Conv2d" in line and "23,296" in line)
    (finding,) = [f for f in wrong(alexnet.replace(row, row.replace("23,296", "23,232"))) if f.kind == "table"]
    assert (finding.reason, finding.computed) == ("bias", 23_296)


# -- the tools ------------------------------------------------------------------------------------------------------


def _torchsummary(module, shape):
    summary = pytest.importorskip("torchsummary", reason="the oracle is torchsummary itself").summary
    with contextlib.redirect_stdout(io.StringIO()) as out:
        summary(module, shape, device="cpu")
    return out.getvalue()


def _torchinfo(module, shape):
    summary = pytest.importorskip("torchinfo", reason="the oracle is torchinfo itself").summary
    return str(summary(module, (1, *shape), verbose=0))


@pytest.mark.parametrize("name", ["alexnet", "squeezenet1_1", "resnet18", "mobilenet_v2"])
@pytest.mark.parametrize("tool", [_torchsummary, _torchinfo])
@pytest.mark.filterwarnings("ignore")  # of the tools about their own future
def test_real_summaries_raise_nothing(name, tool):
    torchvision = pytest.importorskip("torchvision", reason="the networks are torchvision's")
    text = tool(getattr(torchvision.models, name)(weights=None).eval(), (3, 224, 224))
    found = list(proofread(read(text, "summary", "text")))
    assert [finding for finding in found if finding.verdict == "wrong"] == []
    assert any(finding.kind == "total" and finding.verdict in ("holds", "holds-rounded") for finding in found)


@pytest.mark.filterwarnings("ignore")  # of Keras's backend
def test_a_real_summary_of_keras():
    keras = pytest.importorskip("keras", reason="the oracle is Keras itself")
    model = keras.Sequential(
        [
            keras.Input((28, 28, 3)),
            keras.layers.Conv2D(24, 3),
            keras.layers.BatchNormalization(),
            keras.layers.MaxPool2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )
    lines: list[str] = []
    model.summary(print_fn=lambda line, **_: lines.append(line))
    text = "\n".join(lines)
    assert wrong(text) == []
    assert "40,570" in text
    assert wrong(text.replace("40,570", "40,560"))


@pytest.mark.skipif(not SEEDS.exists(), reason="the tutorials are not part of the project, but may lie beside it")
def test_the_table_of_the_tutorial():
    (path,) = SEEDS.glob("004*.txt")
    found = list(proofread(read(path.read_text(encoding="utf-8"), path.name, "text")))
    printed = {finding.printed: finding.verdict for finding in found}
    assert printed["7,039,122"] == "holds"
    for size in ("0.57", "81.87", "26.85", "109.30"):
        assert printed[size] in ("holds", "holds-rounded")
    assert [finding for finding in found if finding.verdict == "wrong"] == []
