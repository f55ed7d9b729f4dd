"""Running other people's counters without letting them disturb one another, or the module that they count.

Every counter is code that patches, hooks, prints and caches. Each gets a module and inputs of its own, and whatever it
leaves behind in the process is taken back, also when it fails half way.
"""

from __future__ import annotations

import contextlib
import copy
import io
import logging
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import torch
from torch import nn


class Subject:
    """What is counted: a module and its inputs, of which every counter gets copies.

    >>> subject = Subject(nn.Linear(4, 2), (torch.ones(1, 4),))
    >>> next(subject.on_meta().parameters()).device.type, subject.module().training
    ('meta', False)
    """

    def __init__(self, module: nn.Module, inputs: Sequence[torch.Tensor], training: bool = False) -> None:
        self._module = module
        self._inputs = tuple(inputs)
        self.training = training
        #: What the counter has printed.
        self.said = io.StringIO()

    def module(self) -> nn.Module:
        """A copy in the mode that was asked for; weights that were never allocated become zeros, which count alike."""
        return self._copy(lambda tensor: torch.zeros_like(tensor, device="cpu") if tensor.is_meta else None)

    def on_meta(self) -> nn.Module:
        """A copy whose parameters and buffers have shapes and no values. Nothing is allocated, shared ones stay shared.

        Unlike ``module.to("meta")`` this does not depend on what a module does in ``_apply``.
        """
        return self._copy(lambda tensor: torch.empty_like(tensor, device="meta"))

    def _copy(self, fresh: Callable[[torch.Tensor], torch.Tensor | None]) -> nn.Module:
        memo: dict[int, Any] = {}
        for tensor in (*self._module.parameters(), *self._module.buffers()):
            new = fresh(tensor.detach())
            if new is not None:
                is_parameter = isinstance(tensor, nn.Parameter)
                memo[id(tensor)] = nn.Parameter(new, tensor.requires_grad) if is_parameter else new
        return copy.deepcopy(self._module, memo).train(self.training)

    def inputs(self, device: str | None = None) -> tuple[torch.Tensor, ...]:
        """Copies of the inputs, since a module may change them in place; the gradient that was asked for is kept."""
        if device is None and any(tensor.is_meta for tensor in self._inputs):
            fresh = [torch.zeros_like(tensor, device="cpu") for tensor in self._inputs]
        else:
            fresh = [tensor.detach().clone().to(device or tensor.device) for tensor in self._inputs]
        return tuple(new.requires_grad_(old.requires_grad) for new, old in zip(fresh, self._inputs, strict=True))


@contextlib.contextmanager
def isolated() -> Iterator[io.StringIO]:
    """What is run inside leaves no trace; what it prints can be read from the text that is yielded."""
    with (
        _quiet() as said,
        _patches_undone(),
        _accumulators_emptied(),
        _random_state_kept(),
        _no_fast_path(),
        torch.no_grad(),
    ):
        yield said


@contextlib.contextmanager
def swapped(owner: Any, name: str, value: Any) -> Iterator[None]:
    """``owner.name`` is ``value`` inside."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextlib.contextmanager
def no_warnings() -> Iterator[None]:
    """Warnings and log records of others are dropped; filters and levels are as before afterwards."""
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)


@contextlib.contextmanager
def _quiet() -> Iterator[io.StringIO]:
    said = io.StringIO()
    with (
        no_warnings(),
        _descriptor_silenced(1),
        _descriptor_silenced(2),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        yield said


@contextlib.contextmanager
def _descriptor_silenced(number: int) -> Iterator[None]:
    """What compiled code prints past Python is dropped, too: torch's profiler logs to standard error."""
    try:
        kept = os.dup(number)
    except OSError:  # a process without that stream has nothing to silence
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, number)
        yield
    finally:
        os.dup2(kept, number)
        os.close(kept)
        os.close(nowhere)


@contextlib.contextmanager
def _patches_undone() -> Iterator[None]:
    """calflops and ptflops replace functions of torch while they count, and leave them replaced when they fail."""
    places = (torch, torch.nn.functional, torch.Tensor)
    before = [dict(vars(place)) for place in places]
    try:
        yield
    finally:
        for place, kept in zip(places, before, strict=True):
            for name, value in [*vars(place).items()]:
                if name.startswith("_"):
                    continue
                if name not in kept:
                    # A method that hides the inherited one; other new names are modules that were loaded meanwhile.
                    if place is torch.Tensor and hasattr(torch._C.TensorBase, name):
                        delattr(place, name)
                elif kept[name] is not value:
                    setattr(place, name, kept[name])


@contextlib.contextmanager
def _accumulators_emptied() -> Iterator[None]:
    """calflops counts into lists of its module, which a failed run leaves full; torchinfo keeps every module it saw."""
    _empty_calflops()
    torchinfo = sys.modules.get("torchinfo.torchinfo")
    seen = dict(torchinfo._cached_forward_pass) if torchinfo else {}
    try:
        yield
    finally:
        _empty_calflops()
        torchinfo = sys.modules.get("torchinfo.torchinfo")
        if torchinfo:
            torchinfo._cached_forward_pass.clear()
            torchinfo._cached_forward_pass.update(seen)


def _empty_calflops() -> None:
    pipeline = sys.modules.get("calflops.calculate_pipline")
    if pipeline:
        for collection in (pipeline.module_flop_count, pipeline.module_mac_count, pipeline.old_functions):
            collection.clear()


@contextlib.contextmanager
def _random_state_kept() -> Iterator[None]:
    numpy = sys.modules.get("numpy")
    state, other = random.getstate(), numpy.random.get_state() if numpy else None
    try:
        with torch.random.fork_rng():
            yield
    finally:
        random.setstate(state)
        if numpy:
            numpy.random.set_state(other)


@contextlib.contextmanager
def _no_fast_path() -> Iterator[None]:
    """Attention is counted operator by operator: its fused fast path is one operator that no counter knows."""
    enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(enabled)
