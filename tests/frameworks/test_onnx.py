"""ONNX files against torch: the same networks, written down by ``onnx.helper``."""

from __future__ import annotations

import pytest

onnx = pytest.importorskip("onnx", reason="files are ONNX's: install convcost[onnx]")

import numpy as np  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

import convcost as cc  # noqa: E402
from convcost import cost, from_onnx  # noqa: E402


def saved(path, nodes, shape, weights, output=None):
    """A file of a graph with one input ``x`` and one output ``y``."""
    stored = [numpy_helper.from_array(np.zeros(size, kind), name) for name, (size, kind) in weights.items()]
    for tensor in stored:
        if tensor.name.startswith("shape"):
            tensor.CopyFrom(numpy_helper.from_array(np.array(weights[tensor.name][0], np.int64), tensor.name))
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, output)],
        stored,
    )
    onnx.save(helper.make_model(graph), path)
    return path


F32 = np.float32


@pytest.fixture
def small(tmp_path):
    """Convolution, batch norm, ReLU, pool, residual sum, global pool, linear layer."""
    nodes = [
        helper.make_node("Conv", ["x", "w1", "b1"], ["a"], name="conv1", pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node("BatchNormalization", ["a", "s", "t", "m", "v"], ["b"], name="norm"),
        helper.make_node("Relu", ["b"], ["c"], name="relu"),
        helper.make_node("Conv", ["c", "w2"], ["d"], name="depthwise", pads=[1, 1, 1, 1], group=8),
        helper.make_node("Add", ["c", "d"], ["e"], name="join"),
        helper.make_node("MaxPool", ["e"], ["f"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("GlobalAveragePool", ["f"], ["g"], name="mean"),
        helper.make_node("Flatten", ["g"], ["h"], name="flat"),
        helper.make_node("Gemm", ["h", "w3", "b3"], ["y"], name="fc", transB=1),
    ]
    weights = {"w1": ((8, 3, 3, 3), F32), "b1": ((8,), F32), "w2": ((8, 1, 3, 3), F32), "w3": ((10, 8), F32),
               "b3": ((10,), F32), **dict.fromkeys("stmv", ((8,), F32))}  # fmt: skip
    return saved(tmp_path / "net.onnx", nodes, [1, 3, 32, 32], weights)


def test_a_network(small):
    """The numbers of the same network in torch, counted by hand: 16×16 positions behind the first convolution."""
    result = cost(from_onnx(small))
    assert result.macs == 27 * 8 * 256 + 9 * 8 * 256 + 80
    assert (result.params, result.buffers, result.unsupported) == (216 + 8 + 16 + 72 + 90, 16, ())
    assert result.output_shape == (10,)
    assert cost(from_onnx(small), batch=2).macs == 2 * result.macs


def test_the_same_as_torch(small):
    pytest.importorskip("torch", reason="the other side is torch: install convcost[torch]")
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8)
            self.deep, self.fc = nn.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), nn.Linear(8, 10)

        def forward(self, x):
            x = self.norm(self.conv(x)).relu()
            return self.fc(nn.functional.max_pool2d(x + self.deep(x), 2).mean((2, 3)))

    theirs, ours = cost(cc.from_torch(Net(), (3, 32, 32))), cost(from_onnx(small))
    assert (ours.macs, ours.params, ours.buffers) == (theirs.macs, theirs.params, theirs.buffers)
    assert cost(from_onnx(small), (3, 48, 64)).macs == cost(cc.from_torch(Net(), (3, 48, 64))).macs


def test_on_the_command_line(small, capsys):
    from convcost.cli import run

    assert run(["cost", str(small)]) == 0
    assert "Conv" in capsys.readouterr().out


def test_an_operator_without_a_law_is_listed(tmp_path):
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Mystery", ["a"], ["y"], name="odd", domain="own"),
    ]
    path = saved(tmp_path / "odd.onnx", nodes, [1, 3, 8, 8], {}, [1, 3, 8, 8])
    result = cost(from_onnx(path))
    assert result.status == "lower-bound" and "Mystery" in result.unsupported[0] and "odd" in result.unsupported[0]


def test_files_that_are_none(tmp_path):
    (tmp_path / "text.onnx").write_text("this is no protobuf")
    for path in (tmp_path / "text.onnx", tmp_path / "gone.onnx"):
        with pytest.raises(cc.ConvcostError) as caught:
            from_onnx(path)
        assert "\n" not in str(caught.value)


def test_the_comparison_would_notice(small, tmp_path):
    """Control: another stride is another number."""
    model = onnx.load(small)
    model.graph.node[0].attribute[1].ints[:] = [1, 1]
    onnx.save(model, tmp_path / "other.onnx")
    assert cost(from_onnx(tmp_path / "other.onnx")).macs != cost(from_onnx(small)).macs
