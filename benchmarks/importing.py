"""Importing and costing real networks, against fvcore's own count of them: ratios in one run, and peak memory.

python benchmarks/importing.py [--rounds 5]

Memory is what a fresh process grows by: once for importing and costing a network on the meta device, once for building
its weights alone.
"""

from __future__ import annotations

import argparse
import gc
import logging
import subprocess
import sys
import time
import warnings
from pathlib import Path

NETWORKS = ("googlenet", "resnet50", "densenet121")


def build(name, device):
    import torch
    import torchvision

    options = {"init_weights": False} if name == "googlenet" else {}
    with torch.device(device):
        return torchvision.models.get_model(name, **options).eval()


def best(rounds, work):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def grown(name, what):
    """Kilobytes that the peak of a fresh process grows by while it does ``what``."""
    done = subprocess.run(  # noqa: S603 (this very file)
        [sys.executable, __file__, "--grow", what, "--network", name], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1])


def grow(name, what):
    import torch
    import torchvision  # noqa: F401

    from convcost import cost, from_torch

    # Whatever is loaded once is loaded before.
    cost(from_torch(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)), (3, 8, 8)))
    gc.collect()
    # Linux forgets the peak so far when 5 is written here.
    Path("/proc/self/clear_refs").write_text("5")
    before = peak()
    kept = cost(from_torch(build(name, "meta"), (3, 224, 224))) if what == "import" else build(name, "cpu")
    assert kept is not None
    print(peak() - before)


def peak():
    """The largest resident size so far, in kilobytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--grow", choices=["import", "weights"])
    parser.add_argument("--network", choices=NETWORKS)
    asked = parser.parse_args()
    if asked.grow:
        grow(asked.network, asked.grow)
        return 0
    import torch
    from fvcore.nn import FlopCountAnalysis

    from convcost import cost, from_torch

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    slow = []
    for name in NETWORKS:
        module, x = build(name, "cpu"), torch.zeros(1, 3, 224, 224)
        ours = best(asked.rounds, lambda: cost(from_torch(module, (3, 224, 224))).macs)  # noqa: B023
        theirs = best(asked.rounds, lambda: FlopCountAnalysis(module, (x,)).total())  # noqa: B023
        memory, weights = grown(name, "import"), grown(name, "weights")
        print(
            f"{name}: import and cost {theirs / ours:.1f} times as fast as fvcore's count; "
            f"memory {memory / weights:.2f} of building the weights ({memory:,} kB against {weights:,} kB)"
        )
        if ours >= theirs or memory >= weights:
            slow.append(name)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
