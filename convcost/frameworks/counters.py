"""The counters of others, run on a real torch module, each as it asks to be run.

:data:`TOOLS` are the names, which are also those of the conventions that reproduce them. Nothing here loads torch or a
counter before :func:`run` is called.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from ..errors import SpecError
from .needs import EXTRAS, need

if TYPE_CHECKING:
    import torch
    from torch import nn


class _Tool(NamedTuple):
    """The unit of what is printed, and the packages that must be there, the counter's own first."""

    unit: str
    needs: tuple[str, ...]


_TOOLS = {
    "fvcore": _Tool("MAC", ("fvcore", "torch")),
    "torch": _Tool("FLOP", ("torch",)),
    "torch-train": _Tool("FLOP", ("torch",)),
    "torch-profiler": _Tool("FLOP", ("torch",)),
    # Python 3.12 has no distutils any more; setuptools brings it back.
    "thop": _Tool("MAC", ("thop", "torch", "distutils")),
    "ptflops": _Tool("MAC", ("ptflops", "torch")),
    "ptflops-aten": _Tool("MAC", ("ptflops", "torch")),
    "torchinfo": _Tool("MAC", ("torchinfo", "torch")),
    "torchprofile": _Tool("MAC", ("torchprofile", "torch")),
    # calflops imports transformers and does not say so to pip.
    "calflops": _Tool("FLOP", ("calflops", "torch", "transformers")),
    "calflops-macs": _Tool("MAC", ("calflops", "torch", "transformers")),
}
TOOLS = tuple(_TOOLS)
MODES = ("eval", "train")


@dataclass(frozen=True)
class Reading:
    """What a counter said of one module.

    ``printed``   its number, in ``unit``; ``None`` unless ``status`` is ``ok``;
    ``per_layer`` its numbers of modules, by path (``layer1.0.conv1``), those inside included; empty where the tool
                  gives none;
    ``uncounted`` what it says itself that it skipped, in its own words;
    ``status``    ``ok``, ``failed`` or ``missing`` (not installed), with the reason in ``message``.
    """

    tool: str
    unit: str
    status: str
    printed: int | None = None
    per_layer: dict[str, int] = field(default_factory=dict)
    uncounted: tuple[str, ...] = ()
    version: str = ""
    message: str = ""


def package(tool: str) -> str:
    """The package that a counter comes with.

    >>> package("ptflops-aten"), package("torch-train")
    ('ptflops', 'torch')
    """
    return _tool(tool).needs[0]


def unit(tool: str) -> str:
    """The unit of a counter's number, whatever the counter calls it.

    >>> unit("fvcore"), unit("calflops")
    ('MAC', 'FLOP')
    """
    return _tool(tool).unit


def installed(tool: str) -> bool:
    """Whether everything that the counter imports is there; nothing is imported to find out."""
    return not _missing(tool)


def run(tool: str, module: nn.Module, inputs: Sequence[torch.Tensor] | torch.Tensor, mode: str = "eval") -> Reading:
    """What ``tool`` prints for ``module`` called with ``inputs`` (with their batch), in ``eval`` or ``train`` mode.

    The module, the inputs, the random state and torch itself are afterwards as before. A counter that fails says so
    in the reading; :class:`~convcost.errors.SpecError` is raised for a request that means nothing.
    """
    needed = _tool(tool)
    missing = _missing(tool)
    if missing:
        extra = EXTRAS.get(missing)
        hint = f"pip install 'convcost[{extra}]'" if extra else "pip install setuptools"
        return Reading(tool, needed.unit, "missing", message=f"needs the package {missing}, not installed; {hint}")
    need("torch", "a counter")
    from .isolation import Subject, isolated, no_warnings
    from .raw import one_line
    from .tools import LOADERS, RUNNERS

    if mode not in MODES:
        raise SpecError(f"there is no mode {mode!r}", fix="eval or train")
    subject = Subject(*_checked(module, inputs), training=mode == "train")
    version = _version(package(tool))
    try:
        # Outside the silence: what a package remembers of standard output when it is loaded should be the real one.
        with no_warnings():
            LOADERS[tool]()
        with isolated() as subject.said:
            raw = RUNNERS[tool](subject)
    except Exception as error:
        return Reading(tool, needed.unit, "failed", version=version, message=one_line(error))
    notes = [raw.message] if raw.message else []
    if mode == "train" and tool in _EVAL_ONLY:
        notes.append("the tool switches to eval mode itself")
    return Reading(
        tool,
        needed.unit,
        "ok",
        raw.printed,
        _in_order(module, raw.per_layer),
        raw.uncounted,
        version,
        "; ".join(notes),
    )


def _in_order(module: nn.Module, layers: Mapping[str, int]) -> dict[str, int]:
    """Numbers by path as everywhere in this package, in the order of the module, without the module itself."""
    places = {path: place for place, (path, _) in enumerate(module.named_modules(remove_duplicate=False))}
    known = sorted((path for path in layers if path), key=lambda path: places.get(path, len(places)))
    return {path: layers[path] for path in known}


#: Counters that call ``module.eval()`` whatever they are given.
_EVAL_ONLY = ("thop", "ptflops", "ptflops-aten", "calflops", "calflops-macs")


def _tool(name: str) -> _Tool:
    if name not in _TOOLS:
        raise SpecError(f"there is no counter {name!r}", fix=f"one of {', '.join(TOOLS)}")
    return _TOOLS[name]


def _missing(tool: str) -> str:
    """The first package that is not there; empty if all are."""
    return next((name for name in _tool(tool).needs if not _found(name)), "")


def _found(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):  # ValueError: blocked by None in sys.modules
        return False


def _version(name: str) -> str:
    import importlib.metadata  # slow to load, and only of use here

    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _checked(module: object, inputs: object) -> tuple[nn.Module, tuple[torch.Tensor, ...]]:
    import torch

    if not isinstance(module, torch.nn.Module):
        raise SpecError("a counter counts a torch module", got=type(module).__name__)
    given = (inputs,) if isinstance(inputs, torch.Tensor) else inputs
    if not isinstance(given, (tuple, list)) or not given or not all(isinstance(one, torch.Tensor) for one in given):
        raise SpecError("the inputs of a module are tensors, with their batch", got=type(inputs).__name__)
    return module, tuple(given)
