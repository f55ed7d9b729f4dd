"""Tables and lists: totals, shares, and columns that must agree."""
