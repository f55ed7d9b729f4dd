"""Words around an amount, by what they make of it: what remains, the difference, a number of times, more, a share."""

from __future__ import annotations

import re

from ..words import alternatives

# -- what the phrases are made of --------------------------------------------------------------------------------

_LESS = alternatives(
    r"reduc\w*|sav(?:e|es|ed|ing|ings)|cuts?|cutting|lower(?:s|ed|ing)?|decreas\w*|shr[iau]nk\w*",
    r"drop(?:s|ped)?|falls?|fell|compress\w*|slash\w*|trim\w*|prun\w*",
    r"gain|smaller|fewer|cheaper|squeez\w*|down",
)
_LESS_ZH = alternatives("减少|降低|下降|节省|节约|缩小|缩减|压缩|减小|减轻|减|省|少|低|降|缩")
_MORE_ZH = alternatives("增加|提高|提升|增长|多|上升|增大|扩大|高|大|涨")
#: What may stand between a phrase and its number, and changes nothing.
_HEDGE = alternatives(
    r"\s|about|approximately|approx\.?|roughly|around|nearly|almost|some|only|just|merely",
    "over|more than|less than|under|at least|up to|as much as",
    "a|an|the|of|is|are|was",
    r":|：|~|≈|\\approx|=",
    "差不多|约等于|约为|大约|大概|约|近乎|将近|接近|近",
    "超过|不到|不足|高达|达到|达|仅|只有|只|至少|了|掉|是|为",
)
_END = rf"{_HEDGE}{{0,8}}$"
_SOON = rf"{_HEDGE}{{0,6}}$"
#: How much further in the same clause a phrase may stand.
_CLAUSE = r"[^.;!?]{0,50}?"
_CLAUSE_ZH = r"[^，。；,;!?！？\d]{0,14}"

# -- what remains ------------------------------------------------------------------------------------------------

_BECOMES_ZH = rf"(?:{_LESS_ZH}|变|转变|压|剪枝|变化)(?:了)?(?:为|到|至|成|得只有|到了|至了)(?:了)?{_CLAUSE_ZH}?"
_OF_ORIGINAL_ZH = (
    "(?:原来|原先|之前|原有|原本|原始|前者|后者|标准卷积|普通卷积|传统卷积|全连接|总量?|它)"
    "的?(?:计算量|参数量|运算量)?的?"
)
_ONLY_ZH = r"(?:只有|仅有|仅为|相当于|只要|只需|只占|等于|剩下|就是|也就是)[^，。；,;\d]{0,14}?"
TO_ZH = re.compile(rf"{_BECOMES_ZH}{_END}|{_OF_ORIGINAL_ZH}{_END}|{_ONLY_ZH}{_END}")
_LEAVES = alternatives(
    "to|leaves|leaving|keeps|only|just|is|are|remains?",
    "means|needs|requires|takes|costs|has|have|at",
)
TO_EN = re.compile(
    rf"\b{_LESS}\b{_CLAUSE}\bto{_SOON}|\b{_LEAVES}\b{_SOON}"
    rf"|[,:(（]{_SOON}|\b(?:or|i\.e\.,?|calls)\b{_SOON}|\bless than\s?$",
    re.IGNORECASE,
)
#: The same right before a number, nothing else being said of it.
TO_RIGHT_BEFORE = re.compile(rf"\bto{_SOON}", re.IGNORECASE)
GOES = re.compile(rf"\b{_LESS}\b|\bgoes\b|\bwent\b|→", re.IGNORECASE)
LESS_TO_DECIMAL = re.compile(rf"\b{_LESS}\b[^.;!?]{{0,40}}?\bto\s?(?:about )?$", re.IGNORECASE)
#: ``压缩至原来的4倍``: a number of times that remains.
TIMES_TO_ZH = re.compile(rf"{_LESS_ZH}(?:至|到|为|成)(?:了)?(?:原来|原先|之前|原本|原始)?的?{_HEDGE}{{0,3}}$")
OF_AFTER = re.compile(
    r"[\s*_]{0,3}"
    + alternatives(
        "of (?:the |its |their |that|what|all )|as (?:many|much|large|big)",
        r"the (?:cost|weights|number|param\w*|size|comput\w*|work|amount|memory|flops|macs|original)",
        r"的(?:参数|计算|运算|大小|存储|内存)|of\b|左右|$|[,，.。;；)）:：!！]",
    ),
    re.IGNORECASE,
)
OF_IT_AFTER = re.compile(r"\s?(?:of|as (?:many|much|large))\b")

# -- the difference ----------------------------------------------------------------------------------------------

BY_ZH = re.compile(
    rf"{_LESS_ZH}(?:了|掉|约|大约|大概|近|将近|接近|超过|不到|高达|达|将|\s)*$"
    "|(?:减少量|降幅|压缩率|节省率)[^，。；]{0,4}$"
)
_SAVING = alternatives("sav(?:e|es|ed|ing|ings)|reductions?|decrease|gain|drop|savings?|cut|improvement")
BY_EN = re.compile(
    rf"\b{_LESS}\b{_CLAUSE}\bby{_SOON}|\b{_SAVING}\b{_SOON}|\bby{_HEDGE}{{0,4}}$",
    re.IGNORECASE,
)
FEWER_AFTER = re.compile(
    r"[\s*_-]{0,3}(?:as\s)?"
    + alternatives(
        "fewer|less|smaller|cheaper|lower|lighter",
        "reduction|reduced|savings?|saved|decrease|compression|drop",
        "parameter reduction|computation(?:al)? reduction",
        "param(?:eter)?s? (?:fewer|less|reduction|saved)",
        "减少|降低|的?减少|的?下降|缩减|的?压缩|节省",
    ),
    re.IGNORECASE,
)
MINUS_BEFORE = re.compile(r"[-−]\s?$")

# -- more --------------------------------------------------------------------------------------------------------

MORE_ZH = re.compile(rf"{_MORE_ZH}(?:了|出|约|大约|近|将近|接近|超过|不到|\s)*$")
MORE_EN = re.compile(
    r"\b(?:increas\w*|grow\w*|grew|rises?|rose|up|adds?|extra|overhead)\b"
    r"[^.;!?]{0,40}?\b(?:by|of)\s?(?:about |roughly |nearly )?$",
    re.IGNORECASE,
)
MORE_AFTER = re.compile(
    r"[\s*_-]{0,3}"
    + alternatives(
        "more|larger|higher|bigger|greater|extra|increase|heavier|slower|costlier|additional|overhead",
        "的?增加|的?提升|的?增长",
    ),
    re.IGNORECASE,
)
PLUS_BEFORE = re.compile(r"\+\s?$")

# -- a number of times -------------------------------------------------------------------------------------------

TIMES_ZH = re.compile(
    rf"(?:{_LESS_ZH}|{_MORE_ZH}|相差|差|是|为|约|快|提速|加速|压缩|达|高达|有|大约|近|将近|比){_CLAUSE_ZH}$"
)
TIMES_EN = re.compile(
    rf"\b{_LESS}\b[^.;!?]{{0,40}}$|\b(?:factor|ratio|speed-?up|increas\w*|becomes?|times)\b[^.;!?]{{0,30}}$",
    re.IGNORECASE,
)
TIMES_AFTER = re.compile(
    r"[\s*_-]{0,3}"
    + alternatives(
        "as (?:many|much|large|big|expensive|heavy|costly|few)",
        r"the (?:cost|weights|number|param\w*|size|comput\w*|work|amount|memory|flops|macs|operations)",
        r"faster|speed-?up|speedup|acceleration|improvement|compression|efficien\w*|difference",
        r"以上|左右|多|加速|的加速|的压缩|的差距|提速|之多|\)",
    ),
    re.IGNORECASE,
)
WORD_AFTER = re.compile(r"\s?[A-Za-z\u4e00-\u9fff]")
#: The word of an amount itself.
TIMES_ITSELF = re.compile(r"^[\s-]?(?:times|fold)")

# -- a share -----------------------------------------------------------------------------------------------------

SHARE_ZH = re.compile(
    "(?:占|占比|比重|占据|占到)"
    r"(?:了|总|全部|整个|全网|其中|整体|参数量?|计算量?|的|比|为|约|大约|近|将近|超过|不到|[:：]|\s|网络|模型)*$"
)
_HOLDS = alternatives(
    "accounts? for|accounting for|mak(?:es?|ing) up|made up|share",
    r"constitut\w+|represent\w*|hold(?:s|ing)?|contain(?:s|ing)?|contribut\w+",
    "fraction|proportion|comprise[sd]?",
)
SHARE_EN = re.compile(rf"\b{_HOLDS}\b{_END}", re.IGNORECASE)
_WHOLE = alternatives(
    "all|the total|the overall|the whole|total|its total|the network'?s?|the model'?s?",
    r"the (?:\w+\s){0,2}(?:weights|param\w*|macs|flops|total)",
)
OF_ALL_AFTER = re.compile(rf"[\s*_]{{0,3}}(?:of {_WHOLE}|share)", re.IGNORECASE)

# -- no word says what -------------------------------------------------------------------------------------------

#: Behind a percentage of which no word says what it is.
STANDS_ALONE = re.compile(r"\s{0,2}(?:[)）,，.。;；:：\]】|!！]|$|\*|左右|[(（])")
ALONE_BEFORE = re.compile(
    r"[(（,，、]\s?(?:or |or about |about |约|大约|i\.e\. |that is |~)?$"
    r"|[:：]\s?$|\b(?:or|reduction|savings?|about)$|约为$|约$",
    re.IGNORECASE,
)

# -- nothing is compared -----------------------------------------------------------------------------------------

NEGATED = re.compile(
    r"\b(?:not|no|isn't|aren't|rather than|instead of|never|nor)\s?(?:about|only|just)?$"
    "|(?:不是|而非|并非|而不是|没有)$",
    re.IGNORECASE,
)
PERCENT_BEFORE = re.compile(r"\d\s?%[^,，.。;；()（）]{0,12}$")
LEADS_TO_ANOTHER = re.compile(
    r"\s{0,2}(?:vs|versus|→|->|to\s\d|提升到|提升至|提高到|降到|降至|下降到|变为|增加到|到\s?\d)"
)

# -- how surely it is told ---------------------------------------------------------------------------------------

ABOUT = re.compile(
    alternatives(
        r"about|approximately|approx\.?|roughly|around|nearly|almost|some|~|≈|\\approx",
        "约|大约|大概|近|将近|接近|差不多|近乎|约为|约等于",
    )
    + r"\s?(?:a |an |the |的)?\s?$",
    re.IGNORECASE,
)
OVER = re.compile(
    r"(?:more than|over|greater than|at least|超过|不止|至少|大于|高于|>|≥)\s?(?:a |an |the )?\s?$", re.IGNORECASE
)
UNDER = re.compile(
    r"(?:less than|under|below|at most|fewer than|up to|不到|不足|小于|低于|<|≤)\s?(?:a |an |the |原来的)?\s?$",
    re.IGNORECASE,
)
ABOUT_AFTER = re.compile(r"\s?(?:左右|上下|or so)")
OVER_AFTER = re.compile(r"\s?(?:以上|多|\+|or more)")
