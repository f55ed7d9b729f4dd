"""Counting real torch modules on meta tensors, and comparing them with a bundled network, operator by operator."""

from __future__ import annotations

from collections import Counter

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from convcost import cost, networks

#: torch's operators, by the kind of our rows. What only moves values, and dropout outside training, has no row here.
KINDS = {
    "convolution": "Conv", "addmm": "Linear", "relu": "ReLU", "relu_": "ReLU", "hardtanh": "ReLU6",
    "hardtanh_": "ReLU6", "max_pool2d_with_indices": "max", "avg_pool2d": "avg", "_adaptive_avg_pool2d": "adaptive",
    "mean": "adaptive", "native_batch_norm": "BatchNorm", "_native_batch_norm_legit_no_training": "BatchNorm",
    "cudnn_batch_norm": "BatchNorm", "cat": "Concat", "add": "Add", "add_": "Add", "_softmax": "Softmax",
}  # fmt: skip
SILENT = {"view", "_unsafe_view", "reshape", "t", "detach", "empty", "expand", "clone", "alias", "permute", "transpose"}
#: Rows of these kinds move values, pass them on, or (local response normalization) are many operators in torch.
UNSEEN = ("Flatten", "Dropout", "LocalResponseNorm")


class _Operators(TorchDispatchMode):
    """Every operator with the shape that comes out, without the batch."""

    def __init__(self):
        super().__init__()
        self.seen = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        if name not in SILENT and not (name == "cat" and len(args[0]) == 1):
            first = out[0] if isinstance(out, (tuple, list)) else out
            # The mean of a map leaves (channels, 1, 1), as an adaptive pool to 1 does.
            self.seen[KINDS.get(name, name), tuple(first.shape[1:])] += 1
        return out


def _kind(row):
    if row.kind == "Pool":
        return row.layer.kind
    return "adaptive" if row.kind in ("GlobalPool", "AdaptivePool") else row.kind


def _flat(shape):
    """Global pools drop or keep their axes of size 1 as they like."""
    return shape[:1] if shape[1:] == (1, 1) else shape


def build(make, training=False):
    """A module on the meta device: no weight is allocated."""
    with torch.device("meta"):
        module = make()
    module.train(training)
    for layer in module.modules():
        # One example cannot be normalized by its own statistics; the heads are asked for, not the statistics.
        # Nor is dropout asked for.
        if isinstance(layer, (nn.BatchNorm2d, nn.Dropout)):
            layer.eval()
    return module


def check(module, name, batch=1, operators=True):
    """Params, buffers, FLOPs, every weighted layer and every operator are those of the bundled network."""
    seen = Counter()

    def note(layer, _, output):
        seen[type(layer).__name__[:4], layer.weight.numel(), tuple(output.shape[1:])] += 1

    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.register_forward_hook(note)
    shape = networks.entry(name).input
    with FlopCounterMode(display=False) as counter:
        module(torch.empty(batch, *shape, device="meta"))
    ours = cost(networks.get(name), shape, batch)
    assert ours.params == sum(p.numel() for p in module.parameters())
    assert ours.buffers == sum(b.numel() for n, b in module.named_buffers() if "running" in n)
    assert 2 * ours.macs == ours.flops == counter.get_total_flops()
    rows = Counter()
    for row in ours.rows:
        if row.kind in ("Conv", "Linear"):
            weights = sum(nest.weights for nest in row.layer.contractions(*row.inputs, out=row.output))
            rows[row.kind[:4], weights, row.output] += 1
    assert rows == seen
    if operators:
        with _Operators() as operator_mode, torch.no_grad():
            module(torch.empty(batch, *shape, device="meta"))
        theirs = Counter()
        for (kind, output), count in operator_mode.seen.items():
            theirs[kind, _flat(output)] += count
        assert Counter((_kind(row), _flat(row.output)) for row in ours.rows if row.kind not in UNSEEN) == theirs
