"""Reading documents: text of every format becomes blocks that know their place in the source."""

from __future__ import annotations

from .files import gather, read_path
from .formats import KINDS, read
from .model import Block, Document, Fence, Line, Passage, Table

__all__ = ["KINDS", "Block", "Document", "Fence", "Line", "Passage", "Table", "gather", "read", "read_path"]
