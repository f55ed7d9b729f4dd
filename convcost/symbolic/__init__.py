"""Everything that needs SymPy: symbols, closed forms, and the settling of questions about symbolic sizes."""

from .conditions import (
    Condition,
    compare_at_least,
    compare_divides,
    compare_equal,
    compare_whole,
    simplest,
)
from .forms import (
    as_fraction,
    assignment,
    closed_form,
    latex,
    near_fraction,
    positive_solutions,
    ratio,
    substitute,
)
from .functions import gcd, minimum
from .identities import coefficients, exact, identical, letter
from .sizes import as_dim, symbols, tidy
from .text import expanded_terms, notation
from .trees import tree

__all__ = [
    "Condition",
    "as_dim",
    "as_fraction",
    "assignment",
    "closed_form",
    "coefficients",
    "compare_at_least",
    "compare_divides",
    "compare_equal",
    "compare_whole",
    "exact",
    "expanded_terms",
    "gcd",
    "identical",
    "latex",
    "letter",
    "minimum",
    "near_fraction",
    "notation",
    "positive_solutions",
    "ratio",
    "simplest",
    "substitute",
    "symbols",
    "tidy",
    "tree",
]
