"""The fast layers with every step exchangeable: what the known mistakes are made of.

Each maker returns a function with the signature of the exercise. Its keyword arguments replace one
step of the correct answer; left alone, they give the correct function.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cnn_fast.solutions import col2im, im2col


def length(n: int, f: int, stride: int, pad: int) -> int:
    """The correct number of windows along one axis."""
    return (n + 2 * pad - f) // stride + 1


def both(of: Callable = length) -> Callable:
    """Both sizes by the same formula: (H, W, f, stride, pad) to (n_H, n_W)."""
    return lambda H, W, *hyper: (of(H, *hyper), of(W, *hyper))


right_sizes = both()


def steps(p: int, stride: int, n: int, f: int) -> slice:
    """The correct slice: the p-th row (or column) of each of n windows."""
    return slice(p, p + stride * n, stride)


def border(A: np.ndarray, f: int, stride: int, pad: int) -> np.ndarray:
    """The correct border: `pad` zeros around height and width."""
    return np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def rows_of_windows(windows: np.ndarray) -> np.ndarray:
    """The correct order: (m, n_H, n_W, f, f, C) to (P, K) as it stands."""
    m, n_H, n_W = windows.shape[:3]
    return windows.reshape(m * n_H * n_W, int(np.prod(windows.shape[3:])))


def in_order(*axes: int) -> Callable:
    """Rows of windows after another order of the six axes; the first three still make the rows."""
    return lambda windows: rows_of_windows(windows.transpose(axes))


def unfold(
    sizes: Callable = right_sizes,
    padded: Callable = border,
    rows: Callable = steps,
    across: Callable = steps,
    order: Callable = rows_of_windows,
    dtype: type | None = None,
) -> Callable:
    """An im2col with some of its steps replaced."""

    def im2col(A, f, stride, pad):
        m, H, W, C = A.shape
        n_H, n_W = sizes(H, W, f, stride, pad)
        A_pad = padded(A, f, stride, pad)
        windows = np.zeros((m, n_H, n_W, f, f, C), dtype or A.dtype)
        for p, q in np.ndindex(f, f):
            windows[:, :, :, p, q, :] = A_pad[:, rows(p, stride, n_H, f), across(q, stride, n_W, f), :]
        return order(windows)

    return im2col


def windows_of_rows(columns: np.ndarray, m: int, n_H: int, n_W: int, f: int, C: int) -> np.ndarray:
    """The correct order: (P, K) to (m, n_H, n_W, f, f, C) as it stands."""
    return columns.reshape(m, n_H, n_W, f, f, C)


def added(target: np.ndarray, place: tuple, amount: np.ndarray) -> None:
    target[place] += amount


def assigned(target: np.ndarray, place: tuple, amount: np.ndarray) -> None:
    target[place] = amount


def without_border(A_pad: np.ndarray, H: int, W: int, pad: int) -> np.ndarray:
    """The correct cut: the middle of the padded array."""
    return A_pad[:, pad : pad + H, pad : pad + W, :]


def fold(
    sizes: Callable = right_sizes,
    order: Callable = windows_of_rows,
    rows: Callable = steps,
    across: Callable = steps,
    into: Callable = added,
    cut: Callable = without_border,
    border: Callable = lambda pad: pad,
    result: Callable = lambda A, f: A,
) -> Callable:
    """A col2im with some of its steps replaced."""

    def col2im(columns, shape, f, stride, pad):
        m, H, W, C = shape
        n_H, n_W = sizes(H, W, f, stride, pad)
        windows = order(columns, m, n_H, n_W, f, C)
        A_pad = np.zeros((m, H + 2 * border(pad), W + 2 * border(pad), C))
        for p, q in np.ndindex(f, f):
            place = (slice(None), rows(p, stride, n_H, f), across(q, stride, n_W, f), slice(None))
            into(A_pad, place, windows[:, :, :, p, q, :])
        return result(cut(A_pad, H, W, pad), f)

    return col2im


def conv(
    sizes: Callable = right_sizes,
    hyper: Callable = lambda h: (h["stride"], h["pad"]),
    weights: Callable = lambda W: W.reshape(-1, W.shape[3]),
    product: Callable = lambda columns, V: columns @ V,
    bias: Callable = lambda Z, b: Z + b.reshape(-1),
    shaped: Callable = lambda Z, m, n_H, n_W, n_C: Z.reshape(m, n_H, n_W, n_C),
    result: Callable = lambda Z, cache: (Z, cache),
) -> Callable:
    """A conv_forward_fast with some of its steps replaced."""

    def conv_forward_fast(A_prev, W, b, hparameters):
        m, H, W_prev, _ = A_prev.shape
        f, _, _, n_C = W.shape
        stride, pad = hyper(hparameters)
        n_H, n_W = sizes(H, W_prev, f, stride, pad)
        Z = bias(product(im2col(A_prev, f, stride, pad), weights(W)), b)
        return result(shaped(Z, m, n_H, n_W, n_C), (A_prev, W, b, hparameters))

    return conv_forward_fast


def conv_gradient(
    hyper: Callable = lambda h: (h["stride"], h["pad"]),
    flat: Callable = lambda dZ: dZ.reshape(-1, dZ.shape[3]),
    weights: Callable = lambda W: W.reshape(-1, W.shape[3]).T,
    into_W: Callable = lambda columns, flat, W: (columns.T @ flat).reshape(W.shape),
    into_b: Callable = lambda flat, b: flat.sum(axis=0).reshape(b.shape),
    into_A: Callable = lambda dcolumns, A_prev, f, stride, pad: col2im(
        dcolumns, A_prev.shape, f, stride, pad
    ),
    result: Callable = lambda dA_prev, dW, db: (dA_prev, dW, db),
) -> Callable:
    """A conv_backward_fast with some of its steps replaced."""

    def conv_backward_fast(dZ, cache):
        A_prev, W, b, hparameters = cache
        f, (stride, pad) = W.shape[0], hyper(hparameters)
        dZ_flat = flat(dZ)
        dW = into_W(im2col(A_prev, f, stride, pad), dZ_flat, W)
        db = into_b(dZ_flat, b)
        return result(into_A(dZ_flat @ weights(W), A_prev, f, stride, pad), dW, db)

    return conv_backward_fast


def separated(columns: np.ndarray, m: int, n_H: int, n_W: int, f: int, C: int) -> np.ndarray:
    """The correct order: (P, K) to (m, n_H, n_W, f * f, C)."""
    return columns.reshape(m, n_H, n_W, f * f, C)


def pool(
    sizes: Callable = right_sizes,
    hyper: Callable = lambda h: (h["f"], h["stride"]),
    order: Callable = separated,
    axis: int = 3,
    largest: Callable = np.max,
    average: Callable = np.mean,
    result: Callable = lambda A, cache: (A, cache),
) -> Callable:
    """A pool_forward_fast with some of its steps replaced; the functions take an array and axis=."""

    def pool_forward_fast(A_prev, hparameters, mode="max"):
        m, H, W, C = A_prev.shape
        f, stride = hyper(hparameters)
        n_H, n_W = sizes(H, W, f, stride, 0)
        windows = order(im2col(A_prev, f, stride, 0), m, n_H, n_W, f, C)
        A = (largest if mode == "max" else average)(windows, axis=axis)
        return result(A, (A_prev, hparameters))

    return pool_forward_fast


def first_largest(windows: np.ndarray, dA: np.ndarray) -> np.ndarray:
    """The correct share: all of dA to the first of the largest entries; windows (m, n_H, n_W, f * f, C)."""
    first = windows.argmax(axis=3)
    return (np.arange(windows.shape[3])[:, None] == first[:, :, :, None, :]) * dA[:, :, :, None, :]


def evenly(windows: np.ndarray, dA: np.ndarray) -> np.ndarray:
    """The correct share of average pooling: the same for each of the f * f entries."""
    return np.ones_like(windows) * dA[:, :, :, None, :] / windows.shape[3]


def pool_gradient(
    hyper: Callable = lambda h: (h["f"], h["stride"]),
    order: Callable = separated,
    largest: Callable = first_largest,
    average: Callable = evenly,
    joined: Callable = lambda shares, f, C: shares.reshape(-1, f * f * C),
    back: Callable = col2im,
) -> Callable:
    """A pool_backward_fast with some of its steps replaced."""

    def pool_backward_fast(dA, cache, mode="max"):
        A_prev, hparameters = cache
        m, n_H, n_W, C = dA.shape
        f, stride = hyper(hparameters)
        windows = order(im2col(A_prev, f, stride, 0), m, n_H, n_W, f, C)
        shares = (largest if mode == "max" else average)(windows, dA)
        return back(joined(shares, f, C), A_prev.shape, f, stride, 0)

    return pool_backward_fast


def counted(
    conv: Callable = lambda f, before, n, layer: f * f * before * n + n,
    dense: Callable = lambda before, n: before * n + n,
    pool: Callable = lambda f: 0,
    total: Callable = sum,
) -> Callable:
    """A count_parameters with some of its steps replaced."""

    def count_parameters(layers):
        numbers = []
        for layer in layers:
            if layer["kind"] == "conv":
                numbers.append(conv(layer["f"], layer["n_C_prev"], layer["n_C"], layer))
            elif layer["kind"] == "pool":
                numbers.append(pool(layer["f"]))
            elif layer["kind"] == "dense":
                numbers.append(dense(layer["n_prev"], layer["n"]))
        return total(numbers)

    return count_parameters


def seen(
    side: int = 1,
    jump: int = 1,
    wider: Callable = lambda side, jump, f, stride, pad: side + (f - 1) * jump,
    further: Callable = lambda jump, stride: jump * stride,
    order: Callable = lambda layers: layers,
    kinds: tuple = ("conv", "pool"),
    result: Callable = lambda side, jump: side,
) -> Callable:
    """A receptive_field with some of its steps replaced: jump is the distance of two neighbours in pixels."""

    def receptive_field(layers):
        reach, distance = side, jump
        for layer in order(layers):
            if layer["kind"] in kinds:
                reach = wider(reach, distance, layer["f"], layer["stride"], layer.get("pad", 0))
                distance = further(distance, layer["stride"])
        return result(reach, distance)

    return receptive_field
