"""What an amount is said of: costs of one kind or another, or what is no cost."""

from __future__ import annotations

import re

from ..words import alternatives
from .amounts import Amount

#: What percentages are of that are no costs.
_NO_COST = re.compile(
    alternatives(
        r"accurac|error|precision|recall|\bmAP\b|\bAP\b|top-?[15]\b",
        r"latency|\btime\b|\bspeed\b|\bfps\b|energy|power|dropout|occupan|utili[sz]|learning rate",
        r"dataset|train(?:ing)? set|confidence|probab|coverage|score|loss\b",
        "精度|准确率|错误率|误差|时间|延迟|速度|耗时|数据集|样本|概率|覆盖率|有效性|性能|指标|得分|能耗|占空比",
    ),
    re.IGNORECASE,
)
#: What a sentence of costs speaks of.
_COST = re.compile(
    alternatives(
        r"param|weight|cost|mult|\b[KMGT]?MACs?\b|FLOP|MAdd|operation|comput|memory|\bsize|expens|cheap",
        r"kernel|bottleneck|neuron|storage|\bmodel|\blayer|reduc|sav(?:e|ing)",
        "参数|计算|运算|乘|权重|内存|显存|存储|大小|次数|卷积核|代价|开销|瓶颈|模型|成本",
    ),
    re.IGNORECASE,
)
#: Which of them an amount is said of.
_MATTERS = (
    ("params", re.compile(r"param|weights|参数|权重", re.IGNORECASE)),
    (
        "operations",
        re.compile(r"\b[KMGT]?MACs?\b|FLOP|MAdd|mult|operations|comput|计算量|运算量|乘法|乘加|次数", re.IGNORECASE),
    ),
    ("bytes", re.compile(r"memory|\bMB\b|\bGB\b|storage|内存|显存|存储", re.IGNORECASE)),
)
_CLAUSE_ENDS = re.compile("[,，;；。]")


def speaks_of_costs(level: str) -> bool:
    """Whether a text is about costs at all."""
    return _COST.search(level) is not None


def is_of_something_else(level: str, amount: Amount, begin: int, end: int) -> bool:
    """Whether the words beside an amount speak of what is no cost: accuracy, time, data."""
    near = level[max(begin, amount.start - 24) : min(end, amount.end + 16)]
    return _NO_COST.search(near) is not None


def matter(level: str, amount: Amount, begin: int, end: int) -> str:
    """What an amount is said of (``params``, ``operations``, ``bytes``), where the words right beside it say so."""
    clause = _CLAUSE_ENDS.split(level[max(begin, amount.start - 14) : amount.start])[-1]
    near = clause + level[amount.start : min(end, amount.end + 14)]
    found = [name for name, pattern in _MATTERS if pattern.search(near)]
    return found[0] if len(found) == 1 else ""
