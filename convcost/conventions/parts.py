"""What the parts of a network are called in every account, so that accounts can be compared."""

from __future__ import annotations

import re

_PATTERNS = (
    ("conv_?transpose", "transposed convolutions"),
    ("deform", "deformable convolutions"),
    ("conv", "convolutions"),
    ("bilinear2d|upsampl|interpolate|nearest|bicubic|trilinear", "upsampling"),
    ("multi_?head|attention", "attention"),
    ("linear|addmm", "linear layers"),
    ("matmul|^mm$|^bmm$|baddbmm|einsum|^mv$|^dot$", "matrix products"),
    ("batch_?norm|syncbatch", "batch norm"),
    ("layer_?norm", "layer norm"),
    ("group_?norm", "group norm"),
    ("instance_?norm", "instance norm"),
    ("adaptive_?max|max_?pool", "max pooling"),
    ("adaptive_?avg", "adaptive average pooling"),
    ("avg_?pool", "average pooling"),
    ("mean", "means"),
    ("lstm|gru|rnn", "recurrent layers"),
    ("embedding", "embeddings"),
    ("grid_?sampl", "grid sampling"),
    ("log_?softmax|softmax", "softmax"),
    ("size", "products of sizes"),
    ("leaky_?relu", "leaky ReLU"),
    ("prelu", "PReLU"),
    ("relu6", "ReLU6"),
    ("relu", "ReLU"),
    ("gelu", "GELU"),
    ("silu", "SiLU"),
    ("elu", "ELU"),
    ("mul", "elementwise products"),
    ("add|sub", "elementwise sums"),
)


def part_of(name: str) -> str:
    """The part that a function (``F.batch_norm``) or a module's class (``…BatchNorm2d``) belongs to.

    >>> part_of("F.batch_norm"), part_of("torch.nn.modules.conv.Conv2d"), part_of("torch.mul")
    ('batch norm', 'convolutions', 'elementwise products')
    """
    word = name.rpartition(".")[2].lower()
    for pattern, part in _PATTERNS:
        if re.search(pattern, word):
            return part
    return f"{word} modules" if "." in name and name.count(".") > 1 else word


def bias_of(part: str) -> str:
    """``bias of convolutions``."""
    return f"bias of {part}"
