"""What an element sees: the fourth law of a layer, and how the laws of a chain compose.

A layer says how each axis of its output reads each axis of its inputs (:mod:`.laws`); what an element of any map sees
of a network's input follows by composition along a path (:mod:`.seen`) and by union where paths meet (:mod:`.union`),
and is told as a :class:`ReceptiveField` (:mod:`.field`).
"""

from .field import ReceptiveField
from .laws import (
    NOTHING,
    AxisLaw,
    Beside,
    InputLaw,
    Merged,
    NoLaw,
    One,
    Slide,
    Split,
    Whole,
    broadcast,
    kept,
    regroup,
    renamed,
    stays,
    window,
)
from .seen import MAX_PHASES, Lost, Seen, Several, Unseen, largest, through
from .union import Union, beside, unite

__all__ = [
    "MAX_PHASES",
    "NOTHING",
    "AxisLaw",
    "Beside",
    "InputLaw",
    "Lost",
    "Merged",
    "NoLaw",
    "One",
    "ReceptiveField",
    "Seen",
    "Several",
    "Slide",
    "Split",
    "Union",
    "Unseen",
    "Whole",
    "beside",
    "broadcast",
    "kept",
    "largest",
    "regroup",
    "renamed",
    "stays",
    "through",
    "unite",
    "window",
]
