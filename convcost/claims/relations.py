"""What stands between two sides of a claim: signs and words of equality, and what they make of the value.

``= 9`` says exactly nine, ``≈ 9`` and ``= about 9`` say about nine, ``> 9`` and ``is more than 9`` give a bound. Signs
are strong: whatever touches them was meant. Words are weak: ``3×3 is 1 layer`` claims nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .words import alternatives

# -- strengths ---------------------------------------------------------------------------------------------------

_APPROX = r"\\(?:approx|simeq|thickapprox|sim)(?![A-Za-z])"
_ABOUT_EN = alternatives(
    r"about|approximately|approx\.?|roughly|around|circa|ca\.",
    "nearly|almost|close to|some|just about",
)
_ABOUT = alternatives(
    rf"{_APPROX}|≈|≃|≅|≒|~=|=~|~",
    rf"{_ABOUT_EN}\b",
    "大约是|大约为|大约|大概是|大概|约等于|约为|约是|约",
    "差不多|接近|将近|几乎|近似(?:等于|为)?|近",
)
_OVER_EN = alternatives(
    "more than|over|above|greater than|larger than|exceeds|exceeding",
    "at least|in excess of|upwards of|no less than",
)
_OVER = alternatives(
    r"\\(?:gt|geq?|geqslant|gtrsim)(?![A-Za-z])|>=|≥|>(?![=>])",
    rf"{_OVER_EN}\b",
    "超过了?|大于等于|大于|多于|高于|至少|不止|不低于|不少于|逾",
)
_UNDER_EN = alternatives(
    "less than|under|below|fewer than|smaller than",
    "at most|no more than|just under",
)
_UNDER = alternatives(
    r"\\(?:lt|leq?|leqslant|lesssim)(?![A-Za-z])|<=|≤|<(?![=<!/A-Za-z])",
    rf"{_UNDER_EN}\b",
    "不到|不足|小于等于|小于|少于|低于|至多|不超过|不大于",
)
_STRENGTHS = rf"(?P<about>{_ABOUT})|(?P<over>{_OVER})|(?P<under>{_UNDER})"
#: Words before a value that change nothing.
_MERE_WORDS = alternatives(
    "just|only|exactly|even|well|still|a little|a bit|slightly|a total of|a mere",
    "仅仅?|只|刚好|正好|才|已",
)
_BARELY = rf"(?:{_MERE_WORDS}\s?)"

# -- signs -------------------------------------------------------------------------------------------------------

_EQUAL = r"(?<![<>!:+\-*/])=+(?![>~])|\\equiv(?![A-Za-z])|等于|\bequals\b"
_ABOUT_SIGN = alternatives(
    rf"{_APPROX}|≈|≃|≅|≒|~=|=~",
    r"约等于|约为|大约为|大约是|约是|\bequals about\b|~",
)
#: A sign of equality, with what may stand behind it; or a sign that says "about", "more than" or "less than" by itself.
SIGN = re.compile(
    rf"(?:{_EQUAL})\s{{0,4}}{_BARELY}{{0,2}}(?:{_STRENGTHS})?"
    rf"|(?P<about_sign>{_ABOUT_SIGN})(?:\s{{0,4}}{_BARELY}{{0,2}}(?:{_ABOUT}))?"
    r"|(?P<over_sign>\\(?:gt|geq?|geqslant)(?![A-Za-z])|>=|≥|(?<![=\->])>(?![=>]))"
    r"|(?P<under_sign>\\(?:lt|leq?|leqslant)(?![A-Za-z])|<=|≤|<(?![=<!/A-Za-z-]))",
    re.IGNORECASE,
)

# -- words -------------------------------------------------------------------------------------------------------

_SUBJECT = r"(?:which|that|this|these|and|or|so|it|we|you|one|they)\s{1,3}"
_VERB_EN = alternatives(
    "is|are|was|were|gives?|giving|yields?|yielding|makes?|making|comes? to",
    "amounts? to|totals?|totalling|totaling|adds? up to",
    r"i\.e\.,?|viz\.?|or|means|needs?|requires?|takes?|costs?|has|have|gets?",
    "results? in|for a total of|in total|a total of|obtains?|becomes?|equal|sums? to",
    "works? out (?:at|to)|will be|would be|get|find",
)
_VERB_ZH = alternatives(
    "即为|即|也就是说?|就是|也就是约|结果为|结果是|得到|得出|算得",
    "共计|总共|总计|合计|一共|共有|共",
    "为|是|有|得|达到|高达|需要|变为|变成|需",
)
_VERB = rf"(?:{_SUBJECT}){{0,2}}{_VERB_EN}\b|{_VERB_ZH}"
#: Words that may say that a number is the value of what stands before them: a bracket, a comma, a verb, a strength.
WEAK = re.compile(
    r"\s{0,4}(?:[,，;；(（:：→]\s{0,4})?"
    rf"(?:(?:{_VERB})\s{{0,4}}(?:[:：]\s{{0,2}})?)?"
    rf"{_BARELY}{{0,2}}(?:{_STRENGTHS})?\s{{0,4}}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Relation:
    """How the value is said to stand to the number: ``about`` it, ``over`` it, ``under`` it, or (all false) equal."""

    about: bool = False
    over: bool = False
    under: bool = False

    @property
    def bound(self) -> bool:
        """Whether the number is a bound and no value."""
        return self.over or self.under


def relation(match: re.Match[str]) -> Relation:
    """What a match of :data:`SIGN` or :data:`WEAK` says.

    >>> relation(SIGN.match("= about"))
    Relation(about=True, over=False, under=False)
    >>> relation(SIGN.match("≥")).over, relation(WEAK.match(", which is less than ")).under
    (True, True)
    """
    groups = match.groupdict()
    return Relation(*(bool(groups.get(name) or groups.get(f"{name}_sign")) for name in ("about", "over", "under")))
