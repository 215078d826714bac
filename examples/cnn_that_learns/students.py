"""The sample class of cnn-that-learns; scores.csv says what each must get, and examples/README.md why."""

from pathlib import Path

from nbformat.v4 import new_code_cell

from examples.sample_class import Student
from examples.steps import (
    begin_with,
    cut_short,
    delete,
    edit,
    insert_before,
    none_everywhere,
    passing_test,
    sections_reversed,
    written,
)

ANSWERS = Path(__file__).parent / "answers"

AVERAGED = (
    edit(r"A_prev\.T @ dZ", "A_prev.T @ dZ / len(dZ)", "dense_backward"),
    edit(r"np\.sum\(dZ", "np.mean(dZ", "dense_backward"),
)
NOT_STABLE = (
    edit(
        r"(?s)shifted = .*axis=1, keepdims=True\)\)",
        "E = np.exp(Z)\n    log_P = np.log(E / E.sum(axis=1, keepdims=True))",
        "softmax_cross_entropy",
    ),
)
WHOLE_COLUMNS = (
    edit(r"log_P\[np\.arange\(m\), y\]", "log_P[:, y]", "softmax_cross_entropy"),
    edit(r"dZ\[np\.arange\(m\), y\]", "dZ[:, y]", "softmax_cross_entropy"),
)
ONE_SIDED = (edit(r"\(cost\(.*", "(cost(parameter + nudge) - cost(parameter)) / step", "numerical_gradient"),)
IN_PLACE = (
    edit(r"np\.maximum\(Z, 0\)", "Z\n    A[A < 0] = 0", "relu_forward"),
    edit(r"new_parameters\[name\] = .*", 'value -= rate * gradients["d" + name]', "update"),
    edit(r"new_parameters = \{\}", "new_parameters = parameters", "update"),
)

STUDENTS = (
    Student("right"),
    Student("right-in-loops", (written(ANSWERS / "right-in-loops.py"),)),
    Student("right-own-layers", (written(ANSWERS / "right-own-layers.py"),)),
    # wrong in one place
    Student("averaged-twice", AVERAGED),
    Student("columns-of-the-batch", WHOLE_COLUMNS),
    Student("in-place", IN_PLACE),
    Student("layers-wrong", (written(ANSWERS / "layers-wrong.py"),)),
    Student("not-stable", NOT_STABLE),
    Student("one-sided", ONE_SIDED),
    Student("relu-by-the-gradient", (edit(r"\(Z > 0\)", "(dA > 0)", "relu_backward"),)),
    Student("relu-left-out", (edit("relu_forward(.*)", r"\1, \1", "model_forward"),)),
    Student("relu-wrong", (edit(r"np\.maximum\(Z, 0\)", "np.abs(Z)", "relu_forward"),)),
    Student("uphill", (edit("value - rate", "value + rate", "update"),)),
    # unfinished or not running
    Student("blank", answered=()),
    Student("half-done", answered=("relu_forward", "relu_backward", "dense_forward", "model_forward")),
    Student("infinite-loop", (begin_with("while True: pass", "dense_forward"),)),
    Student("name-error", (edit("cache_pool", "cash_pool", "model_backward"),)),
    Student("none-everywhere", (none_everywhere,)),
    Student("syntax-error", (edit(r"shape\):", "shape)", "numerical_gradient"),)),
    # noisy
    Student("prints-everywhere", (begin_with("print(locals())"),)),
    # notebooks taken apart
    Student("deleted-setup-cell", (delete("setup"),)),
    Student(
        "edited-test-cell", (edit("value - rate", "value + rate", "update"), passing_test("test_update"))
    ),
    Student("extra-cells", (insert_before("update", new_code_cell("relu_forward = 1 / 0", id="my-error")),)),
    Student("other-order", (sections_reversed,)),
    # nothing to grade
    Student("not-json", spoil=cut_short),
)
