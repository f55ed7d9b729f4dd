"""Sheets: the same arguments give the same sheet, no question twice, and what cannot be is refused in one line."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost import SpecError, worksheet
from convcost.worksheets import LEVELS, TOPICS, Topic, questions, topic, variant_name
from convcost.worksheets.draws import Again, Draw, need


def facts(sheet):
    return [json.dumps(question.facts, sort_keys=True) for variant in sheet.variants for question in variant]


def test_the_same_seed_gives_the_same_sheet():
    assert worksheet(seed=9, count=13) == worksheet(seed=9, count=13)
    assert facts(worksheet(seed=9, count=13)) != facts(worksheet(seed=10, count=13))


PROBE = """
import hashlib
from convcost import worksheet
print(hashlib.sha256(worksheet(seed="w1", count=13, variants=2).render("json", key=True).encode()).hexdigest())
"""


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_the_same_bytes_in_another_process(hash_seed):
    """Nothing hangs on the order of a set or on what ran before."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": hash_seed}
    )
    here = worksheet(seed="w1", count=13, variants=2).render("json", key=True)
    assert done.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name)
def test_no_question_twice_over_all_variants(level):
    sheet = worksheet(["params", "macs", "output-shape"], seed=3, count=6, level=level.name, variants=20)
    told = facts(sheet)
    assert len(told) == len(set(told)) == 120
    assert {question.level for variant in sheet.variants for question in variant} == {level.number}


def test_topics_take_turns():
    sheet = worksheet("params, macs", count=5, variants=2)
    for variant in sheet.variants:
        assert [question.topic for question in variant] == ["params", "macs", "params", "macs", "params"]
    assert sheet.points == sum(question.points for question in sheet.questions)
    assert len({question.name for variant in sheet.variants for question in variant}) == 10


def test_all_topics_by_default():
    assert {question.topic for question in worksheet(count=len(TOPICS)).questions} == set(TOPICS)


def test_one_variant_of_several():
    sheet = worksheet("macs", count=2, variants=3)
    assert sheet.only("b") == sheet.only(2) and sheet.only("B").variants == (sheet.variants[1],)
    assert sheet.only(None) is sheet


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"topics": "mac"}, "there is no topic 'mac'"),
        ({"topics": []}, "a sheet needs a topic"),
        ({"topics": 7}, "topics are a list of names"),
        ({"topics": [7]}, "a topic is a name"),
        ({"level": 4}, "there is no such level"),
        ({"level": True}, "there is no such level"),
        ({"count": 0}, "count is a whole number from 1 to"),
        ({"count": True}, "count is a whole number from 1 to"),
        ({"count": 10**9}, "count is a whole number from 1 to"),
        ({"variants": 2.0}, "variants is a whole number from 1 to"),
        ({"seed": 1.5}, "a seed is a whole number or a word"),
        ({"seed": 10**5000}, "a seed is a whole number or a word"),
        ({"seed": "\ud800"}, "a seed is a whole number or a word"),
        ({"level": 10**5000}, "there is no such level"),
        ({"count": 10**5000}, "count is a whole number from 1 to"),
        ({"title": 5}, "a title is a text"),
        ({"topics": ",,"}, "a sheet needs a topic"),
        ({"count": 200, "variants": 1000}, "a sheet has at most 10,000 questions"),
        ({"lang": "de"}, "there are no texts in this language"),
    ],
)
def test_what_is_refused(arguments, what):
    with pytest.raises(SpecError) as raised:
        worksheet(**arguments)
    assert what in str(raised.value) and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"fmt": "docx"}, "there is no format 'docx'"),
        ({"fmt": "json", "paper": "b5"}, "there is no such paper"),
        ({"fmt": "json", "lang": "de"}, "there are no texts in this language"),
        ({"fmt": "json", "variant": "Q"}, "there is no such variant"),
    ],
)
def test_what_is_refused_of_a_rendering(arguments, what):
    with pytest.raises(SpecError, match=what):
        worksheet("macs", count=1).render(**arguments)


def test_a_topic_that_runs_dry_says_so(monkeypatch):
    """Where ranges hold few questions, nothing is repeated in silence."""
    few = list(itertools.islice(questions("params", 0), 3))
    told = topic("params")
    narrow = Topic(told.name, told.title, told.about, told.ranges, lambda draw, level: draw.pick(few))
    monkeypatch.setattr("convcost.worksheets.sheet.topic", lambda name: narrow)
    assert len(facts(worksheet("params", count=3))) == 3
    with pytest.raises(SpecError, match="no more than 3 different questions at level paper"):
        worksheet("params", count=4)


@given(st.text(max_size=20), st.integers(1, 50))
def test_draws_are_what_the_seed_says(seed, size):
    one, other = Draw(seed), Draw(seed)
    assert [one.pick(range(size)) for _ in range(5)] == [other.pick(range(size)) for _ in range(5)]
    several = Draw(seed).several(list(range(size)), min(size, 4))
    assert len(set(several)) == len(several)


def test_need_draws_again():
    with pytest.raises(Again):
        need(False)
    need(True)


@given(st.integers(1, 20_000))
def test_variants_have_names_of_their_own(number):
    name = variant_name(number)
    value = 0
    for letter in name:
        value = 26 * value + ord(letter) - 64
    assert value == number


def test_the_seed_stands_on_the_key_alone():
    """Whoever knows the seed can make the key; a number links both."""
    sheet = worksheet("macs", seed="nobodyguessesthis", count=1)
    for fmt in ("markdown", "html", "latex", "json"):
        assert "nobodyguessesthis" not in sheet.render(fmt) and sheet.number in sheet.render(fmt)
        assert "nobodyguessesthis" in sheet.render(fmt, key=True) and sheet.number in sheet.render(fmt, key=True)
    assert "nobodyguessesthis" not in sheet.render("moodle") + sheet.render("gift")
