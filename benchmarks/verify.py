"""How long the proof-reader takes for a document, and how that grows: `python benchmarks/verify.py --kilobytes 1000`.

Two documents: prose with a claim now and then, as chapters have them, and claims without a pause. Times are of this
process alone; what counts is their ratio, which is about 2 for twice the text.
"""

from __future__ import annotations

import argparse
import time

from convcost.claims.documents import read
from convcost.claims.proofread import proofread

DENSE = """The naive 5×5 layer needs 5²×28²×192×32 = 120,422,400 multiply-adds; with a 1×1 reduction to 16 channels it
is 12,443,648, which is about ten times fewer. ResNet-50 has 25.6M params.

| layer | params |
|---|---|
| conv1 | 9,408 |
| conv2 | 36,864 |
| total | 46,272 |

"""
PROSE = """The second half of the course is about what a network costs, and why two tools that count the same network
print different numbers. Most of what follows was measured on one machine in 2024; section 3.2 tells how, and figure 5
shows the spread over 12 runs. We use a batch of 64 and train for 90 epochs, with a learning rate of 0.1 that is divided
by 10 twice; the accuracy differs by 0.3 % at most, which is no more than the seeds make of it.

"""


#: What somebody might repeat who wants a proof-reader to hang.
HOSTILE = (
    "1+", "(", "9", "= ", "3×3=", "1,", "10^", "a = b = ", "[1, 2, ", "~ ", "3 times ", "50 % of ", "三分之", "| 3 ",
    "3.3.", "2(", "**3", "x ", "1 million ", "C² ", "> ", "$3", "\\frac{1}{", "ResNet-50 ", "conv1: 3\n",
    "total 3\n", "4 bytes ", "(3×3",
)  # fmt: skip


def made(pattern: str, size: int) -> str:
    """A text of about ``size`` characters."""
    return (pattern * (size // len(pattern) + 1))[:size]


def seconds(text: str) -> tuple[float, int]:
    """Processor time to read and judge a text, and the number of findings."""
    began = time.process_time()
    findings = proofread(read(text))
    return time.process_time() - began, len(findings)


def main() -> None:
    """Print a row for each size and kind of document."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kilobytes", type=int, default=200, help="size of the largest document")
    largest = arguments.parse_args().kilobytes * 1000
    seconds(DENSE)  # the grammar is built once
    for name, pattern in (("chapters", PROSE * 4 + DENSE), ("claims only", DENSE)):
        before = 0.0
        for size in (largest // 4, largest // 2, largest):
            took, found = seconds(made(pattern, size))
            growth = f"{took / before:4.2f} times the half" if before else ""
            print(f"{name:12} {size // 1000:5} kB {took:7.2f} s {found:6} findings  {growth}")
            before = took
    for piece in HOSTILE:
        half, _ = seconds(made(piece, largest // 20))
        whole, _ = seconds(made(piece, largest // 10))
        print(f"{piece!r:14} {largest // 10000:5} kB {whole:7.2f} s   {whole / half:4.2f} times the half")


if __name__ == "__main__":
    main()
