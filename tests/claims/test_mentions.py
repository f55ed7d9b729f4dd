"""Totals of known networks in prose and tables. Numbers are those of the papers, or of torchvision's own modules."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.claims.documents import read
from convcost.claims.mentions import judge
from convcost.claims.mentions.figures import figures
from convcost.claims.mentions.names import names
from convcost.claims.mentions.variants import VARIANTS
from convcost.claims.proofread import proofread

HOLDS, ROUNDED, WRONG, OPEN = "holds", "holds-rounded", "wrong", "unverifiable"


def found(text):
    return [(f.printed, f.verdict, f.reason) for f in judge(read(text))]


def wrong(text):
    return [(f.printed, f.reason, int(f.computed), f.right) for f in judge(read(text)) if f.verdict == WRONG]


# -- names ------------------------------------------------------------------------------------------------------------

NAMES = [
    ("ResNet50", "resnet50"), ("ResNet-50", "resnet50"), ("resnet50", "resnet50"), ("ResNet 50", "resnet50"),
    ("the 50-layer ResNet", "resnet50"), ("152层的ResNet", "resnet152"), ("VGG-16", "vgg16"), ("VGG16", "vgg16"),
    ("VGGNet-16", "vgg16"), ("GoogLeNet", "inception_v1"), ("GoogleNet", "inception_v1"),
    ("Inception v1", "inception_v1"),
    ("Inception-v1", "inception_v1"), ("InceptionV1", "inception_v1"), ("Inception v3", "inception_v3"),
    ("MobileNet v1", "mobilenet_v1"), ("MobileNetV2", "mobilenet_v2"), ("1.0 MobileNet-224", "mobilenet_v1"),
    ("SqueezeNet 1.0", "squeezenet1_0"), ("SqueezeNet v1.1", "squeezenet1_1"), ("DenseNet-121", "densenet121"),
    ("AlexNet", "alexnet"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "network"), NAMES)
def test_names_as_people_write_them(text, network):
    (name,) = names(text)
    assert name.plain and network in name.networks


OTHERS = [
    "SE-ResNet-50", "ResNet-50-FPN", "ResNet-50-D", "Wide ResNet-50", "ResNeXt-50", "pruned VGG-16", "our ResNet-50",
    "ResNet-50 backbone", "VGG16_bn", "0.5 MobileNet-160", "MobileNetV2 (0.5×)", "MobileNetV3", "Inception-v4",
    "Inception-ResNet-v2", "DenseNet-169", "EfficientNet-B0", "改进的ResNet-50", "ResNet50作为骨干网络",
]  # fmt: skip


@pytest.mark.parametrize("text", OTHERS)
def test_other_networks_own_no_number(text):
    assert not any(name.plain and name.networks for name in names(text))
    assert found(f"{text} has 99 million parameters.") == []


# -- numbers ----------------------------------------------------------------------------------------------------------

RIGHT = [
    "ResNet-50 has 25.6 M parameters and 3.8 GFLOPs.",
    "ResNet-50 has 25.6M parameters and 4.1 GFLOPs; counting a multiply-add as two operations it has 8.2 GFLOPs.",
    "VGG16 的参数量约为 1.38 亿。",
    "GoogLeNet（600万参数）比AlexNet（6000万）少12倍。",
    "AlexNet: 61M params, 727 MMACs",
    "Keras' ResNet50 has 25,636,712 parameters, its InceptionV3 23,851,784, its MobileNet 4,253,864 parameters.",
    "MobileNetV2 has 3.4M parameters and 300M MAdds, MobileNet v1 has 4.2M parameters and 575M mult-adds.",
    "The 152-layer ResNet has 11.3 billion FLOPs, the 34-layer ResNet 3.6 billion FLOPs.",
    "VGG-19 requires 19.6 × 10^9 FLOPs and VGG-16 15.3 × 10^9 FLOPs.",
    "ResNet-18 and ResNet-34 have 11.7M and 21.8M parameters respectively.",
    "The 138M-parameter VGG-16 is larger than the 25.6M-parameter ResNet-50.",
    "With 60 million parameters, AlexNet was large for its time.",
    "ResNet-101 has over 44 million parameters and fewer than 8 GMACs.",
    "ResNet-50 needs 16.4 GMACs at 448×448.",
    "DenseNet-121 has 7,978,856 parameters (about 8 million).",
    "Inception v3 counts 27.2M parameters with its auxiliary head.",
    "GoogLeNet is 22 layers deep, VGG-16 has 16 layers, AlexNet 有 8 层。",
    "Inception v3 is 42 layers deep.",
    "ResNet-50 is popular. It has 25.6M parameters.",
    "# ResNet-50\n\n- Parameters: 25.6M\n- FLOPs: 4.1G",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_numbers_hold(text):
    assert found(text) and {verdict for _, verdict, _ in found(text)} <= {HOLDS, ROUNDED}


WRONG_ONES = [
    ("ResNet-50 has 26.5M parameters.", ("26.5M", "misprint", 25_557_032, "25.6M")),
    ("VGG16 的参数量约为 1.83 亿。", ("1.83 亿", "misprint", 138_357_544, "1.38 亿")),
    ("VGG-16 has 138,337,544 parameters.", ("138,337,544", "misprint", 138_357_544, "138,357,544")),
    ("ResNet-50 takes 8.2 billion multiply-adds.", ("8.2 billion", "factor-2", 4_089_184_256, "4.1 billion")),
    ("If a multiply-add is two FLOPs, VGG-16 costs 15.5 GFLOPs.", ("15.5 G", "factor-2", 30_940_528_640, "30.9 G")),
    ("ResNet-50 has 25.6B parameters.", ("25.6B", "unit", 25_557_032, "25,557,032")),
    ("MobileNet v1 spends 5690 million multiply-adds.", ("5690 million", "unit", 568_740_352, "569 million")),
    ("ResNet-34 has 25,557,032 parameters.", ("25,557,032", "wrong-operand", 21_797_672, "21,797,672")),
    ("Weights and biases together, VGG-16 has 138,344,128 parameters.",
     ("138,344,128", "bias", 138_357_544, "138,357,544")),
    ("With its auxiliary head Inception v3 has 23,834,568 parameters.",
     ("23,834,568", "missing-term", 27_161_264, "27,161,264")),
    ("ResNet-18 has 11.6M parameters.", ("11.6M", "rounding", 11_689_512, "11.7M")),
    ("ResNet-50 has 35 million parameters.", ("35 million", "arithmetic", 25_557_032, "26 million")),
    ("VGG-16 has over 150 million parameters.", ("150 million", "arithmetic", 138_357_544, "138 million")),
    ("VGG-16 is 61 layers deep.", ("61", "misprint", 16, "16")),
    ("VGG-16 has 19 layers with weights.", ("19", "wrong-operand", 16, "16")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), WRONG_ONES, ids=[text for text, _ in WRONG_ONES])
def test_wrong_numbers_are_found(text, expected):
    assert wrong(text) == [expected]


def test_the_mended_claim_has_the_right_number():
    (finding,) = judge(read("So ResNet-50 has **26.5M** parameters."))
    assert finding.mended is not None and "25.6M" in finding.mended
    assert "25,557,032" in finding.explanation


SILENT = [
    "ResNet-50 reaches 76.1% top-1 after 90 epochs on 1.2 million images.",
    "GoogLeNet uses 12 times fewer parameters than AlexNet.",
    "The first fully connected layer of VGG-16 has 102.8M parameters.",
    "VGG-16's fully connected layers hold 123.6M parameters.",
    "ResNet-50 has fewer parameters than VGG-16, only 31 million parameters.",
    "EfficientNet-B0 has 5.3M parameters, 4.9x fewer than ResNet-50's 26M, and 0.39B FLOPs.",
    "The detector with a ResNet-50 backbone has 41.5M parameters and 180 GFLOPs.",
    "After pruning, VGG-16 keeps 9.2M parameters.",
    "On CIFAR-10 our ResNet-18 has 2.8M parameters.",
    "Fine-tuning ResNet-50 trains 2.1M parameters.",
    "ResNet-50 runs at 400 images/s and takes 3.9 ms on a GPU with 10 TFLOPS.",
    "DenseNet-169 has 14M parameters, MobileNetV3 5.4M parameters.",
    "VGG-16 has 13 convolutional layers and 3 fully connected layers.",
    "In ResNet-50 a block of stage 2 has 70,400 parameters.",
    "Replacing the head of ResNet-50 leaves 24.1M parameters.",
    "InceptionV3 and ResNet-50 have 21 million parameters.",
    "ResNet-50 saves 112M parameters against VGG-16.",
    "我们在ResNet-50的基础上去掉最后一层，参数量为2.1M。",
    "SqueezeNet reaches AlexNet's accuracy with 50x fewer parameters and <0.5MB.",
]


@pytest.mark.parametrize("text", SILENT)
def test_numbers_that_are_no_totals_are_never_wrong(text):
    assert wrong(text) == []


def test_a_number_without_its_word_is_nobodys():
    assert found("ResNet-50 was trained for 90 epochs with 256 images at 0.1.") == []


def test_what_the_authors_print_and_their_network_does_not_give():
    ((_, verdict, _),) = found("Inception v1 的参数量为5M。")
    assert verdict == OPEN


# -- tables -----------------------------------------------------------------------------------------------------------

TABLE = """
| Model | Params (M) | FLOPs (G) | Top-1 |
|---|---|---|---|
| ResNet-50 | 25.6 | 4.1 | 76.1 |
| ResNet-101 | 44.5 | 7.8 | 77.4 |
| VGG-16 | {vgg} | 15.5 | 71.6 |
| EfficientNet-B0 | 5.3 | 0.39 | 77.1 |
"""


def test_tables_of_models():
    assert wrong(TABLE.format(vgg="138.4")) == []
    assert wrong(TABLE.format(vgg="183.4")) == [("183.4", "misprint", 138_357_544, "138.4")]


def test_networks_may_stand_in_the_head():
    text = "| | ResNet-18 | ResNet-34 |\n|---|---|---|\n| Params | 11.7M | 28.1M |\n| GFLOPs | 1.8 | 3.6 |"
    assert wrong(text) == [("28.1M", "misprint", 21_797_672, "21.8M")]


def test_swapped_columns():
    text = "| Model | FLOPs (G) | Params (M) |\n|---|---|---|\n| ResNet-50 | 25.6 | 4.1 |\n| VGG-16 | 138 | 15.5 |"
    assert [reason for _, reason, _, _ in wrong(text)] == ["swapped-columns"] * 4


def test_tables_of_something_else_raise_nothing():
    text = "| Backbone | Params (M) | mAP |\n|---|---|---|\n| ResNet-50 | 41.5 | 37.4 |\n| ResNet-101 | 60.5 | 39.4 |"
    assert wrong(text) == []
    text = "| Model | Params |\n|---|---|\n| ResNet-18 | 2.8M |\n| ResNet-34 | 5.3M |"
    assert wrong(text) == []


def test_a_unit_that_the_head_leaves_out_is_that_of_the_others():
    text = "| Model | Params |\n|---|---|\n| ResNet-18 | 11.7 |\n| ResNet-34 | 28.1 |\n| ResNet-50 | 25.6 |"
    assert wrong(text) == [("28.1", "misprint", 21_797_672, "21.8")]


# -- figures ----------------------------------------------------------------------------------------------------------

TORCHVISION = {
    "alexnet": "alexnet", "vgg16": "vgg16", "resnet18": "resnet18", "resnet50": "resnet50",
    "densenet121": "densenet121",
    "squeezenet1_0": "squeezenet1_0", "mobilenet_v2": "mobilenet_v2", "inception_v1": "googlenet",
    "inception_v3": "inception_v3",
}  # fmt: skip


@pytest.mark.parametrize("name", TORCHVISION)
def test_figures_against_torchvision(name):
    models = pytest.importorskip("torchvision.models", reason="the oracle is torchvision itself")
    torch = pytest.importorskip("torch", reason="the oracle is torch itself")
    with torch.device("meta"):
        options = {"init_weights": False} if name.startswith("inception") else {}
        module = getattr(models, TORCHVISION[name])(**options)
    declared = sum(p.numel() for p in module.parameters())
    known = {int(figure.low) for figure in figures(name).params}
    assert declared in known
    running = sum(b.numel() for key, b in module.named_buffers() if "num_batches" not in key)
    assert declared + running in known


def test_the_figures_of_the_2012_network():
    """Krizhevsky et al. 2012, layer by layer: towers see half of the maps in layers 2, 4 and 5."""
    weights = 11 * 11 * 3 * 96 + 5 * 5 * 48 * 256 + 3 * 3 * 256 * 384 + 3 * 3 * 192 * 384 + 3 * 3 * 192 * 256
    weights += 9216 * 4096 + 4096 * 4096 + 4096 * 1000
    biases = 96 + 256 + 384 + 384 + 256 + 4096 + 4096 + 1000
    known = {int(figure.low) for figure in figures("alexnet").params}
    assert {weights, weights + biases} <= known


def test_figures_are_computed_once():
    figures.cache_clear()
    found("ResNet-50 has 25.6M parameters. " * 60)
    assert figures.cache_info().misses == 1


def test_every_name_has_figures():
    for name in VARIANTS:
        known = figures(name)
        assert known.params and known.macs and known.depth > 0 and known.headless < known.params[0].low


# -- any text ---------------------------------------------------------------------------------------------------------

WORDS = [
    "ResNet-50", "VGG16", "has", "25.6M", "parameters", "and", "(", ")", ",", "than", "3.8", "GFLOPs", "1.38亿",
    "参数量", "的",
    "1e3", "10多M", "×10^9", "respectively", "22层", "|", "---", "\n", "\n\n", "½", "² ", "$", "ResNet-18/34",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=30).map(" ".join))
def test_any_text_is_survived(text):
    for finding in judge(read(text)):
        assert finding.verdict in (HOLDS, ROUNDED, WRONG, OPEN)
        assert finding.printed in text


def test_the_row_of_judges_asks_for_it():
    (finding,) = proofread(read("ResNet-50 has 26.5M parameters."))
    assert finding.kind == "total" and finding.reason == "misprint"
