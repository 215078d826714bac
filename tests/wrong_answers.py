"""Wrong answers as students write them, each with the mistake that its author must be told of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from student_answers import edited, written


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: recognised as `mistake`, or, where there is no name for it, told `says`."""

    function: str
    source: str
    mistake: str | None = None
    says: str = ""

    def __str__(self) -> str:
        return f"{self.function}-{self.mistake or self.says}"


def _answers(function: str, *rows: tuple) -> Iterator[Wrong]:
    """Rows of (mistake, whole body), or of (mistake, change, ...) of the usual answer."""
    for mistake, *rest in rows:
        source = written(function, *rest) if isinstance(rest[0], str) else edited(function, *rest)
        yield Wrong(function, source, mistake)


def _untold(function: str, *rows: tuple[str, str]) -> Iterator[Wrong]:
    """Rows of (whole body, what the message must say)."""
    return (Wrong(function, written(function, body), says=says) for body, says in rows)


# --------------------------------------------------------------------------------------------------
# Made in all four functions that slide a window.

NO_STRIDE = (("= h * stride", "= h"), ("= w * stride", "= w"))
SLIDING = (
    ("stride-ignored", *NO_STRIDE),
    ("stride-ignored-down", ("= h * stride", "= h")),
    ("stride-ignored-across", ("= w * stride", "= w")),
    (
        "end-by-stride",
        ("= vert_start + f", "= vert_start + stride"),
        ("= horiz_start + f", "= horiz_start + stride"),
    ),
    (
        "end-inclusive",
        ("= vert_start + f", "= vert_start + f - 1"),
        ("= horiz_start + f", "= horiz_start + f - 1"),
    ),
    ("end-at-f", ("= vert_start + f", "= f"), ("= horiz_start + f", "= f")),
    ("start-by-f", ("= h * stride", "= h * f"), ("= w * stride", "= w * f")),
    ("start-plus-stride", ("= h * stride", "= h + stride"), ("= w * stride", "= w + stride")),
    ("axes-swapped", ("vert_start = h", "vert_start = w"), ("horiz_start = w", "horiz_start = h")),
    ("end-without-stride", ("= vert_start + f", "= h + f"), ("= horiz_start + f", "= w + f")),
    ("across-by-h", ("horiz_start = w", "horiz_start = h")),
    ("down-by-w", ("vert_start = h", "vert_start = w")),
    ("loops-exchanged", ("h in range(n_H)", "h in range(n_W)"), ("w in range(n_W)", "w in range(n_H)")),
    ("columns-by-rows", ("w in range(n_W)", "w in range(n_H)")),
    ("rows-by-columns", ("h in range(n_H)", "h in range(n_W)")),
    ("loop-shortened", ("range(n_H)", "range(n_H - f + 1)"), ("range(n_W)", "range(n_W - f + 1)")),
)
SLIDING_FUNCTIONS = ("conv_forward", "pool_forward", "conv_backward", "pool_backward")

# --------------------------------------------------------------------------------------------------

ZERO_PAD = _answers(
    "zero_pad",
    ("pads-every-axis", "return np.pad(X, pad, 'constant')"),
    ("pads-every-axis", "return np.pad(X, (pad, pad), 'constant', constant_values=0)"),
    ("pads-first-axes", "return np.pad(X, ((pad, pad), (pad, pad), (0, 0), (0, 0)), 'constant')"),
    ("pads-last-axes", "return np.pad(X, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')"),
    ("pads-channels", "return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (pad, pad)), 'constant')"),
    ("after-only", "return np.pad(X, ((0, 0), (0, pad), (0, pad), (0, 0)), 'constant')"),
    ("always-two", "return np.pad(X, ((0, 0), (2, 2), (2, 2), (0, 0)), 'constant')"),
    ("edge-values", "return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'edge')"),
    ("pads-with-ones", "return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), constant_values=1)"),
    (
        "unchanged",
        """
        np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant')
        return X
        """,
    ),
    (
        "empty-slice-at-pad-0",
        """
        m, n_H, n_W, n_C = X.shape
        X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
        X_pad[:, pad:-pad, pad:-pad, :] = X
        return X_pad
        """,
    ),
    (
        "zeros-only",
        """
        m, n_H, n_W, n_C = X.shape
        X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
        return X_pad
        """,
    ),
    (
        "pads-with-pad",
        "return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(pad, pad))",
    ),
    ("axis-missing", "return np.pad(X, ((0, 0), (pad, pad), (pad, pad)), 'constant')"),
    ("nothing-returned", "X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant')"),
    ("nothing-returned", "X_pad = None\nreturn X_pad"),
    ("reflected-values", "return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'reflect')"),
    (
        "truncated",
        """
        m, n_H, n_W, n_C = X.shape
        X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C), dtype=int)
        X_pad[:, pad:pad + n_H, pad:pad + n_W] = X
        return X_pad
        """,
    ),
    (
        "square-result",
        """
        m, n_H, n_W, n_C = X.shape
        X_pad = np.zeros((m, n_H + 2 * pad, n_H + 2 * pad, n_C))
        X_pad[:, pad:pad + n_H, pad:pad + n_W] = X
        return X_pad
        """,
    ),
)

CONV_SINGLE_STEP = _answers(
    "conv_single_step",
    ("bias-per-element", "s = np.multiply(a_slice_prev, W) + b\nZ = np.sum(s)\nreturn Z"),
    (
        "bias-per-element",
        """
        Z = 0
        for p in range(W.shape[0]):
            for q in range(W.shape[1]):
                for k in range(W.shape[2]):
                    Z += a_slice_prev[p, q, k] * W[p, q, k] + b[0, 0, 0]
        return Z
        """,
    ),
    ("size-one-array", "s = a_slice_prev * W\nZ = np.sum(s) + b\nreturn Z"),
    ("float-of-bias", "s = a_slice_prev * W\nZ = np.sum(s)\nZ = Z + float(b)\nreturn Z"),
    ("float-of-bias", "s = a_slice_prev * W\nreturn float(np.sum(s) + b)"),
    ("size-one-array-one-axis", "s = a_slice_prev * W\nZ = np.sum(s) + b[0][0]\nreturn Z"),
    ("size-one-array-two-axes", "s = a_slice_prev * W\nZ = np.sum(s) + b[0]\nreturn Z"),
    ("sum-of-a-list", "s = a_slice_prev * W\nZ = np.sum(s)\nZ = np.sum([Z, b])\nreturn Z"),
    ("np-float", "s = a_slice_prev * W\nZ = np.sum(s) + np.float(b)\nreturn Z"),
    ("np-asscalar", "s = a_slice_prev * W\nZ = np.sum(s)\nZ = Z + np.asscalar(b)\nreturn Z"),
    ("bias-forgotten", "s = a_slice_prev * W\nZ = np.sum(s)\nZ + b.item()\nreturn Z"),
    ("bias-twice", "s = a_slice_prev * W\nZ = np.sum(s) + b.item()\nZ = Z + b.item()\nreturn Z"),
    ("matrix-product", "s = np.dot(a_slice_prev, W)\nZ = np.sum(s) + b.item()\nreturn Z"),
    ("matmul", "return np.sum(np.matmul(a_slice_prev, W)) + b.item()"),
    ("sum-forgotten", "s = a_slice_prev * W\nZ = s + b\nreturn Z"),
    ("sum-over-axis-0", "s = a_slice_prev * W\nZ = sum(s) + b\nreturn Z"),
    ("mean-not-sum", "return np.mean(a_slice_prev * W) + b.item()"),
    ("activated", "Z = np.sum(a_slice_prev * W) + b.item()\nreturn max(0, Z)"),
    ("truncated", "return int(np.sum(a_slice_prev * W) + b.item())"),
    ("sum-not-product", "s = a_slice_prev + W\nreturn np.sum(s) + b.item()"),
    ("nothing-returned", "s = a_slice_prev * W\nZ = np.sum(s) + b.item()"),
    ("sum-over-axis-0", "return sum(a_slice_prev * W) + b"),
    ("sum-over-axis-0, bias taken out", "s = a_slice_prev * W\nreturn sum(s) + b.item()"),
    ("matrix-product, not summed", "return np.dot(a_slice_prev, W) + b"),
    ("matrix-product, over two axes", "return np.tensordot(a_slice_prev, W) + b"),
    ("filter-transposed", "return np.sum(a_slice_prev * W.T) + b.item()"),
)

STEP = "conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])"
SUM = "np.sum(a_slice_prev * W[:, :, :, c])"
HEIGHT = "int((n_H_prev - f + 2 * pad) / stride) + 1"
WIDTH = "int((n_W_prev - f + 2 * pad) / stride) + 1"


def _sizes(formula: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (HEIGHT, formula.replace("(n", "(n_H_prev")), (WIDTH, formula.replace("(n", "(n_W_prev"))


CONV_FORWARD = _answers(
    "conv_forward",
    ("width-from-height", ("(n_W_prev - f", "(n_H_prev - f")),
    ("sizes-swapped", ("n_H = ", "n_W = "), ("n_W = int((n_W", "n_H = int((n_W")),
    ("two-strides-for-two-pads", *_sizes("int((n - f + 2 * stride) / stride) + 1")),
    ("size-without-padding", *_sizes("int((n - f) / stride) + 1")),
    ("size-with-one-pad", *_sizes("int((n - f + pad) / stride) + 1")),
    ("size-without-one", *_sizes("int((n - f + 2 * pad) / stride)")),
    ("size-one-inside", *_sizes("int((n - f + 2 * pad + 1) / stride)")),
    ("size-rounded-up", *_sizes("math.ceil((n - f + 2 * pad) / stride) + 1")),
    ("padding-forgotten", ("a_prev_pad = A_prev_pad[i]", "a_prev_pad = A_prev[i]")),
    ("padded-by-stride", ("zero_pad(A_prev, pad)", "zero_pad(A_prev, stride)")),
    ("pad-always-two", ("pad = hparameters['pad']", "pad = 2")),
    (
        "pad-and-stride-exchanged",
        ("stride = hp", "pad = hp"),
        ("pad = hparameters['pad']", "stride = hparameters['pad']"),
    ),
    ("first-example-only", ("A_prev_pad[i]", "A_prev_pad[0]")),
    ("example-index-lost", ("a_prev_pad = A_prev_pad[i]", "a_prev_pad = A_prev_pad")),
    ("example-by-row", ("a_prev_pad = A_prev_pad[i]", "pass"), ("= a_prev_pad[vert", "= A_prev_pad[h][vert")),
    (
        "example-by-column",
        ("a_prev_pad = A_prev_pad[i]", "pass"),
        ("= a_prev_pad[vert", "= A_prev_pad[w, vert"),
    ),
    ("example-by-channel", ("a_prev_pad = A_prev_pad[i]", "pass"), ("= a_prev_pad[v", "= A_prev_pad[c, v")),
    ("stored-exchanged", ("Z[i, h, w, c] =", "Z[i, w, h, c] =")),
    (
        "channels-first",
        ("np.zeros((m, n_H, n_W, n_C))", "np.zeros((m, n_C, n_H, n_W))"),
        ("Z[i, h, w, c] =", "Z[i, c, h, w] ="),
        ("assert(Z.shape == (m, n_H, n_W, n_C))", "pass"),
    ),
    (
        "last-example-done",
        ("        a_prev_pad = A_prev_pad[i]\n", "        a_prev_pad = A_prev_pad[i]\n    if m:\n"),
    ),
    ("np-int", *_sizes("np.int((n - f + 2 * pad) / stride) + 1")),
    ("first-example-done", ("    assert", "        return Z, (A_prev, W, b, hparameters)\n    assert")),
    ("last-channel-done", (f"    Z[i, h, w, c] = {STEP}", f"Z[i, h, w, c] = {STEP}")),
    ("last-channel-missing", ("range(n_C):", "range(n_C - 1):")),
    ("first-filter-only", ("W[:, :, :, c]", "W[:, :, :, 0]")),
    ("first-filter-and-bias", (STEP, "conv_single_step(a_slice_prev, W[:, :, :, 0], b[:, :, :, 0])")),
    ("whole-filters", ("W[:, :, :, c]", "W")),
    ("whole-bias", ("b[:, :, :, c]", "b")),
    ("bias-forgotten", (STEP, SUM)),
    ("bias-per-element", (STEP, "np.sum(a_slice_prev * W[..., c] + b[..., c])")),
    ("array-into-entry", (STEP, f"{SUM} + b[:, :, :, c]")),
    ("float-of-bias", (STEP, f"{SUM} + float(b[:, :, :, c])")),
    ("Z-all-zero", ("Z[i, h, w, c] = conv", "z = conv")),
    ("only-Z-returned", ("return Z, cache", "return Z")),
    ("results-exchanged", ("return Z, cache", "return cache, Z")),
    ("cache-forgotten", ("cache = (A_prev, W, b, hparameters)", "cache = None")),
    ("cache-of-padded-input", ("cache = (A_prev, W", "cache = (A_prev_pad, W")),
    ("nothing-returned", ("return Z, cache", "")),
    ("size-not-whole", ("int((n_H_prev - f + 2 * pad) / stride)", "(n_H_prev - f + 2 * pad) / stride")),
    ("size-with-f-added", ("n_H_prev - f", "n_H_prev + f"), ("n_W_prev - f", "n_W_prev + f")),
    ("output-exchanged", ("np.zeros((m, n_H, n_W, n_C))", "np.zeros((m, n_W, n_H, n_C))")),
    ("one-channel-of-the-window", ("horiz_start:horiz_end, :]", "horiz_start:horiz_end, c]")),
    ("filter-by-first-axis", ("W[:, :, :, c]", "W[c]")),
    ("filter-by-third-axis", ("W[:, :, :, c]", "W[:, :, c, :]")),
    ("filter-transposed", ("W[:, :, :, c]", "W[:, :, :, c].T")),
    ("filter-axes-by-number", ("(f, f, n_C_prev, n_C) = W.shape", "(n_C, f, f, n_C_prev) = W.shape")),
    ("filter-axes-last-two", ("(f, f, n_C_prev, n_C) = W.shape", "(f, f, n_C, n_C_prev) = W.shape")),
    ("channels-of-input", ("range(n_C)", "range(n_C_prev)")),
    ("steps-of-stride", ("range(n_H)", "range(0, n_H, stride)"), ("range(n_W)", "range(0, n_W, stride)")),
    (
        "steps-of-stride-as-corners",
        ("range(n_H)", "range(0, n_H, stride)"),
        ("range(n_W)", "range(0, n_W, stride)"),
        *NO_STRIDE,
    ),
    ("last-example-missing", ("range(m)", "range(m - 1)")),
    ("stored-channels-first", ("Z[i, h, w, c] =", "Z[i, c, h, w] =")),
)

WINDOW = "A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]"
POOL_FORWARD = _answers(
    "pool_forward",
    ("width-from-height", ("(n_W_prev - f)", "(n_H_prev - f)")),
    ("size-without-one", ("1 + (n_H_prev - f)", "(n_H_prev - f)"), ("1 + (n_W_prev - f)", "(n_W_prev - f)")),
    (
        "size-one-inside",
        ("1 + (n_H_prev - f)", "(1 + n_H_prev - f)"),
        ("1 + (n_W_prev - f)", "(1 + n_W_prev - f)"),
    ),
    ("mode-ignored-max", ("np.mean", "np.max")),
    ("mode-ignored-average", ("np.max", "np.mean")),
    ("modes-swapped", ('mode == "max"', 'mode == "average" '), ('mode == "average":', 'mode == "max":')),
    ("average-forgotten", ('mode == "average"', 'mode == "avg"')),
    ("all-channels", (WINDOW, "A_prev[i, vert_start:vert_end, horiz_start:horiz_end]")),
    ("first-example-only", (WINDOW, WINDOW.replace("[i,", "[0,"))),
    ("first-example-done", ("    cache", "        return A, (A_prev, hparameters)\n    cache")),
    ("example-index-lost", (WINDOW, "A_prev[vert_start:vert_end, horiz_start:horiz_end, c]")),
    ("whole-image", (WINDOW, "A_prev[i, :, :, c]")),
    (
        "last-example-done",
        ("    for i in range(m):\n", "    for i in range(m):\n        a = A_prev[i]\n    if m:\n"),
    ),
    (
        "channels-first",
        ("np.zeros((m, n_H, n_W, n_C))", "np.zeros((m, n_C, n_H, n_W))"),
        ("A[i, h, w, c] = np.max", "A[i, c, h, w] = np.max"),
        ("A[i, h, w, c] = np.mean", "A[i, c, h, w] = np.mean"),
    ),
    ("np-int", ("n_H = int(", "n_H = np.int("), ("n_W = int(", "n_W = np.int(")),
    ("smallest-not-largest", ("np.max", "np.min")),
    ("largest-magnitude", ("np.max(a_prev_slice)", "np.max(np.abs(a_prev_slice))")),
    ("never-below-zero", ("np.max(a_prev_slice)", "max(A[i, h, w, c], np.max(a_prev_slice))")),
    ("sum-not-average", ("np.mean", "np.sum")),
    ("f-and-stride-exchanged", ('hparameters["f"]', 'hparameters["stride"] '), ('["stride"]\n', '["f"]\n')),
    ("stride-always-one", ('hparameters["stride"]', "1")),
    ("f-always-two", ('hparameters["f"]', "2")),
    ("only-A-returned", ("return A, cache", "return A")),
    ("results-exchanged", ("return A, cache", "return cache, A")),
    ("cache-of-output", ("cache = (A_prev, h", "cache = (A, h")),
    ("cache-forgotten", ("cache = (A_prev, hparameters)", "cache = None")),
    ("size-not-whole", ("int(1 + (n_H_prev - f) / stride)", "1 + (n_H_prev - f) / stride")),
    (
        "size-by-stride-alone",
        ("int(1 + (n_H_prev - f) / stride)", "n_H_prev // stride"),
        ("int(1 + (n_W_prev - f) / stride)", "n_W_prev // stride"),
    ),
    ("output-of-input-size", ("np.zeros((m, n_H, n_W, n_C))", "np.zeros(A_prev.shape)")),
    ("position-not-largest", ("np.max(a_prev_slice)", "np.argmax(a_prev_slice)")),
    ("maximum-of-each-column", ("np.max(a_prev_slice)", "np.max(a_prev_slice, axis=0)")),
    ("built-in-max", ("np.max(a_prev_slice)", "max(a_prev_slice)")),
    ("divided-by-f", ("np.mean(a_prev_slice)", "np.sum(a_prev_slice) / f")),
    ("pad-looked-up", ('f = hparameters["f"]', 'f, pad = hparameters["f"], hparameters["pad"]')),
    (
        "first-row-done",
        (
            "    cache = (A_prev, hparameters)\n    return",
            "            cache = A_prev, hparameters\n            return",
        ),
    ),
)

MIDDLE = "da_prev_pad[pad:pad + n_H_prev, pad:pad + n_W_prev, :]"
CONV_BACKWARD = _answers(
    "conv_backward",
    ("empty-slice-at-pad-0", (MIDDLE, "da_prev_pad[pad:-pad, pad:-pad, :]")),
    (
        "empty-slice-at-pad-0-at-once",
        (f"        dA_prev[i, :, :, :] = {MIDDLE}", "    dA_prev = dA_prev_pad[:, pad:-pad, pad:-pad, :]"),
        ("    assert(dA_prev.shape == (m, n_H_prev, n_W_prev, n_C_prev))\n", ""),
    ),
    ("unpadding-forgotten", (MIDDLE, "da_prev_pad")),
    (
        "unpadding-forgotten-at-once",
        ("    assert(dA_prev.shape == (m, n_H_prev, n_W_prev, n_C_prev))\n", ""),
        ("return dA_prev,", "return dA_prev_pad,"),
    ),
    (
        "unpadding-after-the-loop",
        (f"        dA_prev[i, :, :, :] = {MIDDLE}", f"    dA_prev[i, :, :, :] = {MIDDLE}"),
    ),
    (
        "unpadding-after-the-loop-from-both-ends",
        (
            f"        dA_prev[i, :, :, :] = {MIDDLE}",
            "    dA_prev[i, :, :, :] = da_prev_pad[pad:-pad, pad:-pad, :]",
        ),
    ),
    ("added-to-the-input", ("da_prev_pad[vert_start:vert_end", "a_prev_pad[vert_start:vert_end")),
    ("input-returned", (MIDDLE, MIDDLE[1:])),
    ("slices-of-the-gradient", ("a_slice = a_prev_pad", "a_slice = da_prev_pad")),
    ("unpadding-misplaced", (MIDDLE, "da_prev_pad[:n_H_prev, :n_W_prev, :]")),
    ("never-written-back", (f"dA_prev[i, :, :, :] = {MIDDLE}", "pass")),
    ("dA-overwritten", ("horiz_start:horiz_end, :] += W", "horiz_start:horiz_end, :] = W")),
    ("dW-overwritten", ("dW[:,:,:,c] += ", "dW[:,:,:,c] = ")),
    ("db-overwritten", ("db[:,:,:,c] += ", "db[:,:,:,c] = ")),
    ("dA-without-dZ", ("W[:,:,:,c] * dz", "W[:,:,:,c]")),
    ("dW-without-dZ", ("a_slice * dz", "a_slice")),
    ("dW-from-unpadded", ("a_prev_pad = A_prev_pad[i]", "a_prev_pad = A_prev[i]")),
    ("first-filter-only", ("W[:,:,:,c] * dz", "W[:,:,:,0] * dz")),
    ("bias-per-element", ("db[:,:,:,c] += dz", "db[:,:,:,c] += dz * f * f * n_C_prev")),
    ("db-without-axes", ("np.zeros((1, 1, 1, n_C))", "np.zeros(n_C)"), ("db[:,:,:,c]", "db[c]")),
    ("averaged-over-examples", ("return dA_prev, dW, db", "return dA_prev / m, dW / m, db / m")),
    ("gradients-in-another-order", ("return dA_prev, dW, db", "return dW, dA_prev, db")),
    ("nothing-returned", ("return dA_prev, dW, db", "return")),
    ("unpadding-ends-too-early", ("pad:pad + n_H_prev, pad:pad + n_W_prev", "pad:n_H_prev, pad:n_W_prev")),
    ("gradient-not-padded", ("dA_prev_pad[i]", "dA_prev[i]")),
    ("dA-from-slices", ("W[:,:,:,c] * dz", "a_slice * dz")),
    ("dW-from-filter", ("a_slice * dz", "W[:,:,:,c] * dz")),
    ("example-index-lost", ("dZ[i, h, w, c]", "dZ[h, w, c]")),
    ("whole-filters", ("W[:,:,:,c] * dz", "W * dz")),
    ("dW-without-channel", ("dW[:,:,:,c] +=", "dW +=")),
    ("db-without-channel", ("db[:,:,:,c] +=", "db +=")),
    ("db-with-one-axis", ("np.zeros((1, 1, 1, n_C))", "np.zeros((n_C,))")),
    ("dW-and-db-averaged", ("return dA_prev, dW, db", "return dA_prev, dW / m, db / m")),
    ("loops-over-input", ("range(n_H)", "range(n_H_prev)"), ("range(n_W)", "range(n_W_prev)")),
)

CREATE_MASK_FROM_WINDOW = _answers(
    "create_mask_from_window",
    ("the-maximum-itself", "mask = np.max(x)\nreturn mask"),
    ("values-not-truths", "mask = (x == np.max(x)) * x\nreturn mask"),
    ("maximum-everywhere", "mask = np.zeros(x.shape)\nmask[:] = np.max(x)\nreturn mask"),
    ("numbers-not-truths", "mask = np.where(x == np.max(x), 1, 0)\nreturn mask"),
    ("minimum", "return x == x.min()"),
    ("maximum-of-each-column", "mask = (x == x.max(axis=0))\nreturn mask"),
    ("position-not-mask", "return x.argmax()"),
    ("positive", "mask = x > 0\nreturn mask"),
    ("nothing-returned", "mask = (x == np.max(x))"),
)

DISTRIBUTE_VALUE = _answers(
    "distribute_value",
    ("divided-by-sum", "(n_H, n_W) = shape\naverage = dz / (n_H + n_W)\nreturn np.ones(shape) * average"),
    ("brackets-forgotten", "(n_H, n_W) = shape\naverage = dz / n_H * n_W\nreturn np.ones(shape) * average"),
    ("not-divided", "return np.ones(shape) * dz"),
    ("one-over-dz", "average = 1 / dz\nreturn np.ones(shape) * average"),
    ("dz-forgotten", "n_H, n_W = shape\nreturn np.ones(shape) / (n_H * n_W)"),
    ("divided-by-height", "return np.full(shape, dz / shape[0])"),
    ("divided-by-width", "return np.full(shape, dz / shape[1])"),
    ("divided-by-height-squared", "n_H, n_W = shape\nreturn np.ones(shape) * dz / (n_H * n_H)"),
    ("whole-division", "n_H, n_W = shape\nreturn np.ones(shape) * (dz // (n_H * n_W))"),
    ("number-not-array", "n_H, n_W = shape\naverage = dz / (n_H * n_W)\nreturn average"),
    ("flat", "n = shape[0] * shape[1]\nreturn np.array([dz / n] * n)"),
    ("shape-swapped", "n_H, n_W = shape\nreturn np.ones((n_W, n_H)) * dz / (n_H * n_W)"),
    ("ones", "n_H, n_W = shape\naverage = dz / (n_H * n_W)\na = np.ones(shape)\nreturn a"),
    ("zeros", "n_H, n_W = shape\naverage = dz / (n_H * n_W)\na = np.zeros(shape) * average\nreturn a"),
    ("divided-by-two", "return np.ones(shape) * dz / len(shape)"),
    ("truncated", "return np.full(shape, dz / (shape[0] * shape[1]), dtype=int)"),
)

GRADIENT = "mask * dA[i, h, w, c]"
POOL_BACKWARD = _answers(
    "pool_backward",
    (
        "read-at-the-corner",
        (GRADIENT, "mask * dA[i, vert_start, horiz_start, c]"),
        ("(dA[i, h, w, c],", "(dA[i, vert_start, horiz_start, c],"),
    ),
    ("overwritten", ("+= da", "= da")),
    ("input-not-gradient", (GRADIENT, "mask * a_prev_slice")),
    (
        "read-as-a-window",
        (GRADIENT, "mask * dA[i, vert_start:vert_end, horiz_start:horiz_end, c]"),
        ("(dA[i, h, w, c],", "(dA[i, vert_start:vert_end, horiz_start:horiz_end, c],"),
    ),
    ("mask-without-gradient", (GRADIENT, "mask")),
    ("maximum-times-gradient", ("create_mask_from_window(a_prev_slice)", "np.max(a_prev_slice)")),
    ("gradient-times-input", (GRADIENT, f"a_prev_slice * {GRADIENT}")),
    ("gradient-everywhere", (GRADIENT, "dA[i, h, w, c]")),
    (
        "mode-ignored-max",
        (
            "distribute_value(dA[i, h, w, c], shape)",
            "(a_prev_slice == np.max(a_prev_slice)) * dA[i, h, w, c]",
        ),
        ('if mode == "max":\n', "if True:\n"),
        ("elif", "if"),
    ),
    ("mode-ignored-average", (GRADIENT, "distribute_value(dA[i, h, w, c], (f, f))")),
    ("not-divided", ("distribute_value(dA[i, h, w, c], shape)", "np.ones(shape) * dA[i, h, w, c]")),
    (
        "divided-by-sum",
        ("distribute_value(dA[i, h, w, c], shape)", "np.ones(shape) * dA[i, h, w, c] / (f + f)"),
    ),
    ("max-forgotten", (GRADIENT, "0")),
    ("first-example-only", ("a_prev = A_prev[i, :, :, :]", "a_prev = A_prev[0]")),
    ("starts-from-ones", ("np.zeros_like(A_prev)", "np.ones_like(A_prev)")),
    ("nothing-returned", ("return dA_prev", "return")),
    ("gradient-of-the-batch-under-the-mask", ("mask * dA[i, h, w, c]", "mask * dA")),
    ("gradient-of-the-example-under-the-mask", ("mask * dA[i, h, w, c]", "mask * dA[i]")),
    ("into-all-channels", ("horiz_start:horiz_end, c] += da", "horiz_start:horiz_end, :] += da")),
    ("example-index-lost", ("dA_prev[i, vert_start", "dA_prev[vert_start")),
    ("mask-of-the-whole-image", ("a_prev[vert_start:vert_end, horiz_start:horiz_end, c]", "a_prev[:, :, c]")),
    ("whole-numbers", ("np.zeros_like(A_prev)", "np.zeros(A_prev.shape, dtype=int)")),
    ("last-channel-done", ("                    dA_prev[i", "                dA_prev[i")),
)

# The old edition's answer: two mistakes at once.
OLD_CONV_FORWARD = edited(
    "conv_forward",
    *NO_STRIDE,
    (STEP, "np.sum(a_slice_prev * W[:, :, :, c] + b[:, :, :, c])"),
)

UNTOLD = (
    *_untold(
        "zero_pad",
        ("return np.pad(x, pad)", "it raised NameError: name 'x' is not defined at `return np.pad(x, pad)`."),
        ("return X_pad", "it raised NameError: name 'X_pad' is not defined at `return X_pad`."),
        ("raise NotImplementedError", "Not answered yet."),
        ("return list(np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0))))", "yours is a list of 4."),
    ),
    *_untold(
        "conv_single_step",
        ("raise NotImplementedError", "Not answered yet."),
        ("return [np.sum(a_slice_prev * W) + b.item()]", "should be a single number; yours is a list of 1."),
        ("return np.sum(a_slice_prev[:, :, c] * W) + b.item()", "name 'c' is not defined at `return np.sum("),
        ("return 1 / 0", "it raised ZeroDivisionError: division by zero at `return 1 / 0`."),
        ("exit()", "it raised SystemExit"),
    ),
    *_untold(
        "conv_forward",
        ("raise NotImplementedError('answer me')", "Not answered yet."),
        ("return zero_pad(A_prev)", "it raised TypeError: zero_pad() missing 1 required positional argument"),
        (
            "return np.zeros(3), (A_prev, W, b, hparameters)",
            "Z has shape (3,), but should have shape (10, 7, 7, 8).",
        ),
        ("n_H = hparameters['strides']", "it raised KeyError: 'strides' at `n_H = hparameters['strides']`."),
    ),
    Wrong(  # it raises everywhere, as many pairs of known mistakes do: none of them is named
        "conv_forward",
        edited("conv_forward", ("vert_start + f", "vert_start + n_H")),
        says="operands could not be broadcast together",
    ),
    *_untold("pool_forward", ("return A_prev.max(), None", "A should be an array of shape (2, 1, 1, 3)")),
    *_untold("conv_backward", ("return dZ", "should be a tuple of 3 (dA_prev, dW, db)")),
    *_untold(
        "create_mask_from_window", ("return (x == x.max()).any()", "should be an array of shape (2, 3)")
    ),
    *_untold("distribute_value", ("return [[dz / 4] * 2] * 2", "should be an array of shape (2, 2)")),
    *_untold("pool_backward", ("return dA", "has shape (5, 4, 2, 2), but should have shape (5, 5, 3, 2).")),
)

WRONG = (
    *(wrong for function in SLIDING_FUNCTIONS for wrong in _answers(function, *SLIDING)),
    *ZERO_PAD,
    *CONV_SINGLE_STEP,
    *CONV_FORWARD,
    *POOL_FORWARD,
    *CONV_BACKWARD,
    *CREATE_MASK_FROM_WINDOW,
    *DISTRIBUTE_VALUE,
    *POOL_BACKWARD,
    *UNTOLD,
)
