"""The sample class of cnn-fast; scores.csv says what each must get, and examples/README.md why."""

from pathlib import Path

from examples.sample_class import Student
from examples.steps import cut_short, delete, edit, none_everywhere, written

ANSWERS = Path(__file__).parent / "answers"

LAYERS = ("im2col", "col2im", "conv_forward_fast", "pool_forward_fast")
ONE_BY_ONE = edit(  # im2col, example by example
    r"^( *)for q in range\(f\):\n.*\n",
    r"\1for q in range(f):\n\1    for i in range(m):\n"
    r"\1        windows[i, :, :, p, q, :] = A_pad[i, p : p + stride * n_H : stride, "
    r"q : q + stride * n_W : stride, :]\n",
    "im2col",
)
TIES_TO_ALL = edit(
    r"        first = .*\n        mask = .*\n",
    "        mask = windows == np.max(windows, axis=3, keepdims=True)\n",
    "pool_backward_fast",
)

STUDENTS = (
    Student("right"),
    Student("right-views", (written(ANSWERS / "right-views.py"),)),
    Student("right-indices", (written(ANSWERS / "right-indices.py"),)),
    # right, but with loops
    Student("loops-of-part-one", (written(ANSWERS / "loops-of-part-one.py"),)),
    Student("loop-over-examples", (ONE_BY_ONE,)),
    # wrong in one place
    Student("assigned-not-added", (edit(r"\+= windows", "= windows", "col2im"),)),
    Student(
        "channels-first",
        (edit(r"windows\.reshape", "windows.transpose(0, 1, 2, 5, 3, 4).reshape", "im2col"),),
    ),
    Student("border-kept", (edit(r"(A = A_pad)\[.*\]", r"\1", "col2im"),)),
    Student(
        "reshape-not-transpose",
        (edit(r"W\.reshape\(-1, n_C\)\.T", "W.reshape(n_C, -1)", "conv_backward_fast"),),
    ),
    Student("width-from-height", (edit(r"n_W = \(n_W_prev", "n_W = (n_H_prev", *LAYERS),)),
    Student("ties-to-all", (TIES_TO_ALL,)),
    Student("all-channels", (edit(r"f \* f, n_C\)\n", "f * f * n_C)\n", "pool_forward_fast"),)),
    Student("biases-forgotten", (edit(r" \+ 1\)", ")", "count_parameters"),)),
    Student("stride-too-early", (edit(r"(        side \+= .*\n)(.*\n)", r"\2\1", "receptive_field"),)),
    # unfinished or not running
    Student("blank", answered=()),
    Student("half-done", answered=("im2col", "col2im", "conv_forward_fast")),
    Student("infinite-loop", (edit(r"for q in range\(f\):", "for q in iter(int, 1):", "col2im"),)),
    Student("none-everywhere", (none_everywhere,)),
    Student("syntax-error", (edit(r"range\(f\):", "range(f)", "im2col"),)),
    Student("deleted-solution-cell", (delete("im2col"),)),
    # nothing to grade
    Student("not-json", spoil=cut_short),
)
