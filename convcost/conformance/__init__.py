"""A conformance suite for counters: small cases and networks with exact counts, which any counter can be held against.

``suite.json`` (schema in ``schemas/conformance.json``) has one entry per case: its notation, the torch module that it
stands for, the input shape, the exact count of every basis quantity, and the number that every convention gives. The
counts are ours; the tests hold every one of them against torch and against the counters themselves.
"""

from .cases import CASES, Case, case_modules
from .suite import Difference, differences, entry, load

__all__ = ["CASES", "Case", "Difference", "case_modules", "differences", "entry", "load"]
