"""Running a module on meta tensors and writing down every call, at the level at which users write.

A function mode sees each call of torch with its arguments; module hooks say which module runs; a dispatch mode below
sees the operators that nothing above accounts for (compiled functions), so that nothing escapes. No weight is allocated
and no number is computed.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors
from torch.utils._python_dispatch import TorchDispatchMode

from ..calls import Call, Ref, Sized, Weight
from ..extent import is_traced
from .torch_leaf import plain
from .torch_names import codes_of, name_of, opened
from .torch_sizes import Size, extent_of

#: Methods whose infix form some counters do not see.
_INFIX = frozenset("add mul sub div matmul add_ mul_ sub_ div_ pow floor_divide remainder __rsub__ __rdiv__".split())
_BINARY = "BINARY_OP"
_SIZES = frozenset({"Tensor.shape", "Tensor.size"})


@dataclass(slots=True)
class Operation:
    """An operator as it ran: arguments as they came, and what came out."""

    call: Call
    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    #: Operators below torch's own decompositions, with the shapes that they saw: (name, args).
    below: list[tuple[Any, tuple[Any, ...]]] = field(default_factory=list)


class Recorder(TorchFunctionMode):
    """Keeps the tree of calls, and hands every operator to ``made`` as soon as it has run.

    ``made(operation)`` gives the tensors that came out their values; ``value_of(tensor)`` asks for a value.
    """

    def __init__(
        self,
        root: Call,
        made: Callable[[Operation], None],
        argument: Callable[[torch.Tensor], Ref | Weight],
        note: Callable[[str, Any, Any, bool], None],
    ) -> None:
        super().__init__()
        self.stack = [root]
        self.made = made
        self.argument = argument
        self.guard = note
        self.below: list[tuple[Any, tuple[Any, ...]]] | None = None
        #: Whether an operator is running that no call of the module accounts for.
        self.inside = False
        #: The operator that ran last, for messages.
        self.last = ""
        self._running: list[Any] = []

    # -- sizes ---------------------------------------------------------------------------------------------------

    def note(self, relation: str, left: Any, right: Any, answer: bool) -> None:
        """What a size was asked or used for."""
        if relation in ("==", "<"):
            self.guard(relation, left, right, answer)
        elif relation == "*" and is_traced(left):
            # A traced graph has an operator for a product of sizes; one counter counts it.
            self.stack[-1].calls.append(Call("size.mul", self.stack[-1].path, out=Sized(left)))

    def _sized(self, tensor: torch.Tensor, sizes: torch.Size) -> torch.Size:
        ref = self.argument(tensor)
        if isinstance(ref, Weight):
            return torch.Size(Size(size, ("is", size, 0), self.note) for size in sizes)
        return torch.Size(Size(size, ("size", ref.value, axis), self.note) for axis, size in enumerate(sizes))

    def _size(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> Any:
        """The answer to a question about the size of a tensor, with its formula."""
        tensor = args[0]
        if isinstance(result, torch.Size):
            return self._sized(tensor, result)
        if name == "Tensor.size":
            return self._sized(tensor, tensor.shape)[kwargs.get("dim", args[1] if len(args) > 1 else 0)]
        sizes = self._sized(tensor, tensor.shape)
        whole: Any = 1
        for size in sizes:
            whole = extent_of(size) if whole == 1 else ("*", whole, extent_of(size))
        return result if type(whole) is int else Size(tensor.numel(), whole, self.note)

    # -- calls ---------------------------------------------------------------------------------------------------

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        options = dict(kwargs or {})
        if self.inside:
            # Torch computes shapes of meta tensors in Python, with calls of its own.
            return func(*args, **options)
        name = self.last = name_of(func)
        if name in _SIZES:
            return self._size(name, args, options, func(*args, **options))
        if func in _device_constructors():
            # Tables and masks are as weightless as everything else.
            options["device"] = torch.device("meta")
        body = None if self._running and self._running[-1] is func else opened(func)
        call = Call(name, self.stack[-1].path)
        if name.startswith(("F.", "torch.")):
            call.named = _is_named(name.rpartition(".")[2], func, sys._getframe(1))
        if body is None:
            return self._leaf(call, func, args, options)
        call.args, call.kwargs = self.arguments(args), self.arguments(options)
        self.stack[-1].calls.append(call)
        self.stack.append(call)
        self._running.append(func)
        try:
            with self:
                result = body(*args, **options)
        finally:
            self._running.pop()
            self.stack.pop()
        if name in ("Tensor.numel", "Tensor.nelement"):
            return self._size(name, args, options, result)
        call.out = self.arguments(result)
        return result

    def _leaf(self, call: Call, func: Any, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        short = call.name.rpartition(".")[2]
        if short in _INFIX:
            call.infix = _is_infix(short, sys._getframe(2))
        args, options = _on_meta(args), _on_meta(options)
        outer, self.below = self.below, []
        try:
            result = func(*args, **options) if func is not torch.batch_norm else _batch_norm(*args, **options)
        finally:
            below, self.below = self.below, outer
        if call.name in ("Tensor.numel", "Tensor.nelement"):
            return self._size(call.name, args, options, result)
        if not any(True for _ in tensors(result)) and short != "__setitem__":
            if short == "__len__":
                plain(self._sized(args[0], args[0].shape)[0])
            return result
        self.stack[-1].calls.append(call)
        call.args, call.kwargs = self.arguments(args), self.arguments(options)
        call.below = tuple([str(func._schema.name.partition("::")[2]) for func, _ in below])
        self.made(Operation(call, call.name, args, options, result, below))
        call.out = self.arguments(args[0] if short == "__setitem__" else result)
        return result

    def unseen(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any) -> None:
        """An operator that ran outside every call that the function mode saw."""
        call = Call(f"aten.{func._schema.name.partition('::')[2]}", self.stack[-1].path)
        self.stack[-1].calls.append(call)
        call.args, call.kwargs = self.arguments(args), self.arguments(kwargs)
        call.below = (call.name.partition(".")[2],)
        self.made(Operation(call, call.name, args, kwargs, result, [(func, args)]))
        call.out = self.arguments(result)

    def arguments(self, value: Any) -> Any:
        """A value as the record keeps it: tensors as references, sizes as formulas, plain data as it is."""
        if isinstance(value, torch.Tensor):
            return self.argument(value)
        if isinstance(value, Size):
            return Sized(value.extent)
        if isinstance(value, dict):
            return {key: self.arguments(item) for key, item in value.items()}
        if isinstance(value, (tuple, list)):
            return tuple([self.arguments(item) for item in value])
        if isinstance(value, slice):
            return ("slice", *(self.arguments(part) for part in (value.start, value.stop, value.step)))
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        return str(value)


class Ledger(TorchDispatchMode):
    """Sees every operator that reaches the dispatcher, and tells the recorder below which call."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self.recorder = recorder

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        inside, self.recorder.inside = self.recorder.inside, True
        try:
            result = func(*args, **(kwargs or {}))
        finally:
            self.recorder.inside = inside
        below = self.recorder.below
        if below is not None:
            below.append((func, args))
        elif any(True for _ in tensors(result)):
            self.recorder.unseen(func, args, kwargs or {}, result)
        return result


def _batch_norm(x: torch.Tensor, *rest: Any, **options: Any) -> torch.Tensor:
    """Batch norm on meta tensors. Torch takes it apart in Python, at half the time of a whole import; where all sizes
    fit, the result is known to look like the input."""
    channels = x.shape[1:2]
    vectors = [item for item in (*rest, *options.values()) if isinstance(item, torch.Tensor)]
    if all(vector.shape == channels for vector in vectors) and x.is_floating_point():
        return torch.empty_like(x)
    return torch.batch_norm(x, *rest, **options)


def _is_infix(name: str, frame: Any) -> bool:
    """Whether the call that reached the mode was written with a sign (or by ``sum`` and the module ``operator``, which
    come to the same), and not as a method; the caller's bytecode tells."""
    while frame is not None and frame.f_code.co_filename.endswith(("overrides.py", "_tensor.py")):
        frame = frame.f_back
    if frame is None or dis.opname[frame.f_code.co_code[frame.f_lasti]] == _BINARY:
        return True
    names = frame.f_code.co_names
    return name not in names or "operator" in names


def _is_named(name: str, func: Any, frame: Any) -> bool:
    """Whether the caller looked the function up under its name (``F.relu(x)``), so that a patch would be seen; not so
    where it was imported by name or is kept as an attribute (``self.activation(x)``)."""
    own = codes_of(func)
    while frame is not None and (frame.f_code in own or frame.f_code.co_filename.endswith(_PASSING)):
        frame = frame.f_back
    if frame is None or name not in frame.f_code.co_names:
        return False
    scope = frame.f_globals
    return scope.get(name) is not func or scope.get("__name__") in ("torch.nn.functional", "torch.functional")


#: Files of torch through which a call passes on its way to the mode.
_PASSING = ("torch/overrides.py", "torch/_jit_internal.py")


def tensors(value: Any) -> Iterator[torch.Tensor]:
    """All tensors in nested containers and records."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors(item)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from tensors(getattr(value, name))


def _on_meta(value: Any) -> Any:
    """Constants that the module keeps beside its buffers, without their numbers."""
    if isinstance(value, torch.Tensor):
        return value if value.device.type == "meta" else value.to("meta")
    if type(value) in (tuple, list):
        if any(isinstance(item, (torch.Tensor, tuple, list)) for item in value):
            return type(value)(_on_meta(item) for item in value)
        return value
    if type(value) is dict:
        return {key: _on_meta(item) for key, item in value.items()}
    return torch.device("meta") if isinstance(value, torch.device) else value


@contextmanager
def quiet_fastpath() -> Iterator[None]:
    """Attention without its fused path, which hides the operators."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


__all__ = ["Ledger", "Operation", "Recorder", "extent_of", "quiet_fastpath", "tensors"]
