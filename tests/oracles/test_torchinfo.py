"""Summaries against the tools themselves, character for character."""

from __future__ import annotations

import warnings

import pytest

import convcost as cc
from convcost import cost, networks

torch = pytest.importorskip("torch", reason="modules are torch's: install convcost[torch]")
torchvision = pytest.importorskip("torchvision", reason="the networks are torchvision's")

NAMES = ("resnet18", "squeezenet1_1", "mobilenet_v2", "googlenet", "vgg11", "densenet121", "convnext_tiny")


def module(name):
    options = {"init_weights": False} if name == "googlenet" else {}
    return torchvision.models.get_model(name, **options).eval()


@pytest.mark.parametrize("name", NAMES)
def test_torchinfo_of_modules(name):
    torchinfo = pytest.importorskip("torchinfo", reason="the summary is torchinfo's own")
    real = torchinfo.summary(module(name), input_size=(1, 3, 224, 224), verbose=0)
    ours = cost(cc.from_torch(module(name), (3, 224, 224))).summary("torchinfo")
    assert str(ours) == str(real)
    assert (ours.total_params, ours.mult_adds) == (real.total_params, real.total_mult_adds)
    assert ours.total_mb == pytest.approx(
        (real.total_input + real.total_output_bytes + real.total_param_bytes) / 1e6, abs=1e-4
    )


@pytest.mark.parametrize("name", ["tutorial_004", "resnet18", "inception_v1"])
def test_torchinfo_of_specs(name):
    torchinfo = pytest.importorskip("torchinfo", reason="the summary is torchinfo's own")
    shape = networks.entry(name).input
    built = cc.to_torch(networks.get(name), shape).eval()
    real = torchinfo.summary(built, input_size=(1, *shape), verbose=0)
    assert str(cost(networks.get(name), shape).summary("torchinfo")) == str(real)


# torchsummary itself stops on DenseNet, whose layers are given lists.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "densenet121"])
def test_torchsummary_of_modules(name, capsys):
    torchsummary = pytest.importorskip("torchsummary", reason="the summary is torchsummary's own")
    with warnings.catch_warnings():
        # Types of tensors that torch replaced long ago.
        warnings.simplefilter("ignore")
        torchsummary.summary(module(name), (3, 224, 224), device="cpu")
    printed = capsys.readouterr().out
    ours = cost(cc.from_torch(module(name), (3, 224, 224))).summary("torchsummary")
    assert str(ours).strip() == printed.strip()


def test_a_summary_of_another_network_differs():
    """Control: the comparison is of every character."""
    a, b = (str(cost(networks.get(name), (3, 224, 224)).summary("torchinfo")) for name in ("resnet18", "resnet34"))
    assert a != b


def test_there_is_no_such_summary():
    with pytest.raises(cc.SpecError, match="torchsummary, torchinfo, keras"):
        cost(networks.get("resnet18"), (3, 224, 224)).summary("torchstat")


def test_keras_counts_running_statistics():
    ours = cost(networks.get("tutorial_002_keras"), networks.entry("tutorial_002_keras").input).summary("keras")
    assert (ours.total_params, ours.trainable_params, ours.non_trainable_params) == (9_121_976, 9_121_464, 512)
    assert "Total params: 9,121,976 (34.80 MB)" in str(ours)
