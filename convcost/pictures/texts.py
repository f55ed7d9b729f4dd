"""Diagrams as text for other programs to draw: Mermaid, which forges and notebooks draw, and Graphviz's DOT."""

from __future__ import annotations

import json

from .boxes import Box, Diagram
from .shades import INK, LINE, SHADES, step
from .sizes import size_of
from .textwidth import clean

#: Brackets around a Mermaid label, and shapes of DOT, by form.
_MERMAID = {"input": ('(["', '"])'), "output": ('(["', '"])'), "add": ('(("', '"))'), "mul": ('(("', '"))')}
_DOT = {"input": "box", "output": "box", "add": "circle", "mul": "circle"}


def mermaid(diagram: Diagram, lang: str = "en", title: str | None = None) -> str:
    """The diagram as a Mermaid flowchart; the title stands before it as YAML.

    >>> from convcost import Conv, cost
    >>> from convcost.pictures import diagram
    >>> print(mermaid(diagram(cost(Conv(16, 1), (192, 28, 28)))).splitlines()[2])
        b0["Conv 1×1, 16<br/>2,408,448 MACs<br/>3,088 params"]:::s5
    """
    said = clean(title or "")
    lines = [*(["---", f"title: {_for_yaml(said)}", "---"] if said else []), "flowchart TD"]
    for box in diagram.boxes:
        before, after = _MERMAID.get(box.kind, ('["', '"]')) if _is_word(box, diagram, lang) else ('["', '"]')
        text = "<br/>".join(_for_mermaid(line) for line in _lines(box, diagram, lang))
        lines.append(f"    {box.key}{before}{text}{after}:::{_shade(box, diagram)}")
    for edge in diagram.edges:
        label = f'|"{_for_mermaid(clean(edge.text))}"|' if edge.text else ""
        lines.append(f"    {edge.source} -->{label} {edge.target}")
    used = sorted({_shade(box, diagram) for box in diagram.boxes})
    lines += [
        f"    classDef {name} fill:{SHADES[int(name[1:])].light},stroke:{LINE[0]},color:{INK[0]}" for name in used
    ]
    return "\n".join(lines) + "\n"


def dot(diagram: Diagram, lang: str = "en", title: str | None = None) -> str:
    """The diagram in Graphviz's language; the title is the label of the graph, above it.

    >>> from convcost import Conv, cost
    >>> from convcost.pictures import diagram
    >>> print(dot(diagram(cost(Conv(16, 1), (192, 28, 28)))).splitlines()[-2])
        b0 -> out0 [label=" 16×28×28"];
    """
    colours = f'color="{LINE[0]}", fontcolor="{INK[0]}"'
    lines = [
        "digraph network {",
        '    graph [rankdir=TB, nodesep=0.3, ranksep=0.4, fontname="Helvetica"];',
        f'    node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11, {colours}];',
        f'    edge [fontname="Helvetica", fontsize=9, {colours}, arrowsize=0.6];',
    ]
    if said := clean(title or ""):
        lines.append(f'    graph [label="{_for_dot(said)}", labelloc=t, fontsize=15, fontcolor="{INK[0]}"];')
    for box in diagram.boxes:
        label = "\\n".join(_for_dot(line) for line in _lines(box, diagram, lang))
        is_word = _is_word(box, diagram, lang) and not box.after
        shape = _DOT.get(box.kind, "box") if is_word else "box"
        fill = SHADES[int(_shade(box, diagram)[1:])].light
        tooltip = "\\n".join(_for_dot(clean(text)) for text in box.details) or label
        lines.append(f'    {box.key} [label="{label}", shape={shape}, fillcolor="{fill}", tooltip="{tooltip}"];')
    for edge in diagram.edges:
        label = f' [label=" {_for_dot(clean(edge.text))}"]' if edge.text else ""
        lines.append(f"    {edge.source} -> {edge.target}{label};")
    return "\n".join([*lines, "}"]) + "\n"


def _lines(box: Box, shown: Diagram, lang: str) -> list[str]:
    return [line.text for line in size_of(box, shown, lang).lines]


def _is_word(box: Box, shown: Diagram, lang: str) -> bool:
    return len(size_of(box, shown, lang).lines) == 1


def _shade(box: Box, shown: Diagram) -> str:
    return f"s{step(box.macs, shown.macs) if shown.counted else 0}"


#: Letters that end a Mermaid label, begin markup in it, or begin one of its entities, as its entities.
_MERMAID_ENTITIES = str.maketrans({letter: f"#{ord(letter)};" for letter in '"#&<>`\\[](){}|;*_~'})


def _for_mermaid(text: str) -> str:
    r"""A text inside a quoted label.

    >>> _for_mermaid('a "b"')
    'a #34;b#34;'
    """
    return text.translate(_MERMAID_ENTITIES)


def _for_yaml(text: str) -> str:
    r"""A text as a quoted string of YAML, of which JSON's are a part, without anything that looks like a tag.

    >>> print(_for_yaml('a: "b" <c>'))
    "a: \"b\" \u003cc\u003e"
    """
    return json.dumps(text, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")


def _for_dot(text: str) -> str:
    r"""A text inside a quoted string, in which Graphviz reads escapes and entities.

    >>> _for_dot('a "b" \\ & c')
    'a \\"b\\" \\\\ &amp; c'
    """
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
