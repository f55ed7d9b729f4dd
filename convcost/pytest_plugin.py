"""``pytest --convcost docs/``: every claim in the documents given is a test, which fails where the claim is wrong.

What cannot be judged, and what the author accepts, is skipped with its reason. Without ``--convcost`` nothing is
collected and nothing is imported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .messages import Message

if TYPE_CHECKING:
    from .claims import Finding
    from .costing import Cost

_NETWORK: pytest.StashKey[Cost | None] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--convcost``, and what may stand in the configuration file."""
    group = parser.getgroup("convcost", "claims about the costs of convolutional networks")
    group.addoption("--convcost", action="store_true", help="judge the claims in documents: each claim is a test")
    parser.addini("convcost_network", "the network that tables speak of, as `convcost verify --network`", default="")
    parser.addini("convcost_kinds", "formats of the documents, such as: markdown notebook", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """The network is read once; what is wrong with it is said before anything is collected."""
    if not config.getoption("convcost"):
        return
    from .cli.common import resolve
    from .errors import ConvcostError

    spec = config.getini("convcost_network")
    try:
        config.stash[_NETWORK] = resolve(spec).cost(None) if spec else None
    except ConvcostError as error:
        raise pytest.UsageError(f"convcost_network: {error}") from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DocumentFile | None:
    """Documents, by their suffix or because they were named."""
    if not parent.config.getoption("convcost"):
        return None
    from .claims.documents.files import SUFFIXES

    kind = SUFFIXES.get(file_path.suffix.lower())
    kinds = parent.config.getini("convcost_kinds")
    named = parent.session.isinitpath(file_path)
    wanted = named and file_path.suffix != ".py" if kind is None else not kinds or kind in kinds
    return DocumentFile.from_parent(parent, path=file_path) if wanted else None


class DocumentFile(pytest.File):
    """A document with its claims."""

    def collect(self) -> Iterator[pytest.Item]:
        """One test a claim, in the order of the document."""
        from .claims import verify_files
        from .errors import ConvcostError

        try:
            findings = verify_files([self.path], network=self.config.stash[_NETWORK]).findings
        except ConvcostError as error:
            if self.session.isinitpath(self.path):
                raise self.CollectError(str(error)) from None
            yield Unreadable.from_parent(self, name="unreadable", why=str(error))
            return
        names: Counter[str] = Counter()
        for finding in findings:
            name = _name(finding)
            names[name] += 1
            unique = name if names[name] == 1 else f"{name} ({names[name]})"
            yield ClaimItem.from_parent(self, name=unique, finding=finding)


def _name(finding: Finding) -> str:
    """What a test is called: its place and its claim, in one short line without what parts the names of tests."""
    from .report.findings import shortened

    cell = "" if finding.cell is None else f"cell {finding.cell}, "
    return f"{cell}line {finding.line}: {shortened(finding.text, 40)}".replace("::", ": :")


class Unreadable(pytest.Item):
    """A document in a folder that cannot be read."""

    def __init__(self, *, why: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.why = why

    def runtest(self) -> None:
        """Nothing could be judged."""
        pytest.skip(self.why)


class ClaimItem(pytest.Item):
    """A claim; ``-k`` knows its kind, its verdict and its reason."""

    def __init__(self, *, finding: Finding, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.finding = finding
        self.extra_keyword_matches.update(filter(None, (finding.kind, finding.verdict, finding.reason)))

    def runtest(self) -> None:
        """The verdict as a test's outcome."""
        from .messages import usual_language

        if self.finding.verdict == "unverifiable":
            pytest.skip(self.finding.told(usual_language()))
        if self.finding.verdict == "wrong":
            # No code is at fault, so there is no traceback to show.
            pytest.fail(self._wrong(usual_language()), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The document and the line of the claim."""
        return self.path, self.finding.line - 1, self.name

    def _wrong(self, language: str) -> str:
        """The numbers in the line that the summary shows, then place, claim and explanation."""
        from .report.findings import visible

        finding = self.finding
        document = self.parent.nodeid if self.parent else str(self.path)
        place = ":".join(str(part) for part in (document, finding.cell, finding.line) if part is not None)
        computed = f"{finding.computed:,}" if isinstance(finding.computed, int) else str(finding.computed)
        numbers = Message("printed {printed}, computed {computed}", printed=finding.printed, computed=computed)
        lines = [f"{numbers.to(language)} ({finding.reason})", f"{place}: {finding.text}", finding.told(language)]
        if finding.mended:
            lines.append(Message("mended: {text}", text=finding.mended).to(language))
        return "\n".join(map(visible, lines))
