"""Coverage-guided fuzzing of the proof-reader: `python benchmarks/fuzz_verify.py -max_total_time=600 CORPUS_FOLDER`.

Needs atheris, which the tests do not. Any text in any format must give findings or one error of ours, on one line, in
time that grows with its length; the findings must stand where they say.
"""

from __future__ import annotations

import sys
import time

import atheris

with atheris.instrument_imports(include=["convcost.claims"]):
    from convcost.claims.documents import KINDS, read
    from convcost.claims.proofread import proofread
    from convcost.errors import ConvcostError

FORMATS = [kind for kind in KINDS if kind != "pdf"]
#: Seconds for a text of the fuzzer's largest size.
LONGEST = 10


def one_text(data: bytes) -> None:
    """Read and judge one text; anything but findings and our own errors is a crash."""
    provider = atheris.FuzzedDataProvider(data)
    kind = FORMATS[provider.ConsumeIntInRange(0, len(FORMATS) - 1)]
    text = provider.ConsumeUnicode(4096)
    began = time.monotonic()
    try:
        findings = proofread(read(text, "fuzz", kind))
    except ConvcostError as error:
        if "\n" in str(error):
            raise RuntimeError("an error on more than one line") from error
        return
    for finding in findings:
        finding.to_dict("zh")
        if finding.line < 1 or finding.span[0] < 0:
            raise RuntimeError(f"a finding stands nowhere: {finding}")
    if time.monotonic() - began > LONGEST:
        raise RuntimeError("too slow")


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_text)
    atheris.Fuzz()
