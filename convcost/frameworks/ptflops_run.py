"""How ptflops is called, and where its two backends keep what they counted."""

from __future__ import annotations

import contextlib
import inspect
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from torch import nn

from .isolation import Subject, swapped
from .raw import CounterError, Raw, exact, leaves_only, rolled_up


def modules_and_functions(subject: Subject) -> Raw:
    """Modules are divided by the batch, functions are not; the sum is cut down to an ``int``.

    The functions' share belongs to no module in the tool; here it is booked where the function was called.
    """
    from ptflops import pytorch_engine as engine

    module = subject.module()
    layers: dict[str, float] = {}
    averages: list[float] = []
    average_of, wrapper = engine.compute_average_flops_cost, engine.torch_function_wrapper

    def average(model: nn.Module) -> Any:
        batch = model.__batch_counter__
        for path, count in _counted_modules(model, engine.is_supported_instance):
            layers[path] = layers.get(path, 0) + count / batch
        result = average_of(model)
        averages.append(result[0])
        return result

    with _running(module) as where:

        class Located(wrapper):  # type: ignore[misc, valid-type]
            """A patched function that also says from which module it was called."""

            def __call__(self, *args: Any, **kwargs: Any) -> Any:
                place, position = where[-1] if where else "", len(self.collector)
                result = super().__call__(*args, **kwargs)
                layers[place] = layers.get(place, 0) + self.collector[position]
                return result

        with (
            swapped(engine, "compute_average_flops_cost", average),
            swapped(engine, "torch_function_wrapper", Located),
        ):
            printed, text = _complexity(module, subject, "pytorch")
    if averages and not float(averages[0]).is_integer():
        raise CounterError(f"the average over the batch is the fraction {averages[0]!r}, which it prints cut down")
    skipped = re.findall(r"module (\w+) is treated as a zero-op", text)
    whole = {path: int(value) for path, value in layers.items() if float(value).is_integer()}
    return Raw(printed, rolled_up(whole), leaves_only(module, skipped))


def _counted_modules(module: nn.Module, counted: Callable[[nn.Module], bool], path: str = "") -> Iterator[Any]:
    """The modules that ptflops sums up: it does not look into those for which it has a rule."""
    if counted(module):
        yield path, module.__flops__
        return
    for name, child in module.named_children():
        yield from _counted_modules(child, counted, f"{path}.{name}" if path else name)


@contextlib.contextmanager
def _running(module: nn.Module) -> Iterator[list[str]]:
    """The paths of the modules whose forward is running, innermost last."""
    names = {one: path for path, one in module.named_modules()}
    stack: list[str] = []

    def enter(one: nn.Module, _: Any) -> None:
        stack.append(names.get(one, stack[-1] if stack else ""))

    def leave(*_: Any) -> None:
        stack.pop()

    entering = nn.modules.module.register_module_forward_pre_hook(enter)
    leaving = nn.modules.module.register_module_forward_hook(leave)
    try:
        yield stack
    finally:
        entering.remove()
        leaving.remove()


def operators(subject: Subject) -> Raw:
    """Operators below the modules, for the whole batch."""
    from ptflops import aten_engine as engine

    module = subject.module()
    made: list[Any] = []

    class Recording(engine.FlopCounterMode):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            made.append(self)

    with swapped(engine, "FlopCounterMode", Recording):
        printed, text = _complexity(module, subject, "aten")
    # It knows the direct children of the module only.
    counts = made[0].flop_counts if made else {}
    layers = {path: exact(sum(each.values())) for path, each in counts.items() if path != "Global"}
    zero = re.findall(r"Warning: (\S+) operation is treated as a zero-op", text)
    return Raw(printed, layers, tuple(dict.fromkeys(zero)))


def _complexity(module: nn.Module, subject: Subject, backend: str) -> tuple[int, str]:
    """What ptflops gives, and what it prints meanwhile."""
    from ptflops import get_model_complexity_info

    inputs = subject.inputs()
    # Several inputs are given by name, as the tool wants it; it then takes the batch for 1.
    given: Any = inputs[0] if len(inputs) == 1 else dict(zip(_argument_names(module), inputs, strict=False))
    if isinstance(given, dict) and len(given) < len(inputs):
        raise CounterError("the tool gives several inputs by name, and the module's forward does not name them")
    text = io.StringIO()  # its default stream is the one that was standard output when it was imported
    printed, _ = get_model_complexity_info(
        module, tuple(inputs[0].shape) or (1,), print_per_layer_stat=False, as_strings=False, ost=text, verbose=True,
        input_constructor=lambda _: given, backend=backend,
    )  # fmt: skip
    if printed is None:
        _, _, why = subject.said.getvalue().partition("following exception:")
        why = " ".join(why.partition("Traceback")[0].split())
        raise CounterError(re.sub(r"^<class '(?:builtins\.)?([\w.]+)'>", r"\1", why)[:200] or "it gives no number")
    return exact(printed), text.getvalue()


def _argument_names(module: nn.Module) -> list[str]:
    parameters = inspect.signature(module.forward).parameters.values()
    return [one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
