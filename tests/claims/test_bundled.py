"""The bundled claims get the expected verdicts, and a doctored one is noticed."""

from __future__ import annotations

import dataclasses

import pytest

from convcost.claims import bundled
from convcost.claims.model import KINDS, REASONS, VERDICTS
from convcost.cli import run


@pytest.mark.parametrize("claim", bundled.claims(), ids=lambda claim: claim.id)
def test_verdicts(claim):
    finding = bundled.judge(claim)
    assert (finding.verdict, finding.reason) == (claim.expected, claim.reason)
    assert finding.verdict in VERDICTS
    assert finding.reason is None or finding.reason in REASONS
    assert finding.kind in KINDS


def test_every_tutorial_is_there_and_the_wrong_ones_too():
    assert {claim.source for claim in bundled.claims()} == {f"tutorial 00{n}" for n in range(5)}
    assert sum(claim.expected == "wrong" for claim in bundled.claims()) == 10


def _doctored(claim):
    """The same claim with another number printed."""
    if claim.quantity == "fits":
        return None
    digits = [n for n, character in enumerate(claim.printed) if character.isdigit()]
    last = digits[-1] if not claim.about else digits[0]
    other = "7" if claim.printed[last] != "7" else "1"
    return dataclasses.replace(claim, printed=claim.printed[:last] + other + claim.printed[last + 1 :])


RIGHT = [claim for claim in bundled.claims() if claim.expected.startswith("holds") and _doctored(claim)]


@pytest.mark.parametrize("claim", RIGHT, ids=lambda claim: claim.id)
def test_the_demo_fails_when_a_number_is_doctored(claim, monkeypatch, capsys):
    everything = [_doctored(other) if other.id == claim.id else other for other in (claim, bundled.claims()[1])]
    monkeypatch.setattr(bundled, "claims", lambda: tuple(everything))
    assert run(["demo"]) == 1
    printed = capsys.readouterr().out
    assert "UNEXPECTED" in printed
    assert "1 unexpected verdicts" in printed


def test_the_demo_fails_when_the_misprint_is_mended_on_paper(monkeypatch):
    """A right number where a wrong one is expected is as unexpected as the other way round."""
    claim = next(claim for claim in bundled.claims() if claim.id == "000-bottleneck-5x5")
    mended = dataclasses.replace(claim, printed=claim.printed.replace("12,433,648", "12,443,648"))
    monkeypatch.setattr(bundled, "claims", lambda: (mended,))
    assert run(["demo"]) == 1


def test_the_demo_passes_as_it_is(capsys):
    assert run(["demo"]) == 0
    printed = capsys.readouterr().out
    for number in ("120,422,400", "12,443,648", "9.677", "800·C/(r·(C + 800))", "0 unexpected"):
        assert number in printed
