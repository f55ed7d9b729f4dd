"""Operators on whole tensors, batch and all: what importers write into a graph where no layer fits.

A layer speaks of one example; an operator of a traced module may fold the batch into another axis, read sizes of other
tensors, or work on a tensor without a batch. So these are layers whose shapes carry every axis. They are made by
importers, not written by hand, and have no notation.
"""

from .base import Batchwise, Guard, Operator, Source
from .moves import Expanded, Joined, Padded, Permuted, Picked, Resampled, Rescaled, Stacked, View
from .products import BilinearForm, Einsum, GroupedAttention, MatrixProduct
from .values import Fixed, Pointwise, Recorded, Reduced, Registered

__all__ = [
    "Batchwise", "BilinearForm", "Einsum", "Expanded", "Fixed", "GroupedAttention", "Guard",
    "Joined", "MatrixProduct", "Operator", "Padded", "Permuted",
    "Picked", "Pointwise", "Recorded", "Reduced", "Registered", "Resampled", "Rescaled", "Source", "Stacked", "View",
]  # fmt: skip
