"""The sample class of cnn-step-by-step; scores.csv says what each must get, and examples/README.md why."""

from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell

from examples.sample_class import Student
from examples.steps import (
    another_notebook,
    begin_with,
    cut_short,
    delete,
    duplicate,
    edit,
    insert_before,
    none_everywhere,
    not_handed_in,
    passing_test,
    sections_reversed,
    written,
)

ANSWERS = Path(__file__).parent / "answers"

STRIDE_IGNORED = edit(r"\b([hw]) \* stride", r"\1")
BIAS_PER_ELEMENT = edit(r" {4}s = .*\n.*\n", "    Z = np.sum(a_slice_prev * W + b)\n", "conv_single_step")
PAD_ZERO_SLICE = edit(r"pad : pad \+ n_[HW]_prev", "pad:-pad", "conv_backward")
READ_AT_THE_CORNER = edit(r"dA\[i, h, w, c\]", "dA[i, vert_start, horiz_start, c]", "pool_backward")
PRINTS_IN_LOOPS = edit(r"^( *)(for w in .*)", r"\1\2\n\1    print(h, w)")
WARNS = 'import warnings; warnings.warn("slow"); print("slow", file=__import__("sys").stderr)'
NOTES = (
    new_markdown_cell("My notes: the channels stay as they are.", id="my-notes"),
    new_code_cell("1 / 0", id="my-error"),
    new_code_cell("hparameters = {}\nzero_pad(np.ones((1, 2, 2, 1)), 1)[0, :, :, 0]", id="my-trial"),
)

STUDENTS = (
    Student("right"),
    Student("right-vectorised", (written(ANSWERS / "right-vectorised.py"),)),
    Student("right-while-loops", (written(ANSWERS / "right-while-loops.py"),)),
    Student("right-renamed-parameters", (written(ANSWERS / "right-renamed-parameters.py"),)),
    # wrong in one place
    Student("array-not-scalar", (edit(r"b\.item\(\)", "b", "conv_single_step"),)),
    Student("bias-per-element", (BIAS_PER_ELEMENT,)),
    Student("divided-by-sum", (edit(r"n_H \* n_W", "n_H + n_W", "distribute_value"),)),
    Student("float-of-bias", (edit(r"b\.item\(\)", "float(b)", "conv_single_step"),)),
    Student("helpers-wrong", (edit('"constant"', '"edge"', "zero_pad"),)),
    Student("mask-is-maximum", (edit(r"x == np\.max\(x\)", "np.max(x)", "create_mask_from_window"),)),
    Student("old-edition", (BIAS_PER_ELEMENT, PAD_ZERO_SLICE, READ_AT_THE_CORNER)),
    Student("pad-zero-slice", (PAD_ZERO_SLICE,)),
    Student("stride-ignored", (STRIDE_IGNORED,)),
    Student("two-strides-for-two-pads", (edit(r"2 \* pad", "2 * stride", "conv_forward"),)),
    Student("unpadding-forgotten", (edit(r"(dA_prev_pad)\[:, pad .*\]", r"\1", "conv_backward"),)),
    Student("width-from-height", (edit("n_W_prev ([-+])", r"n_H_prev \1", "conv_forward", "pool_forward"),)),
    # unfinished or not running
    Student("blank", answered=()),
    Student(
        "half-done",
        (edit(r"int\(.*", "None", "conv_forward"),),
        answered=("zero_pad", "conv_single_step", "conv_forward"),
    ),
    Student("infinite-loop", (written(ANSWERS / "infinite-loop.py"),)),
    Student("name-error", (edit(r"\(n_H_prev", "(n_height", "conv_forward", "pool_forward"),)),
    Student("none-everywhere", (none_everywhere,)),
    Student("syntax-error", (edit(r"range\(m\):", "range(m)", "pool_forward"),)),
    # noisy
    Student("prints-everywhere", (PRINTS_IN_LOOPS, begin_with("print(locals())", "zero_pad"))),
    Student("warnings", (begin_with(WARNS, "zero_pad", "conv_forward", "pool_forward"),)),
    # notebooks taken apart
    Student("deleted-solution-cell", (delete("conv_forward"),)),
    Student("deleted-test-cell", (delete("test_conv_forward"),)),
    Student("duplicated-cell", (duplicate("zero_pad", "np.pad", "np.padded"), duplicate("test_zero_pad"))),
    Student("edited-test-cell", (STRIDE_IGNORED, passing_test("test_pool_forward"))),
    Student("extra-cells", tuple(insert_before("conv_forward", note) for note in NOTES)),
    Student("other-order", (sections_reversed,)),
    # nothing to grade
    Student("no-notebook", spoil=not_handed_in),
    Student("not-json", spoil=cut_short),
    Student("other-notebook", (another_notebook,)),
    Student("wrong-file-name", spoil=lambda path: path.rename(path.with_name("Untitled.ipynb"))),
)
