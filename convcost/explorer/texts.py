"""What the page says, in every language that it can be told in."""

from __future__ import annotations

from ..messages import LANGUAGES, Message

#: Names in braces are filled in by the page itself.
TEXTS: dict[str, Message] = {
    "title": Message("Two blocks, one input: what do they cost?"),
    "skip": Message("Skip to the costs"),
    "lead": Message(
        "Turn the sizes: every number follows at once, exact to the last digit, from the formulas that stand below."
    ),
    "no-script": Message("This page computes its numbers in the browser: it needs JavaScript."),
    "sizes": Message("Sizes"),
    "input": Message("Input, channels first:"),
    "reset": Message("Start again"),
    "copy": Message("Copy a link to this state"),
    "link": Message("Link to this state"),
    "copied": Message("The link is copied."),
    "copy-by-hand": Message("This browser does not let a page copy: the link is selected, copy it by hand."),
    "ignored": Message("The link says something that this page does not know: {names}"),
    # Fields.
    "empty": Message("Type a whole number: without one no cost is shown."),
    "not-whole": Message("This is no whole number: digits only, such as 28."),
    "negative": Message("A size is at least 1: this is negative."),
    "zero": Message("A size is at least 1: this is zero."),
    "too-long": Message("At most {digits} digits."),
    # Costs.
    "costs": Message("What they cost"),
    "macs": Message("MACs"),
    "params": Message("params"),
    "flops": Message("FLOPs, 2 per MAC"),
    "output": Message("output"),
    "block-a": Message("Block A"),
    "block-b": Message("Block B"),
    "ratio-macs-name": Message("MACs of A / MACs of B"),
    "ratio-params-name": Message("params of A / params of B"),
    "more-macs": Message("{more} costs {factor} times as many MACs as {fewer}."),
    "more-params": Message("{more} has {factor} times as many params as {fewer}."),
    "same-macs": Message("Both cost the same number of MACs."),
    "same-params": Message("Both have the same number of params."),
    "none-macs": Message("No ratio of MACs here."),
    "none-params": Message("No ratio of params here."),
    "other-output": Message("The outputs differ in shape: one block cannot stand for the other."),
    "unset": Message("No numbers: {names} is not set to a whole number from 1 on."),
    "broken": Message("No numbers: at these sizes the block cannot be built, it needs {assumptions}."),
    "disagree": Message("No numbers: the formula and the layers do not agree here. Please report this."),
    "assumes": Message("Assumes"),
    "holds": Message("holds here"),
    "does-not-hold": Message("does not hold here"),
    # Pictures and formulas.
    "count-macs": Message("{count} MACs"),
    "count-params": Message("{count} params"),
    "diagrams": Message("How they are built"),
    "formulas": Message("Formulas"),
    "formula-macs-a": Message("MACs of A"),
    "formula-macs-b": Message("MACs of B"),
    "formula-params-a": Message("params of A"),
    "formula-params-b": Message("params of B"),
    "formula-ratio": Message("MACs of A / MACs of B"),
    "formula-meeting": Message("Both cost the same number of MACs at"),
    "too-large": Message("This formula is too long to be read: the layers below add up to it."),
    # Chart.
    "chart-title": Message("When does which one win?"),
    "chart-cost": Message("Show"),
    "chart-size": Message("against"),
    "axis": Message("{name}: {about}"),
    "axis-macs": Message("MACs"),
    "axis-params": Message("params"),
    "cost-macs": Message("MACs"),
    "cost-params": Message("Params"),
    "summary": Message("{cost}: {told}. {scope}"),
    "summary-outside": Message("{cost}: {told}. {scope} They meet at {name} {value}, outside the picture."),
    "run-a": Message("A is cheaper from {name} = {from} to {to}"),
    "run-b": Message("B is cheaper from {name} = {from} to {to}"),
    "run-same": Message("both are equal from {name} = {from} to {to}"),
    "at-a": Message("A is cheaper at {name} = {from}"),
    "at-b": Message("B is cheaper at {name} = {from}"),
    "at-same": Message("both are equal at {name} = {from}"),
    "between": Message("{name} between {low} and {high}"),
    "comma": Message("; "),
    "and-so-on": Message("and so on"),
    "no-lead": Message("nowhere are both costs known"),
    "looked-at-all": Message("Every {name} up to {most} was looked at, the other sizes being as they are."),
    "looked-at-some": Message(
        "Some {name} up to {most} were looked at, and the ends found exactly, the other sizes being as they are."
    ),
    "no-chart": Message("There is nothing to draw: no cost is known."),
    # Layers.
    "layers": Message("Layer by layer"),
    "layers-a": Message("Layers of block A"),
    "layers-b": Message("Layers of block B"),
    "layer": Message("layer"),
    "formula": Message("MACs, as a formula"),
    "share": Message("share"),
    "total": Message("total"),
    "show-layers": Message("Show the layers"),
    "spoken-cost": Message("{block}: {macs} MACs, {params} params."),
    # About.
    "about": Message("What is counted"),
    "about-macs": Message(
        "A MAC is one multiply-accumulate of a convolution, a linear layer, a matrix product or attention. "
        "It is two FLOPs; tools that print FLOPs may mean either. Bias and elementwise work are no MACs."
    ),
    "about-params": Message("Params are all learned numbers, biases among them."),
    "about-exact": Message(
        "All numbers are exact, and nothing is rounded but decimals behind ≈. Where an assumption is broken, "
        "no number is shown."
    ),
    "flagship": Message(
        "The pair is that of a well-known tutorial, which prints 12,433,648 for B at the sizes of the start. "
        "Its own expression gives 12,443,648: one digit is misprinted."
    ),
    "flagship-title": Message("What does a 1×1 bottleneck save?"),
}


def texts_in(language: str, more: dict[str, Message] | None = None) -> dict[str, str]:
    """All texts in one language.

    >>> texts_in("en")["macs"]
    'MACs'
    """
    told = {name: message.to(language) for name, message in {**TEXTS, **(more or {})}.items()}
    # The button names the language that it leads to, in that language.
    return {**told, "other-language": "English" if language == "zh" else "中文"}


def texts(more: dict[str, Message] | None = None) -> dict[str, dict[str, str]]:
    """All texts in all languages."""
    return {language: texts_in(language, more) for language in LANGUAGES}
