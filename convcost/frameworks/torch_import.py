"""A torch module in, a graph out: every call that it makes at an input shape becomes a node."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from ..calls import Call, Ref, Weight
from ..errors import ConvcostError, SpecError, UnsupportedError
from ..graph import Graph
from ..notation import parse_shape
from .torch_modules import describe, dtype_of, weightless
from .torch_nodes import Nodes
from .torch_record import Ledger, Recorder, quiet_fastpath, tensors

MODES = ("eval", "train")


def import_module(
    module: nn.Module,
    shapes: Sequence[Any],
    *,
    dtypes: Any = None,
    batch_dim: int | Sequence[int | None] | None = 0,
    mode: str = "eval",
) -> Graph:
    """See :func:`convcost.from_torch`."""
    if not isinstance(module, nn.Module):
        raise SpecError("from_torch takes a torch.nn.Module", got=type(module).__name__)
    if mode not in MODES:
        raise SpecError(f"there is no mode {mode!r}", fix="eval or train")
    wanted = [_shape(shape) for shape in shapes]
    if not wanted:
        raise SpecError("an input shape is needed", fix="from_torch(module, (3, 224, 224))")
    batch_dims = [batch_dim] * len(wanted) if batch_dim is None or isinstance(batch_dim, int) else list(batch_dim)
    if len(batch_dims) != len(wanted):
        raise SpecError("one batch_dim for all inputs, or one for each", got=f"batch_dim={batch_dim}")
    kinds = _dtypes(module, dtypes, len(wanted))
    for axis, shape in zip(batch_dims, wanted, strict=True):
        if axis is not None and not 0 <= axis <= len(shape):
            raise SpecError("batch_dim is an axis of the whole input", got=f"batch_dim={axis}, input {shape}")
    if mode == "eval":
        return _recorded(weightless(module).eval(), wanted, batch_dims, kinds, 1)
    try:
        graph = _recorded(weightless(module).train(), wanted, batch_dims, kinds, 1)
    except UnsupportedError as error:
        # Batch norm in training refuses to normalize a single value; with two examples there is something to see.
        if "more than 1 value per channel" not in error.got:
            raise
        graph = _recorded(weightless(module).train(), wanted, batch_dims, kinds, 2)
    with contextlib.suppress(UnsupportedError):
        graph.evaluated = _recorded(weightless(module).eval(), wanted, batch_dims, kinds, 1)
    return graph


def _shape(shape: Any) -> tuple[int, ...]:
    if isinstance(shape, str):
        shape = parse_shape(shape)
    if not isinstance(shape, (tuple, list, torch.Size)):
        raise SpecError("a shape is a tuple of sizes without the batch", got=repr(shape), fix="such as (3, 224, 224)")
    for size in shape:
        if type(size) is not int or size < 1:
            raise SpecError(
                "a module is imported at sizes in numbers, at least 1",
                got=f"input {tuple(shape)}",
                fix="import it at numbers, then cost(graph, (3, H, W)) at symbols",
            )
    return tuple(shape)


def _dtypes(module: nn.Module, dtypes: Any, count: int) -> list[torch.dtype]:
    if dtypes is None:
        floating = next((p.dtype for p in module.parameters() if p.dtype.is_floating_point), torch.float32)
        return [floating] * count
    given = list(dtypes) if isinstance(dtypes, (tuple, list)) else [dtypes] * count
    if len(given) != count:
        raise SpecError(f"{count} inputs need {count} dtypes", got=f"{len(given)}")
    return [dtype_of(value) for value in given]


def _recorded(
    module: nn.Module, shapes: list[tuple[int, ...]], batch_dims: list[int | None], kinds: list[torch.dtype], batch: int
) -> Graph:
    whole = [
        shape if axis is None else (*shape[:axis], batch, *shape[axis:])
        for shape, axis in zip(shapes, batch_dims, strict=True)
    ]
    inputs = [torch.empty(shape, dtype=kind, device="meta") for shape, kind in zip(whole, kinds, strict=True)]
    info, modules, weights = describe(module)
    root = Call("", "")
    nodes = Nodes(inputs, weights)
    recorder = Recorder(root, nodes.made, nodes.argument, nodes.guard)
    nodes.path_of = lambda: recorder.stack[-1]
    handles = _hooked(module, modules, recorder)
    try:
        with torch.no_grad(), quiet_fastpath(), warnings.catch_warnings(), Ledger(recorder), recorder:
            warnings.simplefilter("ignore")
            result = module(*inputs)
    except ConvcostError:
        raise
    except Exception as error:
        raise _explained(error, recorder) from error
    finally:
        for handle in handles:
            handle.remove()
    outputs = [*tensors(result)]
    if not outputs:
        raise UnsupportedError("the module gives no tensor back", got=type(result).__name__)
    return nodes.graph(outputs, root.calls[0], info, shapes, batch_dims)


def _hooked(module: nn.Module, modules: dict[int, Any], recorder: Recorder) -> list[Any]:
    """Hooks that tell the recorder which module runs."""

    def before(part: nn.Module, args: Any, kwargs: Any) -> None:
        info = modules[id(part)]
        info.ran = True
        call = Call(info.kind, info.path, recorder.arguments(args), recorder.arguments(kwargs), module=info)
        recorder.stack[-1].calls.append(call)
        recorder.stack.append(call)

    def after(_part: nn.Module, _args: Any, _kwargs: Any, result: Any) -> None:
        recorder.stack[-1].out = recorder.arguments(result)
        recorder.stack.pop()

    handles = []
    for part in module.modules():
        handles.append(part.register_forward_pre_hook(before, with_kwargs=True))
        handles.append(part.register_forward_hook(after, with_kwargs=True))
    return handles


#: What torch says where a module asks for the value of a tensor.
_NEEDS_VALUES = ("meta", "data-dependent", "_local_scalar_dense", "nonzero")


def _explained(error: Exception, recorder: Recorder) -> ConvcostError:
    """A failure inside the module, with the place where it happened."""
    where = recorder.stack[-1].path
    text = " ".join(str(error).split())
    if isinstance(error, (NotImplementedError, RuntimeError)) and any(word in text for word in _NEEDS_VALUES):
        return UnsupportedError(
            "the module needs the values of a tensor, which an import does not compute",
            where=where,
            got=f"{recorder.last}: {text[:120]}",
            fix="import the part of it that does not (such as its backbone)",
        )
    hint = ""
    if "indices" in text and ("Long" in text or "int" in text.lower()):
        hint = 'say the type of the input, such as dtypes=["int64"]'
    elif "positional argument" in text:
        hint = "give a shape for each input; on the command line with ; between them: --input '3x9x9;1x9x9'"
    return UnsupportedError(
        "the module raises at this input", where=where, got=f"{type(error).__name__}: {text[:200]}", fix=hint
    )


__all__ = ["Ref", "Weight", "import_module"]
