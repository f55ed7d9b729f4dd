"""Building a module and holding it against the cost it was built from."""

from __future__ import annotations

import torch
from hypothesis import HealthCheck, settings
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from convcost import cost
from convcost.frameworks.build_torch import to_torch

MAP, VECTORS = (4, 8, 9), (5, 4)

many = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def tuple_of(value):
    return value if isinstance(value, tuple) else (value,)


def agree(block, shape, batch=2):
    """The module has the shapes, params, buffers and MACs that the cost says. Gives the module."""
    counted = cost(block, shape, batch)
    with torch.device("meta"):
        module = to_torch(block, shape).eval()
    inputs = [torch.empty(batch, *x, device="meta") for x in counted.inputs]
    with FlopCounterMode(display=False) as counter:
        outputs = tuple_of(module(*inputs))
    assert [tuple(y.shape) for y in outputs] == [(batch, *y) for y in counted.outputs]
    assert sum(p.numel() for p in module.parameters()) == counted.params
    assert sum(b.numel() for name, b in module.named_buffers() if "num_batches" not in name) == counted.buffers
    assert counter.get_total_flops() == 2 * counted.macs
    return module


def only(module):
    """The one torch layer of a network that has one, whatever that is made of."""
    ours = "convcost.frameworks.build_torch"
    found = [inner for inner in module.modules() if type(inner) is not nn.Module and type(inner).__module__ != ours]
    assert set(found) <= set(found[0].modules())
    return found[0]
