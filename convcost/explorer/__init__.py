"""A page to play with: two blocks, a slider for every size, and exact costs.

The page is one file that needs nothing else: no network, no server. Its numbers are computed in the browser, in whole
numbers of any length, from the very expressions that the library's costs are.
"""

from .page import explore

__all__ = ["explore"]
