"""The public corpus: how many wrong claims are found, how many right ones are left alone, and why."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from convcost.claims.model import KINDS, REASONS, VERDICTS

from .scoring import Score, judged, score, snippets

FILES = sorted((Path(__file__).parent / "corpus").glob("*.toml"))
RECALL, PRECISION, VALUE, REASON = Fraction(95, 100), Fraction(98, 100), Fraction(95, 100), Fraction(80, 100)


@pytest.fixture(scope="module")
def scores():
    """A score for each file."""
    return {
        path.stem: sum((score(snippet, judged(snippet)) for snippet in snippets(path)), start=Score()) for path in FILES
    }


def test_it_is_a_corpus():
    claims = [claim for path in FILES for snippet in snippets(path) for claim in snippet.get("claim", [])]
    assert len(claims) >= 150
    assert {claim["reason"] for claim in claims if claim["verdict"] == "wrong"} == set(REASONS) - {"lost-sign"}
    assert {claim["verdict"] for claim in claims} == set(VERDICTS)
    assert {claim["kind"] for claim in claims} <= set(KINDS)
    ids = [snippet["id"] for path in FILES for snippet in snippets(path)]
    assert len(set(ids)) == len(ids)
    assert {snippet["lang"] for path in FILES for snippet in snippets(path)} == {"en", "zh"}


def test_recall_and_precision(scores, capsys):
    total = sum(scores.values(), start=Score())
    with capsys.disabled():
        print()
        for name, one in scores.items():
            print(f"{name:10} {one}")
        print(f"{'all':10} {total}")
    missed, alarms = "\n".join(total.missed), "\n".join(total.false_alarms)
    assert total.recall >= RECALL, missed
    assert total.precision >= PRECISION, alarms
    assert Fraction(total.computed, total.found) >= VALUE
    assert Fraction(total.reasoned, total.found) >= REASON


def test_nothing_is_wrong_where_nothing_is_claimed(scores):
    assert scores["silent"].false_alarms == []
    assert scores["silent"].wrong == 0


def test_the_score_notices_a_reader_who_sees_nothing():
    """Control: no findings, no recall."""
    (path,) = (path for path in FILES if path.stem == "equations")
    blind = sum((score(snippet, []) for snippet in snippets(path)), start=Score())
    assert blind.recall == 0
    assert blind.wrong > 50


def test_the_score_notices_a_reader_who_calls_everything_wrong():
    """Control: every finding called wrong is a false alarm wherever it was right."""
    import dataclasses

    (path,) = (path for path in FILES if path.stem == "equations")
    harsh = sum(
        (
            score(snippet, [dataclasses.replace(f, verdict="wrong", reason="arithmetic") for f in judged(snippet)])
            for snippet in snippets(path)[:40]
        ),
        start=Score(),
    )
    assert harsh.precision < PRECISION
