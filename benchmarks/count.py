"""How long counting takes beside fvcore and FlopCounterMode: medians and ratios of one run, an unseen size each time.

python benchmarks/count.py [--rounds N]
"""

from __future__ import annotations

import argparse
import logging
import statistics
import time
from collections.abc import Callable

import torch
import torchvision
from fvcore.nn import FlopCountAnalysis
from torch.utils.flop_counter import FlopCounterMode

from convcost import cost, networks

#: Our network and torchvision's; Inception v1 as in the paper stands beside torchvision's variant of it.
PAIRS = {"inception_v1": "googlenet", "googlenet": "googlenet", "resnet50": "resnet50", "densenet121": "densenet121"}


def median_ms(action: Callable[[int], object], rounds: int, first: int) -> float:
    """Median time of ``action(size)`` over sizes that were not asked before."""
    times = []
    for turn in range(rounds):
        start = time.perf_counter()
        action(first + turn)
        times.append(time.perf_counter() - start)
    return 1000 * statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    logging.getLogger("fvcore").setLevel(logging.ERROR)
    print(f"{'median ms':<14}{'cost':>9}{'with rows':>10}{'fvcore':>10}{'ratio':>8}{'FlopCounterMode':>17}{'ratio':>8}")
    for ours, theirs in PAIRS.items():
        options = {"aux_logits": False, "init_weights": False} if theirs == "googlenet" else {}
        build = getattr(torchvision.models, theirs)
        # fvcore traces, which meta tensors do not survive: it gets real weights, FlopCounterMode gets none.
        real = build(weights=None, **options).eval()
        with torch.device("meta"):
            module = build(weights=None, **options).eval()
        block = networks.get(ours)

        def rows(size: int, block=block) -> None:
            counted = cost(block, (3, size, size))
            assert counted.rows and counted.macs and counted.params

        def fvcore(size: int, module=real) -> None:
            analysis = FlopCountAnalysis(module, torch.zeros(1, 3, size, size))
            analysis.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total()

        def flop_counter(size: int, module=module) -> None:
            with FlopCounterMode(display=False) as counter:
                module(torch.empty(1, 3, size, size, device="meta"))
            assert counter.get_total_flops()

        totals = median_ms(lambda size, block=block: cost(block, (3, size, size)).macs, 10 * rounds, 200)
        with_rows = median_ms(rows, 10 * rounds, 1000)
        other, mode = median_ms(fvcore, rounds, 224), median_ms(flop_counter, rounds, 300)
        print(
            f"{ours:<14}{totals:>10.2f}{with_rows:>10.2f}{other:>10.1f}{other / totals:>7.0f}×"
            f"{mode:>17.1f}{mode / totals:>7.0f}×"
        )


if __name__ == "__main__":
    main()
