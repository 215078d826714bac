"""Guards part three, `cnn-fast`: the oracle agrees, loops are seen, the notebook trains as it says, and its
release gives nothing away.
"""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path

import answers_that_are_fast
import jax
import jax.numpy as jnp
import nbformat
import numpy as np
import pytest
from assignments import EXERCISES, SOURCE, hidden_tests
from jax import lax
from nbclient import NotebookClient
from notebook_answers import solution_cells, submitted

from examples.steps import REGION
from reference.cnn_fast import layers, solutions

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

NAME = "cnn-fast"
HERE = Path(__file__).parents[1]
IMAGES = ((2, 6, 5, 2), (3, 4, 7, 1))
GRID = list(itertools.product((1, 2, 3), (1, 2, 3)))  # f and stride
PADS, MODES = (0, 1, 2), ("max", "average")


@pytest.fixture(scope="module")
def answers():
    """The instructor's answers, and the given loops, as the notebook has them."""
    return submitted("im2col").__globals__


def close(got, wanted):
    assert np.shape(got) == np.shape(wanted)
    np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-11)


# --------------------------------------------------------------------------------------------------
# An independent library, the loops of part one, and the adjoint


def _conv(A_prev, W, b, stride, pad):
    layout = ("NHWC", "HWIO", "NHWC")
    return (
        lax.conv_general_dilated(A_prev, W, (stride, stride), [(pad, pad)] * 2, dimension_numbers=layout) + b
    )


def _pool(A_prev, f, stride, mode):
    window, strides = (1, f, f, 1), (1, stride, stride, 1)
    if mode == "max":
        return lax.reduce_window(A_prev, -jnp.inf, lax.max, window, strides, "VALID")
    return lax.reduce_window(A_prev, 0.0, lax.add, window, strides, "VALID") / (f * f)


@pytest.mark.parametrize("image", IMAGES, ids=str)
@pytest.mark.parametrize("pad", PADS)
@pytest.mark.parametrize(("f", "stride"), GRID)
def test_convolution(f, stride, pad, image, answers):
    rng = np.random.default_rng(f + 10 * stride + 100 * pad)
    A_prev, W, b = (rng.normal(size=shape) for shape in (image, (f, f, image[3], 3), (1, 1, 1, 3)))
    cache = (A_prev, W, b, {"stride": stride, "pad": pad})
    wanted, pull_back = jax.vjp(lambda *inputs: _conv(*inputs, stride, pad), A_prev, W, b)
    dZ = rng.normal(size=wanted.shape)
    gradients = pull_back(jnp.asarray(dZ))
    for forward, backward in (
        (answers["conv_forward"], answers["conv_backward"]),  # given, with loops
        (answers["conv_forward_fast"], answers["conv_backward_fast"]),
        (solutions.conv_forward_fast, solutions.conv_backward_fast),
        (layers.conv(), layers.conv_gradient()),
    ):
        close(forward(*cache)[0], wanted)
        for got, gradient in zip(backward(dZ, cache), gradients, strict=True):
            close(got, gradient)


@pytest.mark.parametrize("values", ["different", "some equal"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("f", "stride"), GRID)
def test_pooling(f, stride, mode, values, answers):
    """JAX gives the gradient of equal maxima to the first, too."""
    rng = np.random.default_rng(f + 10 * stride)
    A_prev = rng.normal(size=(2, 6, 7, 2)) if values == "different" else rng.integers(-1, 2, (2, 6, 7, 2)) / 2
    cache = (A_prev, {"stride": stride, "f": f})
    wanted, pull_back = jax.vjp(lambda A_prev: _pool(A_prev, f, stride, mode), A_prev)
    dA = rng.normal(size=wanted.shape)
    (gradient,) = pull_back(jnp.asarray(dA))
    for forward, backward in (
        (answers["pool_forward"], answers["pool_backward"]),  # given, with loops
        (answers["pool_forward_fast"], answers["pool_backward_fast"]),
        (solutions.pool_forward_fast, solutions.pool_backward_fast),
        (layers.pool(), layers.pool_gradient()),
    ):
        close(forward(*cache, mode)[0], wanted)
        close(backward(dA, cache, mode), gradient)


@pytest.mark.parametrize("pad", PADS)
@pytest.mark.parametrize(("f", "stride"), GRID)
def test_col2im_is_the_adjoint_of_im2col(f, stride, pad, answers):
    rng = np.random.default_rng(f + 10 * stride + 100 * pad)
    for im2col, col2im in (
        (answers["im2col"], answers["col2im"]),
        (solutions.im2col, solutions.col2im),
        (layers.unfold(), layers.fold()),
    ):
        x = rng.normal(size=(2, 5, 6, 3))
        columns = im2col(x, f, stride, pad)
        y = rng.normal(size=columns.shape)
        assert np.sum(columns * y) == pytest.approx(np.sum(x * col2im(y, x.shape, f, stride, pad)), rel=1e-10)


def test_a_receptive_field_is_what_an_output_depends_on(answers):
    """Found by nudging the pixels of a real network, one by one."""
    stack = [{"f": 3, "stride": 2}, {"f": 2, "stride": 2}, {"f": 3, "stride": 1}]
    side = answers["receptive_field"](stack)
    image = np.random.default_rng(1).normal(size=(1, side + 6, side + 6, 1))

    def one_output(X):
        for layer in stack:
            X, _ = solutions.pool_forward_fast(X, layer, "average")
        return X[0, 0, 0, 0]

    seen = [
        one_output(image + nudge) != one_output(image)
        for nudge in np.eye(side + 6)[:, None, :, None, None] * np.ones((1, side + 6, 1, 1))
    ]
    assert sum(seen) == side


# --------------------------------------------------------------------------------------------------
# Loops


@pytest.mark.parametrize(("function", "about"), answers_that_are_fast.LOOPS)
def test_a_loop_is_seen_and_named(function, about):
    source, named = answers_that_are_fast.LOOPS[function, about]
    verdict = EXERCISES[function].verdict(submitted(function, source))
    assert (verdict.credit, verdict.mistake) == (0.5, named), verdict.text
    over = {"loop-over-examples": ("examples", "样本"), "loop-over-positions": ("positions", "位置")}[named]
    assert f"loop over the {over[0]}" in verdict.text.en
    assert f"对{over[1]}的循环" in verdict.text.zh


@pytest.mark.parametrize("function", ["conv_forward_fast", "conv_backward_fast", "pool_backward_fast"])
def test_a_loop_in_a_helper_costs_once(function):
    looping = [
        answers_that_are_fast.LOOPS["im2col", "windows one by one"][0],
        answers_that_are_fast.LOOPS["col2im", "positions, all examples at once"][0],
    ]
    assert EXERCISES[function].verdict(submitted(function, *looping)).credit == 1


def test_a_wrong_answer_with_loops_is_told_what_is_wrong():
    source, _ = answers_that_are_fast.LOOPS["im2col", "windows one by one"]
    verdict = EXERCISES["im2col"].verdict(
        submitted("im2col", source.replace("(pad, pad), (pad, pad)", "(0, 0), (0, 0)"))
    )
    assert (verdict.credit, verdict.mistake) == (0, "padding-forgotten-everywhere")


# --------------------------------------------------------------------------------------------------
# The notebook, and what is released of it


@pytest.fixture(scope="module")
def cells():
    """The cells of the source by their grade_id, run to the end, training and all."""
    path = SOURCE / NAME / f"{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": path.parent}}).execute()
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if cell.cell_type == "code"}


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def test_the_source_runs_and_draws_its_figures(cells):
    for name, cell in cells.items():
        assert not [o for o in cell.outputs if o.output_type == "error" or o.get("name") == "stderr"], name
        if name.startswith("test_"):
            assert cell.outputs[-1].data["text/plain"] == str(float(cell.metadata.nbgrader.points)), name
        if name in (
            "demo_clothes",
            "demo_race",
            "demo_train",
            "demo_filters",
            "demo_confusion",
            "demo_shift",
        ):
            assert any("image/png" in output.get("data", ()) for output in cell.outputs), name


def test_it_learns_and_is_fast(cells):
    """The last of five accuracies, and the ratio of the seconds of all four functions."""
    accuracies = [float(a) for a in re.findall(r"([\d.]+)% of the test", printed(cells["demo_train"]))]
    assert len(accuracies) == 5 and accuracies[-1] >= 84
    assert float(re.search(r"all four .* s +(\d+)", printed(cells["demo_race"]))[1]) >= 10


@pytest.fixture(scope="module")
def release():
    return nbformat.read(HERE / "release" / NAME / f"{NAME}.ipynb", as_version=4)


def test_the_release_holds_nothing_of_the_answers(release):
    folder = HERE / "release" / NAME
    for path in (SOURCE / NAME).rglob("*"):
        if path.is_file() and path.suffix != ".ipynb" and "__pycache__" not in path.parts:
            assert (folder / path.relative_to(SOURCE / NAME)).read_bytes() == path.read_bytes()
    text = "\n".join(cell.source for cell in release.cells)
    secrets = {"HIDDEN TESTS", "hidden_tests", "reference.", "nbexaminer"}
    for exercise in hidden_tests(NAME).EXERCISES:
        secrets |= {said for mistake in exercise.mistakes for said in (mistake.text.en, mistake.text.zh)}
        secrets |= {case.label for case in exercise.cases if "notebook's" not in case.label}
        source = next(cell for cell in release.cells if cell.id == exercise.name.replace("_", "-")).source
        assert source.count("raise NotImplementedError(") == 1
    answers = "\n".join(REGION.search(source)[2] for source in solution_cells(NAME).values())
    kept = text + (folder / "given.py").read_text(encoding="utf-8")
    secrets |= {line.strip() for line in answers.splitlines() if line.strip() not in kept}
    assert len(secrets) > 250
    assert not {secret for secret in secrets if secret in text}


def test_the_release_runs_to_its_end_with_one_kind_message_for_each_exercise(release, tmp_path):
    shutil.copytree(HERE / "release" / NAME, tmp_path, dirs_exist_ok=True)
    notebook = nbformat.from_dict(release)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": tmp_path}}).execute()
    for cell in notebook.cells:
        errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
        assert len(errors) == bool(cell.metadata.get("nbgrader", {}).get("grade")), cell.source
        assert all("is not answered yet" in error.evalue and "还没有作答" in error.evalue for error in errors)
