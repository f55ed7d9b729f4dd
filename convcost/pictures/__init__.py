"""Block diagrams as in papers: what is shown, where it stands, and SVG, Mermaid and DOT text of it."""

from .boxes import Box, Diagram, Edge
from .diagram import diagram
from .drawing import draw
from .layout import Layout, layout
from .svg import svg
from .texts import dot, mermaid

__all__ = ["Box", "Diagram", "Edge", "Layout", "diagram", "dot", "draw", "layout", "mermaid", "svg"]
