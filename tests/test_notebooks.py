"""Notebooks run, and what they store is what they print. `python tests/test_notebooks.py` stores it anew."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="notebooks need convcost[notebook]")
nbclient = pytest.importorskip("nbclient", reason="notebooks need convcost[notebook]")

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
#: Packages beside the core that a notebook imports.
NEEDS = {
    "02_why_counters_disagree": ("torch", "torchvision", "fvcore"),
    "04_naive_or_bottleneck": ("matplotlib",),
}


def executed(path):
    """The notebook with fresh outputs; a cell that raises fails here."""
    notebook = nbformat.read(path, as_version=4)
    # Notebooks read files that lie beside them.
    here = {"metadata": {"path": str(FOLDER)}}
    client = nbclient.NotebookClient(notebook, timeout=300, record_timing=False, kernel_name="python3", resources=here)
    client.execute()
    # The interpreter's version and the like are no content.
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


@pytest.mark.filterwarnings("ignore")  # of the kernel's transport, not of ours
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_outputs_are_fresh(path):
    for package in NEEDS.get(path.stem, ()):
        pytest.importorskip(package, reason="the notebook is about real modules: install convcost[test,peers]")
    stored = nbformat.read(path, as_version=4)
    fresh = executed(path)
    assert [cell.get("outputs") for cell in stored.cells] == [cell.get("outputs") for cell in fresh.cells]
    assert any(cell.get("outputs") for cell in stored.cells)


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS] == [
        "01_verify_the_textbook",
        "02_why_counters_disagree",
        "03_proofread_a_chapter",
        "04_naive_or_bottleneck",
        "05_make_a_worksheet",
    ]


@pytest.mark.filterwarnings("ignore")  # of the kernel's transport, not of ours
def test_a_failing_cell_is_noticed(tmp_path):
    """Control: an assertion that does not hold fails the run."""
    broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("assert 12_433_648 == 12_443_648")])
    path = tmp_path / "broken.ipynb"
    nbformat.write(broken, path)
    with pytest.raises(nbclient.exceptions.CellExecutionError):
        executed(path)


if __name__ == "__main__":
    for path in NOTEBOOKS:
        nbformat.write(executed(path), path)
        sys.stdout.write(f"{path.name}\n")
