"""Counting changes nothing: not the module, not torch, not the next count; with controls that show what would."""

from __future__ import annotations

import logging
import random
import warnings

import pytest

pytest.importorskip("torch", reason="what is counted is a torch module: install convcost[torch]")

import numpy
import torch
from torch import nn
from torch.nn import functional

from convcost.frameworks.counters import run
from convcost.frameworks.isolation import isolated
from tests.oracles.conftest import need
from tests.oracles.counted_modules import Wrapped, network


def _hooks(module):
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks", "_state_dict_hooks")
    return [[*getattr(one, kind)] for one in module.modules() for kind in kinds]


def _torch_itself():
    """Every name that a tool might have replaced."""
    tensor = {name: value for name, value in vars(torch.Tensor).items() if not name.startswith("_")}
    functions = {name: value for name, value in vars(functional).items() if callable(value)}
    return functions, tensor, {name: vars(torch)[name] for name in ("matmul", "mm", "bmm", "add", "mul", "einsum")}


@pytest.mark.parametrize("works", [True, False])
def test_nothing_is_changed(tool, works, capfd):
    module = nn.Sequential(nn.ReLU(inplace=True), network(), nn.Linear(4 if works else 5, 3))
    module.train()
    module[1][1][0].eval()
    x = torch.randn(1, 3, 8, 8)
    kept, hooks, itself = x.clone(), _hooks(module), _torch_itself()
    keys = [vars(one).keys() for one in module.modules()]
    keys = [[*each] for each in keys]
    state = {name: value.clone() for name, value in module.state_dict().items()}
    training = [one.training for one in module.modules()]
    seeds = torch.get_rng_state(), random.getstate(), numpy.random.get_state()[1].copy()
    flags = torch.backends.mha.get_fastpath_enabled(), logging.root.manager.disable, torch.is_grad_enabled()
    filters = [*warnings.filters]
    run(tool, Wrapped(nn.Linear(1, 1)), torch.rand(1, 1))  # loads it: that may print what it likes, but not below
    torch.set_rng_state(seeds[0])
    capfd.readouterr()
    assert run(tool, module, x).status == ("ok" if works else "failed")
    assert capfd.readouterr() == ("", "")
    assert torch.equal(x, kept)
    assert [[*vars(one).keys()] for one in module.modules()] == keys
    after = module.state_dict()
    assert list(after) == list(state)
    assert all(torch.equal(after[name], value) for name, value in state.items())
    assert _hooks(module) == hooks
    assert [one.training for one in module.modules()] == training
    assert all(parameter.grad is None for parameter in module.parameters())
    assert _torch_itself() == itself
    assert torch.equal(torch.get_rng_state(), seeds[0])
    assert random.getstate() == seeds[1]
    assert (numpy.random.get_state()[1] == seeds[2]).all()
    assert (torch.backends.mha.get_fastpath_enabled(), logging.root.manager.disable, torch.is_grad_enabled()) == flags
    assert warnings.filters == filters


def _calflops_itself(module, x):
    """The tool as its users call it."""
    from calflops import calculate_flops

    return calculate_flops(module, args=[x], print_results=False, output_as_string=False)[0]


PRELU = ((nn.PReLU(), torch.rand(1, 4, 8, 8)), 256)


def test_a_failed_run_changes_no_later_count(tool):
    need("calflops")
    case = Wrapped(nn.Sequential(nn.PReLU(), nn.Linear(8, 2))), torch.rand(1, 4, 8, 8)
    before = run(tool, *case)
    for _ in range(10):
        assert run("calflops", nn.ReLU(), torch.rand(1, 4)).status == "failed"
        run(tool, Wrapped(nn.Sequential(nn.PReLU(), nn.Linear(9, 2))), torch.rand(1, 4, 8, 8))
    assert run(tool, *case) == before
    assert run("calflops", *PRELU[0]).printed == PRELU[1]


def test_without_isolation_it_would():
    """Control: called as it is, calflops counts ten times as much after ten failures, and ptflops not at all."""
    need("calflops")
    need("ptflops")
    from ptflops import get_model_complexity_info

    module, x = PRELU[0]
    with isolated():
        assert _calflops_itself(module, x) == PRELU[1]
        for _ in range(9):
            with pytest.raises(StopIteration):
                _calflops_itself(nn.ReLU(), torch.rand(1, 4))
        assert _calflops_itself(module, x) == 10 * PRELU[1]
        with pytest.raises(StopIteration):
            _calflops_itself(nn.ReLU(), torch.rand(1, 4))
        with pytest.raises(KeyError):
            get_model_complexity_info(nn.ReLU(), (4,), print_per_layer_stat=False)
        assert hasattr(functional.relu, "__str__")
        assert functional.relu.__module__ == "calflops.pytorch_ops"
    assert functional.relu.__module__ == "torch.nn.functional"


def test_without_copies_modules_would_change():
    """Control: thop leaves its buffers in a module, and the test above would see them."""
    need("thop")
    with isolated():
        from thop import profile

        module = nn.Sequential(Wrapped(nn.Linear(4, 2)))
        keys = list(module.state_dict())
        profile(module, (torch.rand(1, 4),), verbose=False)
        assert set(module.state_dict()) - set(keys) == {"0.total_ops", "0.total_params"}


def test_without_isolation_the_profiler_would_write(capfd):
    """Control: what compiled code writes is seen by the test above."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU]):
        torch.rand(1)
    assert "profiler" in capfd.readouterr().err
