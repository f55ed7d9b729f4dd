"""Worksheets: questions whose every answer is computed, drawn from a seed and written in many formats."""

from .model import (
    Answer,
    Code,
    Distractor,
    Expression,
    Gap,
    Grid,
    Hole,
    Listing,
    Numbers,
    Pick,
    Picture,
    Question,
    Step,
)
from .sheet import Sheet, questions, variant_name, worksheet
from .topics import LEVELS, TOPICS, Level, Topic, topic

__all__ = [
    "LEVELS",
    "TOPICS",
    "Answer",
    "Code",
    "Distractor",
    "Expression",
    "Gap",
    "Grid",
    "Hole",
    "Level",
    "Listing",
    "Numbers",
    "Pick",
    "Picture",
    "Question",
    "Sheet",
    "Step",
    "Topic",
    "questions",
    "topic",
    "variant_name",
    "worksheet",
]
