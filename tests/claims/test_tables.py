"""Tables, lists and their totals. Expected values are arithmetic of the tests' own."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.claims.documents import read
from convcost.claims.tables import judge

WRONG, HOLDS, ROUNDED = "wrong", "holds", "holds-rounded"


def judged(text, kind="markdown"):
    return list(judge(read(text, "t.md", kind)))


def wrongs(text):
    return [(f.printed, f.reason, f.computed) for f in judged(text) if f.verdict == WRONG]


def totals(text):
    return [(f.printed, f.verdict) for f in judged(text) if f.kind == "total"]


def table(head, *rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


# -- totals of tables --------------------------------------------------------------------------------------------

PARAMS = ("layer", "params")
FOUR = [("conv1", "9,472"), ("conv2", "36,928"), ("conv3", "73,856"), ("fc", "5,130")]  # 125,386


def with_total(total, label="total", rows=FOUR, head=PARAMS):
    return table(head, *rows, (label, total))


@pytest.mark.parametrize("label", ["total", "**Total**", "Sum", "合计", "总计", "总参数量", "Total params", "Overall"])
def test_a_total_that_is_the_sum_of_its_rows(label):
    assert totals(with_total("125,386", label)) == [("125,386", HOLDS)]


@pytest.mark.parametrize(
    ("total", "reason"),
    [
        ("125,836", "misprint"),  # two digits transposed
        ("125,386,000", "unit"),
        ("88,458", "missing-term"),  # conv2 left out
        ("250,772", "factor-2"),
        ("101,010", "total"),
        ("130,516", "total"),  # fc counted twice
    ],
)
def test_a_total_that_is_not(total, reason):
    assert wrongs(with_total(total)) == [(total, reason, 125_386)]


def test_the_row_that_was_left_out_is_named():
    (finding,) = [f for f in judged(with_total("88,458")) if f.verdict == WRONG]
    assert "conv2" in finding.explanation and "36,928" in finding.explanation
    assert (finding.right, finding.mended, finding.kind) == ("125,386", "125,386", "total")


def test_rounded_parts_add_up_loosely():
    rows = [("a", "0.58"), ("b", "12.41"), ("c", "33.63")]  # may truly total 46.605 … 46.635
    assert totals(with_total("46.61", rows=rows, head=("layer", "Params (M)"))) == [("46.61", ROUNDED)]
    assert wrongs(with_total("46.26", rows=rows, head=("layer", "Params (M)"))) == [("46.26", "misprint", 46_620_000)]


def test_subtotals_and_what_is_between_them():
    rows = [
        ("conv1", 100),
        ("conv2", 250),
        ("subtotal", 350),
        ("fc1", 400),
        ("fc2", 50),
        ("subtotal", 450),
        ("total", 800),
    ]
    assert totals(table(PARAMS, *rows)) == [("350", HOLDS), ("450", HOLDS), ("800", HOLDS)]
    rows[2] = ("subtotal", 530)
    assert wrongs(table(PARAMS, *rows)) == [("530", "misprint", 350)]


def test_rows_that_count_several_times():
    rows = [("stem", 864), ("block ×3", 18_496), ("fc", 650), ("total", 57_002)]
    assert totals(table(PARAMS, *rows)) == [("57002", HOLDS)]
    counted = table(("block", "n", "params"), ("a", 1, 1000), ("b", 3, 2000), ("total", "", 7000))
    assert totals(counted) == [("7000", HOLDS)]


def test_a_row_without_a_label_closes_its_group():
    rows = [("**Block 1**", "-"), ("conv", "896"), ("conv", "9,248"), ("", "**10,144**")]
    assert totals(table(PARAMS, *rows)) == [("10,144", HOLDS)]
    rows[-1] = ("", "**10,208**")
    assert wrongs(table(PARAMS, *rows)) == [("10,208", "total", 10_144)]


def test_a_total_at_the_right():
    text = table(
        ("", "weights", "optimizer", "total"), ("fp32", "32 GB", "64 GB", "96 GB"), ("bf16", "16 GB", "64 GB", "90 GB")
    )
    assert totals(text) == [("96 GB", HOLDS), ("90 GB", WRONG)]


def test_a_sentence_below_the_table():
    text = table(PARAMS, *FOUR)
    assert totals(text + "\nIn total 125,386 parameters.\n") == [("125,386", HOLDS)]
    assert totals(text + "\n总共 12.5万 个参数。\n") == [("12.5万", ROUNDED)]
    assert wrongs(text + "\n**Total: 125,836 parameters.**\n") == [("125,836", "misprint", 125_386)]


@pytest.mark.parametrize(
    "text",
    [
        table(("model", "top-1", "params (M)"), ("a", 71.2, 3.5), ("b", 75.0, 5.3), ("average", 73.1, 4.4)),
        table(("phase", "hours"), ("design", 4), ("tests", 8), ("total", 11)),
        table(("dataset", "images"), ("train", 50_000), ("test", 10_000), ("total", 70_000)),
        table(("layer", "kernel", "accuracy (%)"), ("a", 3, 90), ("b", 5, 80), ("total", 9, 85)),
        table(PARAMS, ("conv1", 100), ("...", "..."), ("fc", 50), ("total", 61_100)),
        table(("block", "peak memory (MB)"), ("a", 12.5), ("b", 30.0), ("total", 30.0)),
        table(PARAMS, ("Encoder total", 900), ("attention", 400), ("mlp", 450)),
        table(("hyper-parameter", "value"), ("epochs", 30), ("batch", 64), ("total", 100)),
        "| game | won | lost |\n|---|---|---|\n| a | 3 | 1 |\n| total | 5 | 2 |",
    ],
)
def test_what_is_no_table_of_costs_is_left_alone(text):
    assert wrongs(text) == []


# -- columns that must agree -------------------------------------------------------------------------------------

KERNELS = ("layer", "kernel", "in", "out", "params")
RIGHT = [
    ("c1", "3×3", 3, 64, 1792),
    ("c2", "3×3", 64, 64, 36928),
    ("c3", "3×3", 64, 128, 73856),
    ("c4", "5×5", 128, 96, 307296),
]


def changed(row, column, value, rows=RIGHT):
    return [
        tuple(value if (r, c) == (row, column) else cell for c, cell in enumerate(line)) for r, line in enumerate(rows)
    ]


def test_kernel_and_channels():
    (finding,) = judged(table(KERNELS, *RIGHT))
    assert (finding.kind, finding.verdict) == ("table", HOLDS)
    assert wrongs(table(KERNELS, *changed(1, 4, 36_982))) == [("36982", "misprint", 36_928)]
    assert wrongs(table(KERNELS, *changed(1, 4, 36_864))) == [("36864", "bias", 36_928)]
    assert wrongs(table(KERNELS, *changed(2, 4, 1_280))) == [("1280", "missing-term", 73_856)]  # 9·128 + 128


def test_a_channel_that_both_neighbours_contradict():
    (finding,) = [f for f in judged(table(KERNELS, *changed(1, 3, 46))) if f.verdict == WRONG]
    assert (finding.printed, finding.computed) == ("46", 64)


def test_a_wrong_part_beside_a_right_total():
    text = table(KERNELS, *changed(2, 4, "73,586"), ("total", "", "", "", "419,872"))
    assert wrongs(text) == [("73,586", "misprint", 73_856)]
    assert totals(text) == [("419,872", HOLDS)]


def test_heads_that_say_whether_biases_count():
    rows = [("c1", "5×5", 3, 40, 3000), ("c2", "3×3", 40, 88, 31_680), ("c3", "3×3", 88, 120, 95_160)]
    assert wrongs(table((*KERNELS[:4], "weights (no bias)"), *rows)) == [("95160", "bias", 95_040)]


def test_operations_need_the_map():
    head = ("layer", "map", "kernel", "in → out", "MACs")
    rows = [("a", "28×28", "1×1", "160 → 48", "6,021,120"), ("b", "28×28", "3×3", "48 → 112", "37,933,056")]
    text = table(head, *rows, ("c", "14×14", "3×3", "112 → 112", "22,127,616"))
    assert wrongs(text) == []
    assert wrongs(text.replace("22,127,616", "22,217,616")) == [("22,217,616", "misprint", 22_127_616)]


def test_short_and_full():
    head, rows = ("net", "Params (M)", "Params"), [("a", "1.24", "1,235,496"), ("b", "13.82", "13,824,000")]
    assert wrongs(table(head, *rows)) == []
    assert wrongs(table(head, *rows[:1], ("b", "13.28", "13,824,000"))) == [("13.28", "misprint", 13_824_000)]
    assert wrongs(table(head, ("b", "138.2", "13,824,000"))) == [("138.2", "unit", 13_824_000)]


@pytest.mark.parametrize(("scale", "decimals"), [(10**6, 2), (2**20, 2)])
def test_bytes_are_of_either_kind(scale, decimals):
    params = [61_706, 1_235_496, 11_689_512, 25_557_032]
    rows = [(n, p, f"{4 * p / scale:.{decimals}f}") for n, p in zip("abcd", params, strict=True)]
    head = ("net", "params", "size (MB)")
    assert wrongs(table(head, *rows)) == []
    rows[3] = ("d", params[3], "51.11")
    assert [printed for printed, _, _ in wrongs(table(head, *rows))] == ["51.11"]


@pytest.mark.parametrize("factor", [1, 2])
def test_flops_and_macs(factor):
    macs = [86_704_128, 43_352_064, 21_676_032, 10_838_016]
    rows = [(f"conv{n}", f"{m:,}", f"{factor * m:,}") for n, m in enumerate(macs)]
    assert wrongs(table(("layer", "MACs", "FLOPs"), *rows)) == []
    rows[2] = ("conv2", "21,676,032", f"{factor * 21_676_032 + 9_000_000:,}")
    assert [f.computed for f in judged(table(("layer", "MACs", "FLOPs"), *rows)) if f.verdict == WRONG] == [
        factor * 21_676_032
    ]


def test_weights_and_biases():
    head = ("layer", "size", "weights", "biases", "params")
    rows = [("conv1", "55x55x96", 34_848, 96, 34_944), ("conv2", "27x27x256", 614_400, 256, 614_665)]
    assert wrongs(table(head, *rows)) == [("614665", "misprint", 614_656)]


def test_shares():
    head = ("part", "MACs", "share")
    rows = [("1×1", "9,633,792", "15.9 %"), ("3×3", "43,352,064", "71.6 %"), ("5×5", "7,569,408", "12.5 %")]
    text = table(head, *rows, ("total", "60,555,264", "100.0 %"))
    assert wrongs(text) == []
    (finding,) = [f for f in judged(text.replace("71.6", "17.6")) if f.verdict == WRONG]
    assert (finding.printed, finding.reason, finding.kind) == ("17.6 %", "misprint", "ratio")
    assert finding.right == "71.6 %"


def test_shares_that_make_no_whole():
    head = ("layer", "params (%)")
    rows = [("conv", "24.6 %"), ("fc", "71.4 %")]
    assert totals(table(head, *rows, ("total", "100 %"))) == [("100 %", WRONG)]
    assert wrongs(table(head, *rows)) == []  # nobody says that these are all


def test_shares_and_sizes_in_brackets():
    rows = [
        ("conv1", "34,944 (0.1 %)"),
        ("conv2", "614,656 (1.0 %)"),
        ("fc", "61,737,744 (99.0 %)"),
        ("total", "62,387,344"),
    ]
    assert wrongs(table(PARAMS, *rows)) == []
    (finding,) = [f for f in judged(table(PARAMS, *changed(2, 1, "61,737,744 (90.9 %)", rows))) if f.verdict == WRONG]
    assert (finding.printed, finding.right, finding.reason) == ("90.9 %", "99.0 %", "misprint")
    rows = [("a", "10,575 (41.31 KB)"), ("b", "61,706 (241.04 KB)"), ("c", "1,235,496 (4.71 MB)")]
    assert wrongs(table(PARAMS, *rows)) == []
    assert [printed for printed, _, _ in wrongs(table(PARAMS, *changed(2, 1, "1,235,496 (4.17 MB)", rows)))] == [
        "4.17 MB"
    ]


def test_so_much_per_block():
    head = ("stage", "blocks", "params per block", "params")
    rows = [(1, 3, "70,400", "211,200"), (2, 4, "280,064", "1,120,256"), (3, 6, "1,117,184", "6,703,104")]
    assert wrongs(table(head, *rows, ("total", 13, "", "8,034,560"))) == []
    assert wrongs(table(head, *changed(2, 3, "6,730,104", rows))) == [("6,730,104", "misprint", 6_703_104)]


LATEX = r"""
\begin{{tabular}}{{lr}}
layer & weights \\ \hline
conv1 & 1{{,}}728 \\
conv2 & 27{{,}}648 \\ \hline
total & {} \\
\end{{tabular}}
"""
HTML = """
<table><tr><th>层</th><th>参数量</th></tr>
<tr><td>卷积1</td><td>1,728</td></tr><tr><td>卷积2</td><td>27,648</td></tr>
<tr><td>合计</td><td>{}</td></tr></table>
"""
LAYERS = """Layer 1:
  weights = 784 * 128 = 100,352
  biases = 128
Layer 2:
  weights = 128 * 10 = 1,280
  biases = 10
Total parameters: {}
"""


@pytest.mark.parametrize(("kind", "text"), [("latex", LATEX), ("html", HTML)])
def test_tables_of_other_formats(kind, text):
    assert [f.verdict for f in judged(text.format("29,376"), kind) if f.kind == "total"] == [HOLDS]
    (finding,) = [f for f in judged(text.format("23,976"), kind) if f.verdict == WRONG]
    assert (finding.printed, finding.reason, finding.computed) == ("23,976", "misprint", 29_376)


def test_expressions_in_a_column():
    head = ("layer", "kernel", "channels", "parameters")
    rows = [("conv1", "5×5", "3 → 28", "5·5·3·28"), ("conv2", "3×3", "28 → 44", "5·5·28·44")]
    assert wrongs(table(head, *rows)) == [("5·5·28·44", "wrong-operand", 11_088)]
    head = ("layer", "formula", "params")
    rows = [("a", "3·3·3·64 + 64", 1792), ("b", "3·3·64·64 + 64", 36_982)]
    assert wrongs(table(head, *rows)) == [("36982", "misprint", 36_928)]


def test_output_shapes():
    head = ("layer", "kernel", "stride", "padding", "output")
    rows = [
        ("input", "", "", "", "32×32×3"),
        ("conv1", 5, 1, 0, "28×28×6"),
        ("pool1", 2, 2, 0, "14×14×6"),
        ("conv2", 5, 1, 0, "10×10×16"),
    ]
    assert wrongs(table(head, *rows)) == []
    assert wrongs(table(head, *rows[:3], ("conv2", 5, 1, 0, "12×12×16"))) == [("12×12×16", "output-shape", "10×10×16")]


def test_exchanged_cells_and_heads():
    head = ("layer", "map", "kernel", "channels", "params", "MACs")
    rows = [
        ("A", "30×30", "3×3", "24→48", 10_368, 9_331_200),
        ("B", "15×15", "5×5", "48→48", 57_600, 12_960_000),
        ("C", "15×15", "1×1", "48→96", 4_608, 1_036_800),
    ]
    assert wrongs(table(head, *rows)) == []
    swapped = [rows[0], (*rows[1][:4], 12_960_000, 57_600), rows[2]]
    assert wrongs(table(head, *swapped)) == [
        ("12960000", "swapped-columns", 57_600), ("57600", "swapped-columns", 12_960_000),
    ]  # fmt: skip
    (finding,) = [f for f in judged(table((*head[:4], "MACs", "params"), *rows)) if f.verdict == WRONG]
    assert (finding.reason, finding.printed) == ("swapped-columns", "MACs")


# -- known tables ------------------------------------------------------------------------------------------------


def test_a_course_table_that_forgets_the_input_channels():
    rows = [
        ("Input", "(32, 32, 3)", "3,072", "0"), ("CONV1 (f=5, s=1)", "(28, 28, 8)", "6,272", "208"),
        ("POOL1", "(14, 14, 8)", "1,568", "0"), ("CONV2 (f=5, s=1)", "(10, 10, 16)", "1,600", "416"),
        ("POOL2", "(5, 5, 16)", "400", "0"), ("FC3", "(120, 1)", "120", "48,001"), ("FC4", "(84, 1)", "84", "10,081"),
    ]  # fmt: skip
    found = wrongs(table(("", "Activation shape", "Activation size", "# parameters"), *rows))
    assert found == [
        ("208", "missing-term", 608), ("416", "missing-term", 3216),
        ("48,001", "bias", 48_120), ("10,081", "bias", 10_164),
    ]  # fmt: skip


def test_layers_that_are_built_otherwise_are_no_mistakes():
    """AlexNet's two groups, LeNet-5's C3, a pooling that is not listed, a branch that enters."""
    alexnet = [("conv1", "11×11", 3, 96, 34_944), ("conv2", "5×5", 96, 256, 307_456),
               ("conv3", "3×3", 256, 384, 885_120),
               ("conv4", "3×3", 384, 384, 663_936), ("conv5", "3×3", 384, 256, 442_624)]  # fmt: skip
    assert wrongs(table(KERNELS, *alexnet)) == []
    lenet = [
        ("C1", "5×5", "28×28×6", 156),
        ("S2", "2×2", "14×14×6", 0),
        ("C3", "5×5", "10×10×16", 1516),
        ("S4", "2×2", "5×5×16", 0),
    ]
    assert wrongs(table(("layer", "kernel", "output shape", "params"), *lenet)) == []
    unlisted = [("conv1", "3×3", "32×28×28", 320), ("conv2", "3×3", "64×28×28", 18_496),
                ("fc1", "", "128", 64 * 14 * 14 * 128 + 128),
                ("fc2", "", "10", 1290)]  # fmt: skip
    assert wrongs(table(("layer", "kernel", "output shape", "params"), *unlisted)) == []


# -- lists and lines ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printed", "computed"),
    [
        ("- conv1: 9,472\n- conv2: 36,928\n- fc: 5,130\n- total: {}", "51,350", 51_530),
        ("Parameters:\n\n1. branch 1: 4,816,896\n2. branch 2: 27,095,040\n\nTotal: {}", "31,911,396", 31_911_936),
        ("9×16×4 = 576\n9×12×80 = 8,640\nTotal: {}", "9,316", 9216),
        ("各层参数：\n\n- 第一层：3×3×3×18＝486\n- 第二层：3×3×18×54＝8748\n\n合计：{} 个。", "9324", 9234),
        ("conv1 has 1,792 weights, conv2 36,928, in total {} parameters.", "38,270", 38_720),
        ("第一层：3×3×3×64=1,728，第二层：3×3×64×64=36,864，总计 {} 个参数。", "38,952", 38_592),
        ("第一层有 1,792 个参数，第二层有 36,928 个参数，总共 {} 个参数。", "38,270", 38_720),
        (LAYERS, "101,707", 101_770),
        ("The stem has 0.2 M parameters, the stages 1.2 M and 7.1 M; in total {}.", "8.9 M", 8_500_000),
        ("- weights: 46 MB\n- gradients: 46 MB\n- activations: 118 MB\n- total: {}", "164 MB", 210_000_000),
        ("```\nlayer    params\nconv1    1,792\nconv2    36,928\ntotal    {}\n```", "38,270", 38_720),
        ("```\nlayer,params\nconv1,1792\nconv2,36928\ntotal,{}\n```", "38270", 38_720),
    ],
)
def test_totals_of_lists_and_lines(text, printed, computed):
    (finding,) = [f for f in judged(text.format(printed)) if f.verdict == WRONG]
    assert (finding.printed, finding.computed, finding.kind) == (printed, computed, "total")
    right = finding.right
    assert [f.verdict for f in judged(text.format(right)) if f.kind == "total"][0] in (HOLDS, ROUNDED)  # noqa: RUF015


NOTES = """
INPUT: [224x224x3]     memory:  224*224*3=150K    params: 0
CONV3-64: [224x224x64]  memory:  224*224*64=3.2M   params: (3*3*3)*64 = 1,728
CONV3-64: [224x224x64]  memory:  224*224*64=3.2M   params: (3*3*64)*64 = 36,864
POOL2: [112x112x64]  memory:  112*112*64=800K   params: 0
FC: [1x1x4096]  memory:  4096  params: 112*112*64*4096 = 3,288,334,336

TOTAL memory: {} * 4 bytes ~= 41MB / image
TOTAL params: 3.3B parameters
"""


def test_notes_with_two_columns_of_sums():
    """Rounded figures stand for their expressions: 150,528 + 2 × 3,211,264 + 802,816 + 4,096 = 7,379,968."""
    assert [v for _, v in totals(NOTES.format("7.4M"))] == [ROUNDED, ROUNDED]
    assert wrongs(NOTES.format("24M")) == [("24M", "total", 7_379_968)]


@pytest.mark.parametrize(
    "text",
    [
        "- epochs: 30\n- batch size: 64\n- total: 100",
        "- encoder: 12 layers\n- decoder: 6 layers\n- total: 65M parameters",
        "Total params: 7,039,122\nTrainable params: 7,030,000\nNon-trainable params: 9,122",
        "The dataset has 50,000 images for training and 10,000 for tests, in total 70,000.",
        "At 632×1390 the image has 878,480 pixels in total; 256×28×28 = 200,704 and 1280×28×28 = 1,003,520.",
        "- 1×1 convolutions: 2.4M\n- 5×5: 10.0M\n- total: 2.4M + 10.0M = 12.4M",
        "Version 1.2, released 2024, with 3 layers; total 5.",
        "2020-01-01 10:00:00  10 Bytes a.txt\n2020-01-01 10:00:00  200 Bytes b.txt\n\nTotal Size: 2.9 MiB",
    ],
)
def test_lists_that_claim_no_sum(text):
    assert wrongs(text) == []


# -- doctored tables ---------------------------------------------------------------------------------------------


def network(rng):
    """A small sequential network: (label, kernel, in, out, side of the output map)."""
    side, channels, layers = rng.choice([28, 32, 56, 64]), rng.choice([1, 3]), []
    for n in range(rng.randint(4, 8)):
        out = rng.choice([16, 24, 32, 48, 64, 96, 128, 192, 256])
        if n and rng.random() < 0.3 and side > 8:
            side //= 2
        layers.append((f"conv{n + 1}", rng.choice([1, 3, 3, 3, 5, 7]), channels, out, side))
        channels = out
    return layers


def figures(layer, bias):
    _, kernel, inputs, outputs, side = layer
    weights = kernel * kernel * inputs * outputs
    return weights + bias * outputs, weights * side * side


def grid(layers, bias, rng):
    """Head and rows of a right table in a random layout, and the columns that hold exact figures."""
    group = rng.choice([lambda n: f"{n:,}", str])
    shape = rng.choice(["{s}×{s}×{c}", "{s}x{s}x{c}", "({s}, {s}, {c})"])
    head = [
        "layer",
        "kernel",
        "in",
        "out",
        "output shape",
        rng.choice(["params", "#Params", "参数量"]),
        rng.choice(["MACs", "mult-adds", "乘加次数"]),
    ]
    rows = []
    for layer in layers:
        label, kernel, inputs, outputs, side = layer
        params, macs = figures(layer, bias)
        rows.append(
            [
                label,
                f"{kernel}×{kernel}",
                str(inputs),
                str(outputs),
                shape.format(s=side, c=outputs),
                group(params),
                group(macs),
            ]
        )
    total = [sum(figures(layer, bias)[n] for layer in layers) for n in (0, 1)]
    rows.append(["total", "", "", "", "", *map(group, total)])
    return head, rows


def misprinted(text, rng):
    """One digit substituted, or two different neighbours transposed; never the first digit to a zero."""
    places = [n for n, c in enumerate(text) if c.isdigit()]
    n = rng.randrange(len(places) - 1)
    one, two = places[n], places[n + 1]
    digits = list(text)
    if rng.random() < 0.5 and digits[one] != digits[two] and digits[two] != "0":
        digits[one], digits[two] = digits[two], digits[one]
    else:
        digits[one] = rng.choice([d for d in "123456789" if d != digits[one]])
    return "".join(digits)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_right_tables_are_right(seed, bias):
    rng = random.Random(seed)
    head, rows = grid(network(rng), bias, rng)
    found = judged(table(head, *rows))
    assert {f.verdict for f in found} == {HOLDS}
    assert sum(f.kind == "total" for f in found) == 2
    assert sum(f.kind == "table" for f in found) == 1


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32), st.booleans())
def test_one_misprinted_cell_is_caught_and_named(seed, bias):
    rng = random.Random(seed)
    layers = network(rng)
    head, rows = grid(layers, bias, rng)
    row, column = rng.randrange(len(rows)), rng.choice([5, 6])
    right = rows[row][column]
    rows[row][column] = misprinted(right, rng)
    value = int(right.replace(",", ""))
    (finding,) = [f for f in judged(table(head, *rows)) if f.verdict == WRONG]
    assert (finding.printed, finding.computed, finding.right) == (rows[row][column], value, right)
    assert finding.reason == "misprint" or _coincidence(finding, value)


def _coincidence(finding, value):
    """A misprint that tells a simpler story: twice the value, a term or a factor left out, biases forgotten."""
    return finding.reason in ("factor-2", "missing-term", "bias", "unit", "output-shape")


def test_how_many_doctored_cells_are_caught():
    """The experiment: every kind of slip, in any cell with a figure or a channel; how many are found and named."""
    rng = random.Random(20261125)
    caught = named = false = 0
    rounds = 100
    for _ in range(rounds):
        layers, bias = network(rng), rng.random() < 0.5
        head, rows = grid(layers, bias, rng)
        row, column = rng.randrange(len(rows) - 1), rng.choice([5, 6, 5, 6, 3])
        right = rows[row][column]
        wanted = _slip(rows, layers[row], row, column, bias, rng)
        if rows[row][column] == right:
            rounds -= 1
            continue
        found = [f for f in judged(table(head, *rows)) if f.verdict == WRONG]
        hit = [f for f in found if f.printed == rows[row][column]]
        caught += bool(hit)
        named += bool(hit) and hit[0].reason in wanted
        false += len(found) - bool(hit)
    print(f"{caught} of {rounds} caught, {named} named, {false} others")
    assert caught >= 0.95 * rounds
    assert named >= 0.9 * caught
    assert false <= 0.02 * rounds


def _slip(rows, layer, row, column, bias, rng):
    """Change the cell; the admissible reasons."""
    value = int(rows[row][column].replace(",", ""))
    params, macs = figures(layer, bias)
    _, kernel, inputs, outputs, side = layer
    slips = {"misprint": None, "factor-2": 2 * value, "unit": 1000 * value}
    if column == 5:
        slips["bias"] = params - outputs if bias else params + outputs
        if inputs > 1:
            slips["missing-term"] = kernel * kernel * outputs + bias * outputs
    if column == 6 and side > 1:
        slips["missing-term"] = macs // (side * side)
    reason = rng.choice(list(slips)) if column != 3 else "misprint"
    if slips[reason] is None:
        rows[row][column] = misprinted(rows[row][column], rng)
        return ("misprint", "arithmetic", "missing-term", "wrong-operand", "factor-2")
    rows[row][column] = f"{slips[reason]:,}" if "," in rows[row][column] else str(slips[reason])
    return (reason, "missing-term") if reason == "bias" else (reason,)


# -- hostile text ------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="|0123456789,.%×x*()=-+ \n总计totalMacsparKB:", max_size=160))
def test_any_table_gets_an_answer(text):
    judged("| layer | params | MACs |\n|---|---|---|\n" + text)
    judged("- a: 1\n" + text)


@pytest.mark.parametrize(
    "text",
    [
        "|" * 5000,
        "| layer | params |\n|---|---|\n" + "| total | 1 |\n" * 300,
        "- conv: 9**9**9**9\n- fc: 1\n- total: 5",
        "| layer | params |\n|---|---|\n| a | 9**9**9**9 |\n| b | " + "9" * 3000 + " |\n| total | 1 |",
        "total " * 2000,
        "- total: 1\n" * 600,
    ],
    ids=["bars", "totals", "powers", "digits", "words", "lines"],
)
def test_hostile_tables(text):
    assert wrongs(text) == []
