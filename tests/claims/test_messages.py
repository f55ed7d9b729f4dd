"""Sentences in two languages: the catalogue is complete, and the language is the one that was asked for."""

from __future__ import annotations

import ast
import copy
import gettext
import os
import pickle
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import convcost
from convcost.claims import verify
from convcost.claims.documents import read
from convcost.claims.proofread import proofread
from convcost.errors import SpecError
from convcost.messages import LANGUAGES, Message, catalogue, plain, usual_language

PACKAGE = Path(convcost.__file__).parent
COMPILED = PACKAGE / "locale" / "zh" / "LC_MESSAGES" / "convcost.mo"

polib = pytest.importorskip("polib", reason="catalogues are read with polib: install convcost[core-test]")
tools = pytest.importorskip("tools.catalogue", reason="the tools stand beside the tests, not in the package")


# -- the catalogue -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def templates():
    return list(tools.templates(PACKAGE))


@pytest.fixture
def chinese():
    return tools.read(COMPILED.with_suffix(".po"))


def test_every_sentence_stands_translated(templates, chinese):
    assert list(tools.faults(chinese, templates)) == []


@pytest.fixture
def noticed(templates, chinese):
    """What is found to be wrong with the catalogue that was not before."""
    before = set(tools.faults(chinese, templates))
    return lambda: list(set(tools.faults(chinese, templates)) - before)


def test_a_missing_translation_is_noticed(noticed, chinese):
    entry = chinese[3]
    entry.msgstr = ""
    (fault,) = noticed()
    assert "not translated" in fault and entry.msgid in fault
    chinese.remove(entry)
    (fault,) = noticed()
    assert "not translated" in fault and entry.msgid in fault


def test_other_placeholders_are_noticed(noticed, chinese):
    entry = next(entry for entry in chinese if "{value}" in entry.msgid)
    entry.msgstr = entry.msgstr.replace("{value}", "{wert}")
    (fault,) = noticed()
    assert "other placeholders" in fault and entry.msgid in fault


def test_a_sentence_that_is_no_more_is_noticed(noticed, chinese):
    chinese.append(polib.POEntry(msgid="nobody says so", msgstr="没人这么说"))
    (fault,) = noticed()
    assert "no longer" in fault


def test_the_compiled_catalogue_is_the_source():
    written = {entry.msgid: entry.msgstr for entry in tools.read(COMPILED.with_suffix(".po"))}
    assert {entry.msgid: entry.msgstr for entry in polib.mofile(str(COMPILED))} == written
    with COMPILED.open("rb") as file:
        read_by_gettext = gettext.GNUTranslations(file)
    assert {text: read_by_gettext.gettext(text) for text in written} == written
    assert len(written) > 30


def test_gathering_again_changes_nothing(templates, chinese, tmp_path):
    path = tmp_path / "zh" / "convcost.po"
    path.parent.mkdir()
    tools.updated(chinese, templates).save(str(path))
    assert path.read_bytes() == COMPILED.with_suffix(".po").read_bytes()


@pytest.mark.parametrize("source", ["Message(f'{n} bits')", "Message(text)", "Message('a' + b)", "m.Message()"])
def test_a_template_that_no_catalogue_can_hold_is_refused(source):
    with pytest.raises(tools.NoLiteralError):
        list(tools.templates_of(source, "a.py"))


# -- what judges say ---------------------------------------------------------------------------------------------

#: Fields and names that hold sentences for a reader, and where they stand among the arguments.
SENTENCES = {"explanation", "why", "evidence"}
PLACES = {"Finding": 10, "Diagnosis": 1}


def _sentences(tree):
    """Expressions that become sentences of a finding."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            at = PLACES.get(name)
            if at is not None and at < len(node.args):
                yield node.args[at]
            yield from (keyword.value for keyword in node.keywords if keyword.arg in SENTENCES)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None and any(getattr(target, "id", "") in SENTENCES for target in targets):
                yield node.value


def _untold(node):
    """Texts in an expression that no catalogue knows; what stands in a call is that function's business."""
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value
    ):
        yield node
    elif isinstance(node, ast.BinOp | ast.BoolOp | ast.IfExp):
        for child in ast.iter_child_nodes(node):
            yield from _untold(child)


def _untold_in(source):
    return [ast.unparse(text) for sentence in _sentences(ast.parse(source)) for text in _untold(sentence)]


@pytest.mark.parametrize("path", sorted((PACKAGE / "claims").rglob("*.py")), ids=lambda path: path.stem)
def test_judges_speak_in_messages(path):
    assert _untold_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "Finding(s, 1, sp, t, k, p, 1, 2, 'wrong', r, f'{n} is wrong')",
        "Finding(explanation='computed ' + text)",
        "replace(finding, explanation=finding.explanation + ' More.')",
        "why = 'a' if x else Message('b')",
        "Diagnosis('unit', f'{n} times too large')",
    ],
)
def test_a_plain_sentence_is_noticed(source):
    assert _untold_in(source)


# -- messages ----------------------------------------------------------------------------------------------------

text = st.text(max_size=20)


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), text | st.integers(), min_size=1), st.sampled_from(LANGUAGES))
def test_a_message_is_its_sentence(values, language):
    template = " of ".join(f"{{{name}}}" for name in values)
    message = Message(template, **values)
    assert message == template.format(**values) == message.to("en")
    again = pickle.loads(pickle.dumps(message))  # noqa: S301 (our own bytes)
    for same in (again, copy.deepcopy(message)):
        assert (same, same.template, same.values, same.to(language)) == (
            message, message.template, message.values, message.to(language)
        )  # fmt: skip


@given(text)
def test_plain_text_is_told_as_it_stands(words):
    for language in LANGUAGES:
        assert plain(words).to(language) == words
        assert Message.joined(words, plain(words)).to("en") == (f"{words} {words}" if words else "")


def test_values_are_told_in_the_language_too():
    place = Message("the {place} digit, {digit}, is missing", place=Message("tens"), digit="{digit}")
    assert place == "the tens digit, {digit}, is missing"
    assert place.to("zh") == "漏印了十位上的数字 {digit}"


def test_chinese_sentences_follow_without_a_blank():
    accepted = Message("accepted by the author.")
    assert Message.joined(accepted, accepted).to("zh") == accepted.to("zh") * 2
    assert Message.joined(Message("ones"), Message("tens"), by=", ").to("zh") == "个位，十位"


def test_what_no_catalogue_knows_is_told_in_english():
    assert Message("nobody has said this {n} times", n=2).to("zh") == "nobody has said this 2 times"


def test_a_language_without_texts_is_refused():
    with pytest.raises(SpecError, match="one of en, zh"):
        catalogue("la")


# -- the language of the user ------------------------------------------------------------------------------------

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zhuang"}, "en"),
        ({}, "en"),
        # The earlier variable wins, an empty one is none.
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "zh"),
        # A list of languages: the first in which there are texts.
        ({"LANGUAGE": "de:zh_CN:en", "LANG": "en_US.UTF-8"}, "zh"),
        ({"LANGUAGE": "en:zh", "LANG": "zh_CN.UTF-8"}, "en"),
    ],
    ids=str,
)
def test_the_usual_language(settings, language, monkeypatch):
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    assert usual_language() == language


@pytest.mark.parametrize(("lang", "language"), [("zh_CN.UTF-8", "zh"), ("en_US.UTF-8", "en")])
def test_the_locale_need_not_be_installed(lang, language):
    settings = {name: value for name, value in os.environ.items() if name not in VARIABLES} | {"LANG": lang}
    code = "from convcost.messages import usual_language; print(usual_language())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=settings, check=True)  # noqa: S603
    assert done.stdout.strip() == language


# -- what findings say -------------------------------------------------------------------------------------------

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.toml"))
FORMATS = {"md": "markdown", "txt": "text", "tex": "latex", "html": "html", "ipynb": "notebook"}
#: Names, and words that Chinese texts write so too.
NAMES = set("torchvision torchsummary torchinfo keras mac macs flop flops kib mib gib".split())


def _english(finding, text):
    """Words of an explanation told in Chinese that are neither a name nor the document's own."""
    words = {word.lower() for word in re.findall(r"[A-Za-z]{3,}", finding.told("zh"))}
    return {word for word in words - NAMES if word not in text.lower()}


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_findings_are_told_in_chinese(path):
    told = 0
    for snippet in tomllib.loads(path.read_text(encoding="utf-8"))["snippet"]:
        text = snippet["text"]
        for finding in proofread(read(text, snippet["id"], FORMATS[snippet.get("kind", "md")])):
            assert type(finding.explanation) is Message
            assert _english(finding, text) == set(), finding.told("zh")
            assert re.search("[\\u4e00-\\u9fff]", finding.told("zh"))
            told += 1
    assert told or path.stem == "silent"


def test_english_words_would_be_noticed():
    finding = next(iter(verify("11×11 = 122")))
    plain_told = replace(finding, explanation=Message("nobody translated this"))
    assert _english(plain_told, "11×11 = 122") == {"nobody", "translated", "this"}
