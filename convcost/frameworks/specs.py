"""SPEC forms that name a real module: ``torchvision:NAME``, ``timm:NAME``, ``file.py:NAME``, ``model.onnx``."""

from __future__ import annotations

import difflib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..arith import Shape
from ..errors import ConvcostError, SpecError, UnsupportedError
from .needs import need

if TYPE_CHECKING:
    from ..graph import Graph

#: What the text of such a spec looks like.
_LIBRARY = re.compile(r"(torchvision|timm):(.+)")
_FILE = re.compile(r"(.+\.py)(?::([^:]*))?")
_ONNX = re.compile(r".+\.onnx")


def is_module_spec(text: str) -> bool:
    """Whether ``text`` names a real module.

    >>> is_module_spec("torchvision:resnet50"), is_module_spec("net.py:Net"), is_module_spec("Conv(8, 3)")
    (True, True, False)
    """
    return any(pattern.fullmatch(text) for pattern in (_LIBRARY, _FILE, _ONNX))


@dataclass
class ModuleSpec:
    """A module that can be made: with weights (``make(False)``) or on the meta device (``make(True)``).

    ``input`` are the shapes that it brings along, if it does; ``graph`` is there at once for what is no torch module.
    """

    text: str
    make: Callable[[bool], Any] | None = None
    input: tuple[Shape, ...] | None = None
    graph: Graph | None = None

    @cached_property
    def module(self) -> Any:
        """The module with real weights.

        Raises ``UnsupportedError`` for an imported model that is no torch module.
        """
        if self.make is None:
            raise UnsupportedError("this needs a torch module", got=self.text)
        return self.make(False)

    def imported(self, shapes: Iterable[Shape], mode: str, dtypes: Any = None) -> Graph:
        """The graph at these shapes."""
        if self.graph is not None:
            return self.graph
        from . import from_torch

        assert self.make is not None  # noqa: S101 (either one is there)
        try:
            bare = self.make(True)
        except ConvcostError:
            raise
        except Exception:
            # A few constructors compute with their own weights; those are made for real.
            bare = self.module
        return from_torch(bare, *shapes, mode=mode, dtypes=dtypes)


def load(text: str) -> ModuleSpec:
    """Read such a spec.

    Raises ``UnsupportedError`` where the package is missing, ``SpecError`` for a name or file that there is not.
    """
    if found := _LIBRARY.fullmatch(text):
        return (_torchvision if found[1] == "torchvision" else _timm)(text, found[2])
    if _ONNX.fullmatch(text):
        if not Path(text).is_file():
            raise SpecError("there is no such file", got=text)
        from . import from_onnx

        return ModuleSpec(text, graph=from_onnx(text))
    found = _FILE.fullmatch(text)
    if found is None:
        raise SpecError("this names no module", got=text[:60])
    return _from_python(text, found[1], found[2] or "")


def _missing(name: str, kind: str, names: Iterable[str]) -> SpecError:
    names = list(names)
    near = difflib.get_close_matches(name[:60], names, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(names[:12])}" if names else ""
    return SpecError(f"there is no {kind} {name[:60]!r}", fix=hint)


def _made(builder: Callable[..., Any], options: dict[str, Any]) -> Callable[[bool], Any]:
    def make(bare: bool) -> Any:
        torch = need("torch", "a module")
        with torch.device("meta" if bare else "cpu"):
            return builder(**options)

    return make


def _torchvision(text: str, name: str) -> ModuleSpec:
    need("torch", "torchvision:NAME")
    models = need("torchvision.models", "torchvision:NAME")
    if name not in models.list_models():
        raise _missing(name, "torchvision model", models.list_models())
    options: dict[str, Any] = {"weights": None}
    # Two old networks initialize themselves for many seconds unless they are told not to.
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    builder = models.get_model_builder(name)
    if "weights_backbone" in inspect.signature(builder).parameters:
        options["weights_backbone"] = None
    return ModuleSpec(text, _made(builder, options), _torchvision_input(models, name))


def _torchvision_input(models: Any, name: str) -> tuple[Shape, ...] | None:
    """The crop that the published weights are evaluated at."""
    try:
        best = next(iter(models.get_model_weights(name)))
        crop = getattr(best.transforms(), "crop_size", None)
    except Exception:
        return None
    if not crop:
        return None
    sides = (crop[0], crop[0]) if len(crop) == 1 else tuple(crop)
    return ((3, *sides),) if best.meta.get("categories") and "kinetics" not in str(best).lower() else None


def _timm(text: str, name: str) -> ModuleSpec:
    need("torch", "timm:NAME")
    timm = need("timm", "timm:NAME")
    if name not in timm.list_models() and not timm.is_model(name):
        raise _missing(name, "timm model", timm.list_models())
    config = timm.get_pretrained_cfg(name, allow_unregistered=True)
    shape = getattr(config, "input_size", None)
    return ModuleSpec(
        text, _made(timm.create_model, {"model_name": name, "pretrained": False}), (shape,) if shape else None
    )


def python_object(text: str) -> Any:
    """What ``file.py:NAME`` names, as it is.

    Raises ``SpecError`` for a file or name that there is not.
    """
    found = _FILE.fullmatch(text)
    if found is None or not Path(found[1]).is_file():
        raise SpecError("there is no such file", got=text)
    space = _run(Path(found[1]))
    if not hasattr(space, found[2] or ""):
        raise _missing(found[2] or "", f"name in {found[1]}", [key for key in vars(space) if not key.startswith("_")])
    return getattr(space, found[2])


def _from_python(text: str, path: str, name: str) -> ModuleSpec:
    """A class, function or object of a Python file, which is run."""
    file = Path(path)
    if not file.is_file():
        raise SpecError("there is no such file", got=path)
    space = _run(file)
    public = [key for key, value in vars(space).items() if not key.startswith("_") and _is_candidate(value, space)]
    if not name:
        raise SpecError(
            "a file needs the name of a class or function in it", got=path, fix=f"{path}:{(public or ['NAME'])[0]}"
        )
    if not hasattr(space, name):
        raise _missing(name, f"name in {path}", public)
    found = getattr(space, name)
    if _is_keras(found):
        return _keras(text, found)
    if not callable(found) or _is_torch(found):
        return _object(text, found)
    first = _called(found, path, name, True)
    if _is_keras(first):
        return _keras(text, first)
    if not _is_torch(first):
        raise SpecError("this makes no torch module and no Keras model", where=text, got=type(first).__name__)
    return ModuleSpec(text, lambda bare: first if bare else _called(found, path, name, False))


def _run(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"_convcost_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise SpecError("this is no Python file", got=str(file))
    space = importlib.util.module_from_spec(spec)
    # Neighbours of the file may be imported by it, as if it were run there.
    sys.path.insert(0, str(file.resolve().parent))
    sys.modules[spec.name] = space
    try:
        spec.loader.exec_module(space)
    except Exception as error:
        raise SpecError(
            "the file raises when it is run", where=str(file), got=f"{type(error).__name__}: {error}"
        ) from error
    finally:
        sys.path.pop(0)
    return space


def _called(maker: Callable[[], Any], path: str, name: str, bare: bool) -> Any:
    torch = need("torch", "a module of a file") if "torch" in sys.modules else None
    try:
        if torch is None:
            return maker()
        try:
            with torch.device("meta" if bare else "cpu"):
                return maker()
        except Exception:
            if not bare:
                raise
            # A few constructors compute with their own weights.
            return maker()
    except Exception as error:
        raise SpecError(
            "it cannot be made without arguments",
            where=f"{path}:{name}",
            got=f"{type(error).__name__}: {error}",
            fix="write a function in the file that makes it, and name that",
        ) from error


def _is_torch(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


def _is_keras(value: Any) -> bool:
    keras = sys.modules.get("keras")
    return keras is not None and isinstance(value, keras.Model)


def _is_candidate(value: Any, space: Any) -> bool:
    return _is_torch(value) or _is_keras(value) or getattr(value, "__module__", None) == space.__name__


def _object(text: str, value: Any) -> ModuleSpec:
    if not _is_torch(value):
        raise SpecError("this is no torch module and no Keras model", where=text, got=type(value).__name__)
    return ModuleSpec(text, lambda _: value)


def _keras(text: str, model: Any) -> ModuleSpec:
    from . import from_keras

    return ModuleSpec(text, graph=from_keras(model))
