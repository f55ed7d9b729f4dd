"""The house plan: what may import what, what loads what, and what every layer must have."""

from __future__ import annotations

import ast
import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

import convcost
from convcost import layers
from convcost.layers.base import Layer

PACKAGE = Path(convcost.__file__).parent
FOREIGN = (
    "torch", "torchvision", "timm", "fvcore", "thop", "ptflops", "torchinfo", "torchprofile", "calflops",
    "torchsummary", "keras", "onnx",
)  # fmt: skip
HEAVY = ("sympy", "numpy", "torch", "fvcore", "tabulate", "click", "lark")

#: Rooms in the order in which data walks through them; a module imports only from rooms before its own.
ORDER = (
    "errors", "messages", "formula", "symbolic", "arith", "extent", "calls", "window", "sight", "tally",
    "contraction", "block", "layers", "operators",
    "graph", "batches", "conventions",
    "mending",
    "report.formats", "report.numbers", "report.steps", "report.columns", "report.tables",
    "report.torchinfo", "report.keras_summary",
    "report.summary", "report.json",
    "report.findings", "report.conformance",
    "report.comparison", "report.crosscheck", "report.axis", "report.waterfall", "report.reconciliation",
    "report.readings", "report.change", "report.artifacts", "report.rules", "report",
    "row", "maps", "result", "substitution", "costing",
    "notation", "networks", "frameworks", "conformance", "analysis", "claims", "pictures", "worksheets",
    "explorer", "report.sarif", "report.github", "analysis.identify", "cli", "pytest_plugin", "__main__",
)  # fmt: skip
#: Late imports inside functions that look forward: a result that writes itself, and text that reads itself back.
FORWARD = {
    ("block", "symbolic"), ("block", "pictures"), ("graph", "pictures"),
    ("result", "report"), ("result", "substitution"), ("result", "costing"),
    ("result", "frameworks"), ("maps", "analysis"), ("report.json", "costing"),
    ("report.json", "notation"),
    ("analysis", "report"), ("report.json", "symbolic"),
}  # fmt: skip


def _room(parts):
    name = ".".join(parts)
    return next(room for room in sorted(ORDER, key=len, reverse=True) if name == room or name.startswith(room + "."))


def _imports(path):
    """Modules of the package that ``path`` imports, but not for type checkers only; with whether it does so late."""
    relative = path.relative_to(PACKAGE).with_suffix("").parts
    here = relative[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    checking = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    late = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or id(node) in checking:
            continue
        if node.level:
            base = here[: len(here) - node.level + 1]
            module = (*base, *(node.module.split(".") if node.module else ()))
        elif node.module and node.module.split(".")[0] == "convcost":
            module = tuple(node.module.split(".")[1:])
        else:
            continue
        for alias in node.names:
            inner = (*module, alias.name)
            is_module = (PACKAGE.joinpath(*inner)).with_suffix(".py").exists() or PACKAGE.joinpath(*inner).is_dir()
            target = inner if is_module else module
            if target:
                yield target, id(node) in late


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(path):
    relative = path.relative_to(PACKAGE).with_suffix("").parts
    own = _room(relative[:-1] if relative[-1] == "__init__" else relative)
    for target, late in _imports(path):
        room = _room(target)
        forward = ORDER.index(room) > ORDER.index(own)
        assert not forward or (late and (own, room) in FORWARD), f"{own} imports {room}"


def test_the_arrow_test_sees_imports():
    """Control: the layers do import arithmetic, and the walk finds it."""
    found = [target for target, _ in _imports(PACKAGE / "layers" / "convolution.py")]
    assert ("arith",) in found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_sympy_has_one_importer(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
        for name in names:
            assert name.split(".")[0] != "sympy" or path.parent.name == "symbolic"
            foreign = name.split(".")[0] in FOREIGN
            assert not foreign or path.parent.name == "frameworks", f"{name} belongs into frameworks/"


LAWS = [PACKAGE / "window.py", PACKAGE / "contraction.py", *sorted((PACKAGE / "layers").glob("*.py"))]


@pytest.mark.parametrize("path", LAWS, ids=lambda path: path.name)
def test_laws_stay_in_exact_arithmetic(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            assert not isinstance(node.op, ast.Div), f"line {node.lineno}: / is not exact"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert node.value.id != "math", f"line {node.lineno}: use convcost.arith"


def _loaded(code):
    probe = f"{code}\nimport sys\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout.split()


INTEGERS = """
from convcost import Conv, cost, networks
assert cost(Conv(32, 5, padding=2), (192, 28, 28)).macs == 120422400
counted = cost(networks.get("inception_v1"), (3, 224, 224), batch=2)
assert counted.params == 6998552 and counted.rows and counted.under("full") and counted.steps()
"""


def test_integers_load_nothing_heavy():
    assert _loaded(INTEGERS) == []


def test_the_probe_would_notice():
    """Control: a symbol brings SymPy in, and the probe says so."""
    assert "sympy" in _loaded("from convcost import symbols; symbols('H')")


PUBLIC = """
AdaptivePool Add BatchNorm ChannelShuffle ClaimError Combine Comparison Concat Conv ConvTranspose ConvcostError
Convention Cost Dropout ELU Einsum Embedding Flatten GELU GRU GlobalPool Graph GroupNorm Hardsigmoid Hardswish
Hardtanh Identity InstanceNorm LSTM Layer LayerNorm LeakyReLU Linear LocalResponseNorm MatMul Mish Module Mul
MultiheadAttention PReLU Pad Parameter Permute PixelShuffle Pointwise Pool RMSNorm RNN ReLU ReLU6 Reduce Repeat
Reshape SELU ScaledDotProductAttention Seq ShapeError Sheet SiLU Sigmoid Slice Softmax Softplus SpecError Take Tally
Tanh Tap Tile UndecidedError Unknown UnsupportedError Upsample compare cost draw explore from_keras from_onnx
from_torch identify load_spec networks parse reconcile register_law symbols to_torch verify verify_files worksheet
""".split()


def test_public_names():
    assert sorted(convcost.__all__) == sorted(PUBLIC)
    for name in PUBLIC:
        assert getattr(convcost, name) is not None
    with pytest.raises(AttributeError):
        _ = convcost.no_such_name


KINDS = [getattr(layers, name) for name in layers.__all__ if name not in ("Layer", "Laws")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_layer_states_its_laws(kind):
    assert issubclass(kind, Layer) and dataclasses.is_dataclass(kind)
    text = kind.__doc__
    assert ">>>" in text, "an example that runs"
    if kind.__name__ != "Unknown":
        assert "Source:" in text, "where the formula is from"


def test_every_layer_has_a_torch_oracle():
    pytest.importorskip("torch", reason="the oracle is torch itself: install convcost[torch]")
    from tests.oracles.interpreter import apply

    missing = [kind.__name__ for kind in KINDS if kind not in apply.registry and kind.__name__ != "Unknown"]
    assert missing == []
