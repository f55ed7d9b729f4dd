"""Sizes of maps, receptive fields and memory, told in words. Expected values are walks of the tests' own."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from convcost.claims import memory, receptive, shapes
from convcost.claims.documents import read
from convcost.claims.shapes.sizes import kernels, sizes

HOLDS, ROUNDED, WRONG, OPEN = "holds", "holds-rounded", "wrong", "unverifiable"


def findings(text, judge=shapes.judge):
    return list(judge(read(text)))


def verdicts(text, judge=shapes.judge):
    return [(f.printed, f.verdict) for f in findings(text, judge)]


def wrong(text, judge=shapes.judge):
    return [(f.printed, f.reason, f.right) for f in findings(text, judge) if f.verdict == WRONG]


def places(size, kernel, stride, padding, dilation=1):
    """Windows counted one by one on a padded line: the tests' own law."""
    reach = dilation * (kernel - 1)
    return sum(1 for start in range(-padding, size + padding - reach, stride))


# -- sizes and kernels ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 28×28×192 map", [(192, 28, 28)]),
        ("[B, 64, 112, 112] and (None, 7, 7, 512)", [(64, 112, 112), (512, 7, 7)]),
        ("6@28x28", [(6, 28, 28)]),
        ("torch.Size([1, 3, 224, 224])", [(3, 224, 224)]),
        ("输出为55x55x96。", [(96, 55, 55)]),
        ("from 14*14 to 7*7", [(None, 14, 14), (None, 7, 7)]),
        ("5x5x128x256+256 weights, 3×3×64 = 576, a 3×3 kernel, 96 filters of 11×11×3, 2×2 max pooling", []),
    ],
)
def test_sizes_are_told_from_kernels_and_products(text, expected):
    assert [(size.channels, size.height, size.width) for size in sizes(text)] == expected


def test_kernels():
    text = "96 filters of 11×11×3, then a 3×3 max pooling on 55×55 maps with kernel size 5×5"
    assert [dims for _, _, dims in kernels(text, 0, len(text))] == [(11, 11, 3), (3, 3), (5, 5)]


# -- prose ------------------------------------------------------------------------------------------------------------

RIGHT = [
    "A 28×28×192 input goes through 32 filters of 5×5, stride 1, padding 2, and becomes 28×28×32.",
    "input 227×227×3, 96 11×11 filters, stride 4, pad 0 → 55×55×96",
    (
        "For a 227×227×3 input, 96 kernels of 11×11 with stride 4 and no padding, we get 55×55×96;\n"
        "max pooling 3×3 with stride 2 then leaves 27×27×96."
    ),
    "前一层的输出为100x100x128,经过具有256个5x5卷积核的卷积层之后(stride=1,pad=2),输出数据为100x100x256。",
    (
        "输入为 56×56×64，用 128 个 3×3 的卷积核，步长为 2，填充为 1，输出为 28×28×128；"
        "再经过步长为 2 的 2×2 最大池化，输出为 14×14×128。"
    ),
    (
        "本层的输入矩阵大小为 `14×14×6`，使用的 filter 大小为 `5×5` ，深度为 `16`。"
        "本层不使用全 `0` 填充， 步长为 `1`。本层的输出矩阵大小为 `10×10×16`。"
    ),
    "224×224×3 → conv3-64 → 224×224×64 → maxpool → 112×112×64",
    "1×56×56×64 input, 3×3 kernel, 64 output channels (valid, stride=1).\nOutput: 1×54×54×64.",
    "Input volume: 32x32x3. 10 5x5 filters with stride 1, pad 2. Output volume size: 32x32x10",
    "The volume of size [224x224x64] is pooled with filter size 2, stride 2 into a volume of size [112x112x64].",
    "With a 3×3 kernel, stride 2 and padding 1, a 56×56×64 input becomes 28×28×128.",
    "A 112×112×64 map through 3×3 max pooling with stride 2 gives 56×56×64.",
    "7x7 input, 3x3 filter with stride 2 => 3x3 output.",
    "Applying 64 3×3 filters with dilation 2 and no padding to 28×28×64 gives 24×24×64.",
    "With 'same' padding and stride 2, 32 3×3 filters turn 15×15×3 into 8×8×32.",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_sizes_hold(text):
    assert verdicts(text) and {verdict for _, verdict in verdicts(text)} == {HOLDS}


WRONG_ONES = [
    ("A 28×28×192 input goes through 32 filters of 5×5, stride 1, padding 2, and becomes 24×24×32.",
     ("24×24×32", "output-shape", "28×28×32"), "padding is ignored"),
    ("A 56×56×64 map convolved with 128 kernels of size 3×3 (stride 2, padding 1) yields a 56×56×128 map.",
     ("56×56×128", "output-shape", "28×28×128"), "stride is ignored"),
    ("A 30×30×8 input convolved with 20 filters 3×3, stride 1, no padding, yields 30×30×20.",
     ("30×30×20", "output-shape", "28×28×20"), "as if it were padded"),
    ("输入为 40×40×32，用 64 个 5×5 的卷积核，步长为 1，填充为 2，输出为 36×36×64。",
     ("36×36×64", "output-shape", "40×40×64"), "padding is ignored"),
    ("28×28×192 goes through 32 filters of 5×5, stride 1, padding 2 and becomes 28×28×192.",
     ("28×28×192", "wrong-operand", "28×28×32"), "that go in"),
    ("28×28×192 → 128 filters of 3×3, stride 1, padding 1 → 28×28×182",
     ("28×28×182", "misprint", "28×28×128"), "transposed"),
    ("(3, 96, 96) → conv 16 filters 3×3, stride 2, padding 1 → (16, 48, 84)",
     ("(16, 48, 84)", "misprint", "(16, 48, 48)"), "transposed"),
    ("224 x 224 x 3, 64 7 x 7 filters, stride 2, padding 3 -> 111 x 111 x 64",
     ("111 x 111 x 64", "output-shape", "112 x 112 x 64"), "makes 112"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected", "words"), WRONG_ONES, ids=[text[:40] for text, _, _ in WRONG_ONES])
def test_wrong_sizes_are_found(text, expected, words):
    assert wrong(text) == [expected]
    (finding,) = [f for f in findings(text) if f.verdict == WRONG]
    assert words in finding.explanation and finding.kind == "shape"
    assert finding.mended.endswith(expected[2])


SILENT = [
    "Images are resized to 256×256 and a 224×224 crop is taken; at test time we use 320x320.",
    "A 28×28×192 input goes through 32 filters of 5×5 and becomes 26×26×32.",  # some padding may be meant
    "A 28×28×192 input goes through a 3×3 convolution, padding 1, and becomes 14×14×192.",  # some stride may be meant
    "From 56×56×256 the residual block makes 28×28×512.",
    "A 224×224 image is cut into 16×16 patches, which gives 14×14 tokens.",
    "Two 3×3 convolutions and a pool turn 32×32×3 into 13×13×64.",
    "The 7×7×512 map is flattened and goes through a fully connected layer to 1×1×4096.",
    "conv3_1: 28×28×256 with 3×3 kernels; conv4_1 works on 14×14×512.",
    "13×13×384 comes out; POOL5, 3×3 with stride 2, ends in 6×6×256.",  # conv5 is not mentioned
    "We upsample 14×14×256 to 28×28×256 and apply 3×3 filters to get 28×28×64.",
    "The kernel is 3×3, not 5×5; the screen is 1920×1080.",
]


@pytest.mark.parametrize("text", SILENT)
def test_what_leaves_anything_open_is_never_wrong(text):
    assert wrong(text) == []


def test_layers_beside_each_other():
    """Branches that start from one input are no chain."""
    text = (
        "Input: 28×28×192\n\n- 64 1×1 filters, stride 1, no padding → 28×28×64\n"
        "- 96 3×3 filters, stride 2, no padding → 13×13×96\n"
        "- 3×3 max pooling, stride 2, no padding → 13×13×192\n"
    )
    assert wrong(text) == []


def test_lists_of_layers():
    text = (
        "- Input: 224×224×3\n- Conv1: 64 7×7 filters, stride 2, padding 3 → {}\n"
        "- MaxPool 3×3, stride 2, padding 1 → 56×56×64\n"
    )
    assert verdicts(text.format("112×112×64")) == [("112×112×64", HOLDS), ("56×56×64", HOLDS)]
    assert wrong(text.format("109×109×64")) == [("109×109×64", "output-shape", "112×112×64")]


KEYED = """Layer C1 (Convolutional):
    Input size: 32x32
    Output size: {out}
    Output channels: 6
    Kernel size: 5x5
    Stride: 1
    Padding: {padding}
"""


def test_layers_told_line_by_line():
    assert verdicts(KEYED.format(out="28x28", padding=0)) == [("28x28", HOLDS)]
    assert wrong(KEYED.format(out="28x28", padding=2)) == [("28x28", "output-shape", "32x32")]


def test_what_stands_beside_a_size():
    text = "13×13×256 through 3×3 max pooling with stride 2 gives 6×6×256, flattened to {}."
    assert wrong(text.format("9216")) == [] and wrong(text.format("9261")) == [("9261", "misprint", "9216")]
    text = "100x100x128,经过256个5x5卷积核(stride=1,pad=2),输出为100x100x256。其中,卷积层的参数为{}。"
    assert verdicts(text.format("5x5x128x256+256"))[-1] == ("5x5x128x256+256", HOLDS)
    assert verdicts(text.format("819,200"))[-1] == ("819,200", HOLDS)
    assert wrong(text.format("819,546")) == [("819,546", "misprint", "819,456")]


# -- code -------------------------------------------------------------------------------------------------------------

CODE = """```python
x = torch.randn(1, 3, 224, 224)
self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3)
self.pool = nn.MaxPool2d(3, stride=2, padding=1)
self.conv2 = nn.Conv2d(64, 128, 3, stride=2, padding=1, bias=False)

def forward(self, x):
    x = F.relu(self.conv1(x))  # [B, 64, 112, 112]
    x = self.pool(x)           # [B, 64, 56, 56]
    x = self.conv2(x)          # {}
    return x
```"""


def test_comments_behind_code():
    assert [verdict for _, verdict in verdicts(CODE.format("[B, 128, 28, 28]"))] == [HOLDS] * 3
    assert wrong(CODE.format("[B, 128, 56, 56]")) == [("[B, 128, 56, 56]", "output-shape", "[B, 128, 28, 28]")]


def test_layers_in_a_row_with_their_sizes():
    text = (
        "```python\nm = nn.Sequential(\n    nn.Conv2d(1, 6, 5),  # 28x28 -> {}\n    nn.ReLU(),\n"
        "    nn.MaxPool2d(2),  # 24x24 -> 12x12\n)\n```"
    )
    assert wrong(text.format("24x24")) == []
    assert wrong(text.format("28x28")) == [("28x28", "output-shape", "24x24")]


def test_keras():
    text = "```python\nmodel.add(Conv2D(32, (3, 3), padding='same', strides=2))  # 28x28 -> {}\n```"
    assert wrong(text.format("14x14")) == [] and wrong(text.format("13x13")) == [("13x13", "output-shape", "14x14")]


@pytest.mark.parametrize(
    "line",
    [
        "self.c3 = nn.Conv2d(64, 128, 3, padding=1)  # 64x56x56 -> 128x28x28 (after pool)",
        "self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3)  # 7×7×64",
        "self.conv1 = nn.Conv2d(n, m, k)  # 28x28 -> 99x99",
        "x = self.block(x)  # 28x28 -> 99x99",
        "x = nn.Conv2d(3, 0, -1)  # 28x28 -> 99x99",
        "os.system('x'); x = nn.Conv2d(3, 8, 3)  # 28x28 -> 99x99",
    ],
)
def test_code_that_does_not_tell_enough(line):
    assert wrong(f"```python\n# input 3x224x224\n{line}\n```") == []


def test_a_framework_agrees():
    torch = pytest.importorskip("torch", reason="the oracle is torch itself")
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 16, 5, 2, 1), torch.nn.MaxPool2d(3, 2, ceil_mode=True))
    first, last = (tuple(module[:n](torch.zeros(1, 3, 61, 61)).shape[1:]) for n in (1, 2))
    code = (
        "```python\nx = torch.zeros(1, 3, 61, 61)\nm = nn.Sequential(\n"
        f"    nn.Conv2d(3, 16, 5, 2, 1),  # {'x'.join(map(str, first))}\n"
        f"    nn.MaxPool2d(3, 2, ceil_mode=True),  # {'x'.join(map(str, last))}\n)\n```"
    )
    assert [verdict for _, verdict in verdicts(code)] == [HOLDS, HOLDS]


# -- laws -------------------------------------------------------------------------------------------------------------

LAYER = st.tuples(
    st.integers(20, 200), st.sampled_from([1, 3, 5, 7]), st.integers(1, 4), st.integers(0, 3), st.integers(1, 2),
    st.integers(2, 300), st.integers(2, 300),
)  # fmt: skip
TEXTS = (
    "A {i}×{i}×{c} input meets {f} filters of {k}×{k}, stride {s}, padding {p}, dilation {d}; this gives {o}×{o}×{f}.",
    "输入为 {i}×{i}×{c}，用 {f} 个 {k}×{k} 的卷积核，步长为 {s}，填充为 {p}，空洞率为 {d}，输出为 {o}×{o}×{f}。",
    "({c}, {i}, {i}) → conv {f} filters {k}×{k}, stride {s}, padding {p}, dilation {d} → ({f}, {o}, {o})",
    "```python\nnn.Conv2d({c}, {f}, {k}, stride={s}, padding={p}, dilation={d})  # {c}x{i}x{i} -> {f}x{o}x{o}\n```",
)


@settings(max_examples=60, deadline=None)
@given(LAYER, st.sampled_from(TEXTS), st.integers(-2, 2))
def test_sizes_follow_the_law(layer, text, off):
    size, kernel, stride, padding, dilation, channels, filters = layer
    assume(size not in (channels, filters))  # else nothing tells where the channels are
    right = places(size, kernel, stride, padding, dilation)
    assume(right + off > 0 and right + off not in (channels, filters))
    told = text.format(i=size, k=kernel, s=stride, p=padding, d=dilation, c=channels, f=filters, o=right + off)
    found = findings(told)
    assert [f.verdict for f in found] == [WRONG if off else HOLDS]
    assert off == 0 or str(right) in found[0].right


# -- receptive fields -------------------------------------------------------------------------------------------------


def seen(layers):
    """Which inputs one output depends on, by going back through the windows."""
    inputs = {0}
    for kernel, stride, dilation in reversed(layers):
        inputs = {place * stride + tap * dilation for place in inputs for tap in range(kernel)}
    return max(inputs) - min(inputs) + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two stacked 3×3 convolutions see 5×5.", [HOLDS]),
        ("Three stacked 3×3 convolutions see a 7×7 window, four of them a 9×9 one, all with stride 1.", [HOLDS, HOLDS]),
        ("三个3x3卷积的感受野相当于一个7x7。两个3x3卷积的感受野相当于一个5x5。", [HOLDS, HOLDS]),
        ("2层$3\\times3$卷积的感受野相当于$5\\times5$", [HOLDS]),
        ("一个5x5卷积可以用两个3x3卷积代替; 7×7 can be replaced by three 3×3 convolutions.", [HOLDS, HOLDS]),
        ("three 3×3 = 7×7", [HOLDS]),
        ("Two 3×3 convolutions with stride 2 have a receptive field of 7×7.", [HOLDS]),
        ("Two 3×3 convolutions have a receptive field of 5.", [HOLDS]),
        ("A 3×3 convolution with dilation 2 covers a 5×5 area, one with dilation 4 covers a 9×9 area.", [HOLDS, HOLDS]),
        ("1-dilated卷积的感受野为3*3；2-dilated前面接一层1-dilated后，感受野为7*7；4-dilated接在后面，感受野为15*15。",
         [HOLDS, HOLDS]),
        ("四个 3×3 卷积堆叠的感受野是 8×8", [WRONG]),
        ("3个5×5卷积的堆叠获取到的感受野相当于一个7×7的卷积。", [WRONG]),
        ("Two stacked 5×5 convolutions with stride 1 have a receptive field of 10×10.", [WRONG]),
        ("Two 3×3 convolutions have a receptive field of 6.", [WRONG]),
    ],
)  # fmt: skip
def test_receptive_fields(text, expected):
    assert [f.verdict for f in findings(text, receptive.judge)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "VGG uses three 3×3 layers with 27C² parameters against 49C² for one 7×7.",
        "Two 3×3 filters produce an output of 28×28.",
        "Two 3×3 max pooling layers see 7×7 maps.",
        "We replaced the 7×7 convolution with two 3×3 convolutions.",
        "The two 3×3 convolutions look at 14×14 images.",
    ],
)
def test_other_kernels_side_by_side(text):
    assert wrong(text, receptive.judge) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.sampled_from([3, 5, 7]), st.integers(1, 3), st.integers(-1, 1))
def test_fields_follow_the_windows(count, kernel, stride, off):
    right = seen([(kernel, stride, 1)] * count)
    assume(right < 900)
    field = f"{right + off}×{right + off}"
    text = f"{count} stacked {kernel}×{kernel} convolutions with stride {stride} have a receptive field of {field}."
    (finding,) = findings(text, receptive.judge)
    assert finding.verdict == (WRONG if off else HOLDS) and finding.computed == f"{right}×{right}"


# -- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("25.6M params at 4 bytes are 102 MB", [ROUNDED]),
        ("a 112×112×64 float32 map takes 3.2 MB; in fp16 it takes 1.6 MB.", [ROUNDED, ROUNDED]),
        (
            "The 138,357,544 parameters take 528 MB (2^20 bytes) as 32-bit floats, or 553 MB in powers of ten.",
            [ROUNDED, ROUNDED],
        ),
        ("25,557,032 parameters need 102.2 MB in float32, 51.1 MB in float16 and 25.6 MB in int8.", [ROUNDED] * 3),
        ("VGG-16 有 1.38 亿个参数，每个参数 4 字节，共约 552 MB。", [ROUNDED]),
        ("With 32-bit floats, the 61M parameters occupy 244 MB (or 233 MiB).", [ROUNDED, ROUNDED]),
        ("A million float32 values take 4.00 MB.", [ROUNDED]),
    ],
)
def test_memory_that_is_right(text, expected):
    verdict = [f.verdict for f in findings(text, memory.judge)]
    assert len(verdict) == len(expected) and set(verdict) <= {HOLDS, ROUNDED}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In float32 the 138.4 M parameters fill about 138 MB.", ("138 MB", "missing-term")),
        ("A 112×112×64 float32 map takes 0.8 MB.", ("0.8 MB", "missing-term")),
        ("25,557,032 parameters in float32 take 204.5 MB.", ("204.5 MB", "factor-2")),
        ("7×7×2048 共 100352 个数，每个 4 字节，约占 491 kB。", ("491 kB", "misprint")),
        ("The 11,689,512 parameters at 4 bytes each are 0.0446 GiB.", ("0.0446 GiB", "unit")),
        ("25,557,032 parameters at 4 bytes take 1022 MB.", ("1022 MB", "unit")),
    ],
)
def test_memory_that_is_wrong(text, expected):
    assert [(printed, reason) for printed, reason, _ in wrong(text, memory.judge)] == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "The model has 25.6M parameters. Download size is 98 MB. The GPU has 16 GB.",
        "25.6M parameters in float32 with Adam and gradients take 409 MB.",
        "A batch of 112×112×64 float32 maps takes 103 MB.",
        "The 25.6M parameters take 51 MB.",  # of which type?
        "AlexNet has 60M parameters and runs at 16-bit with 240 GB/s bandwidth.",
        "64×64×96×4 bytes = 1.5 MB",  # an equation
    ],
)
def test_memory_that_is_not_told_in_full(text):
    assert findings(text, memory.judge) == []


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1000, 10**9),
    st.sampled_from([(1, "int8"), (2, "float16"), (4, "float32"), (8, "float64")]),
    st.booleans(),
)
def test_bytes_are_counted(count, kind, halved):
    each, name = kind
    assume(count * each % 2 == 0)
    size = count * each // (2 if halved else 1)
    (finding,) = findings(f"The {count:,} values in {name} take {size:,} bytes.", memory.judge)
    assert finding.computed == count * each and finding.verdict == (WRONG if halved else HOLDS)


# -- any text ---------------------------------------------------------------------------------------------------------

WORDS = [
    "28×28×192", "(None, 7, 7, 512)", "0×0×0", "99999×99999", "input", "→", "conv", "3×3", "filters", "of", "stride",
    "0", "2", "padding", "same", "1", "32", "输入为", "卷积核", "步长为", "max pooling", "receptive field", "two",
    "4 bytes", "3.2 MB", "values", "1-dilated", "感受野", "nn.Conv2d(3, 0, 3)", "# 3x3", "(", ")", "\n", ";", "²",
    "Input size: 3x3", "Kernel size: 9",
]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join), st.booleans())
def test_any_text_is_survived(text, as_code):
    document = read(f"```python\n{text}\n```" if as_code else text)
    for judge in (shapes.judge, receptive.judge, memory.judge):
        for finding in judge(document):
            assert finding.verdict in (HOLDS, ROUNDED, WRONG, OPEN)
