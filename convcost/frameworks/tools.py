"""How each counter is called, and where it keeps what it counted. One function per counter; see ``counters.run``."""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from . import ptflops_run
from .isolation import Subject, swapped
from .raw import Raw, exact, leaves_only, one_line, rolled_up

# -- torch's own ---------------------------------------------------------------------------------------------------


def _torch(subject: Subject, *, train: bool = False) -> Raw:
    """On the meta device, where attention is no fused kernel that counts as 0; on the CPU if the module needs values.

    What a module makes in its forward is put on the meta device, too.
    """
    try:
        with torch.device("meta"):
            return _flop_counter(subject.on_meta(), subject.inputs("meta"), train)
    except Exception as error:
        with sdpa_kernel(SDPBackend.MATH):
            found = _flop_counter(subject.module(), subject.inputs(), train)
        why = f"counted on the CPU with attention as matrix products, since the meta device fails: {one_line(error)}"
        return found._replace(message="; ".join(filter(None, [why[:200], found.message])))


def _flop_counter(module: nn.Module, inputs: tuple[torch.Tensor, ...], train: bool) -> Raw:
    message = ""
    with FlopCounterMode(display=False) as counter, torch.set_grad_enabled(train):
        outputs = module(*inputs)
        if train:
            leaves = [leaf for leaf in tree_leaves(outputs) if isinstance(leaf, torch.Tensor) and leaf.requires_grad]
            if leaves:
                sum(leaf.sum() for leaf in leaves).backward()  # type: ignore[union-attr]
            else:
                message = "nothing here has a gradient: the forward pass alone"
    if train:
        # Where a module passes its input on, the tool books the backward pass of its neighbours under its name.
        return Raw(exact(counter.get_total_flops()), message=message)
    layers = {
        path.partition(".")[2]: exact(sum(counts.values()))
        for path, counts in counter.get_flop_counts().items()
        if path != "Global"
    }
    return Raw(exact(counter.get_total_flops()), layers)


def _torch_profiler(subject: Subject) -> Raw:
    from torch.profiler import ProfilerActivity, profile

    module, inputs = subject.module(), subject.inputs()
    with profile(activities=[ProfilerActivity.CPU], with_flops=True, record_shapes=True) as profiler:
        module(*inputs)
    return Raw(exact(sum(event.flops or 0 for event in profiler.events() or ())))


# -- fvcore, torchprofile: traced graphs -----------------------------------------------------------------------------


def _fvcore(subject: Subject) -> Raw:
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(subject.module(), subject.inputs())
    analysis.tracer_warnings("none").unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    layers = {path: exact(value) for path, value in analysis.by_module().items()}
    return Raw(exact(analysis.total()), layers, tuple(analysis.unsupported_ops()))


def _torchprofile(subject: Subject) -> Raw:
    from torchprofile import profile_macs

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        total = profile_macs(subject.module(), subject.inputs())
    skipped = re.findall(r'No handlers found: "([^"]+)"', "\n".join(str(one.message) for one in warned))
    # Its graph has lost the names of the modules.
    return Raw(exact(total), uncounted=tuple(dict.fromkeys(skipped)))


# -- thop, torchinfo, calflops: hooks on modules ---------------------------------------------------------------------


def _thop(subject: Subject) -> Raw:
    from thop import profile

    module = subject.module()
    total, _, nested = profile(module, subject.inputs(), ret_layer_info=True, report_missing=True)
    skipped = re.findall(r"Cannot find rule for <class '([\w.]+)'>", subject.said.getvalue())
    return Raw(exact(total), dict(_unnested(nested)), leaves_only(module, skipped))


def _unnested(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, int]]:
    for name, (count, _, inner) in nested.items():
        yield prefix + name, exact(count)
        yield from _unnested(inner, f"{prefix}{name}.")


def _torchinfo(subject: Subject) -> Raw:
    from torchinfo import summary

    mode = "train" if subject.training else "eval"
    statistics = summary(subject.module(), input_data=list(subject.inputs()), mode=mode, verbose=0)
    layers: dict[str, int] = {}
    for info in statistics.summary_list:
        if info.is_leaf_layer:
            parts: list[str] = []
            place: Any = info
            while place is not None and place.depth > 0:
                parts.append(place.var_name)
                place = place.parent_info
            path = ".".join(reversed(parts))
            layers[path] = layers.get(path, 0) + exact(info.macs)
    return Raw(exact(statistics.total_mult_adds), rolled_up(layers))


def _calflops(subject: Subject, *, macs: bool = False) -> Raw:
    from calflops import calculate_flops, flops_counter
    from calflops.utils import get_module_flops, get_module_macs

    of_module = get_module_macs if macs else get_module_flops
    layers: dict[str, int] = {}

    class Recording(flops_counter.CalFlopsPipline):
        """Reads the numbers of the modules before they are wiped."""

        def end_flops_calculate(self) -> None:
            layers.update((path, exact(of_module(one))) for path, one in self.model.named_modules())
            super().end_flops_calculate()

    # A module without parameters fails here (StopIteration), as it does for everybody who calls the tool.
    with swapped(flops_counter, "CalFlopsPipline", Recording):
        flops, multiply_adds, _ = calculate_flops(
            subject.module(), args=list(subject.inputs()), print_results=False, output_as_string=False
        )
    return Raw(exact(multiply_adds if macs else flops), layers)


RUNNERS: Mapping[str, Callable[[Subject], Raw]] = {
    "fvcore": _fvcore,
    "torch": _torch,
    "torch-train": partial(_torch, train=True),
    "torch-profiler": _torch_profiler,
    "thop": _thop,
    "ptflops": ptflops_run.modules_and_functions,
    "ptflops-aten": ptflops_run.operators,
    "torchinfo": _torchinfo,
    "torchprofile": _torchprofile,
    "calflops": _calflops,
    "calflops-macs": partial(_calflops, macs=True),
}
_MODULES = {"fvcore": "fvcore.nn", "torch-train": "torch", "torch-profiler": "torch.profiler",
            "ptflops-aten": "ptflops", "calflops-macs": "calflops"}  # fmt: skip
#: Imports a counter.
LOADERS = {tool: partial(importlib.import_module, _MODULES.get(tool, tool)) for tool in RUNNERS}
