"""The layers as plain loops with every step exchangeable: what the known mistakes are made of.

Each maker returns a function with the signature of the exercise. Its keyword arguments replace one
step of the correct loop; left alone, they give the correct function.

A corner maps (index in the output, stride, f) to the (start, end) of a window along one axis; a size maps
(n_prev, f, pad, stride) to the length of the output along one axis; an order puts the slices of rows and
columns on the axes of an image; `turns` maps (n_H, n_W, f, n_H_prev, n_W_prev) to how often the loops over h
and w go round; `output` maps (n_H, n_W, n_H_prev, n_W_prev) to the rows and columns of the array that is
filled; `corner_of` maps (h, w) to the indices from which the vertical and the horizontal corners are made; a
window takes the slice for an entry (i, h, w, c) of the output at a place (rows, columns) of the input.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cnn_step_by_step.solutions import zero_pad


def corner(k: int, stride: int, f: int) -> tuple[int, int]:
    """The correct corner: start at k * stride, end f further on."""
    return k * stride, k * stride + f


def in_order(rows: slice, columns: slice) -> tuple[slice, slice]:
    """The correct order: rows on the first axis, columns on the second."""
    return rows, columns


def size(n_prev: int, f: int, pad: int, stride: int) -> int:
    """The correct size: floor((n_prev + 2 * pad - f) / stride) + 1."""
    return int((n_prev + 2 * pad - f) / stride) + 1


def sizes(of: Callable) -> Callable:
    """Both sizes by the same formula: (n_H_prev, n_W_prev, f, pad, stride) to (n_H, n_W)."""
    return lambda H, W, *hyper: (of(H, *hyper), of(W, *hyper))


right_sizes = sizes(size)


def as_they_are(h: int, w: int, *_: int) -> tuple[int, int]:
    """The correct loops, and the correct corners: h for rows, w for columns."""
    return h, w


def step(a: np.ndarray, W: np.ndarray, b: np.ndarray) -> float:
    """The correct single step."""
    return np.sum(a * W) + b.item()


def conv(
    shape: Callable = right_sizes,
    output: Callable = as_they_are,
    vertical: Callable = corner,
    horizontal: Callable = corner,
    order: Callable = in_order,
    padded: Callable = lambda A, pad, stride, f: zero_pad(A, pad),
    step: Callable = step,
    turns: Callable = as_they_are,
    corner_of: Callable = as_they_are,
    window: Callable = lambda A_pad, entry, place: A_pad[entry[0]][place],
    stored: Callable = lambda i, h, w, c: (i, h, w, c),
    weights: Callable = lambda W, c: W[..., c],
    bias: Callable = lambda b, c: b[..., c],
    channels: Callable = lambda n_C, n_C_prev: n_C,
    filters: Callable = lambda shape: (shape[0], shape[3]),
    image: Callable = lambda shape: shape[1:3],
    hyper: Callable = lambda h: (h["pad"], h["stride"]),
    result: Callable = lambda Z, cache: (Z, cache),
) -> Callable:
    """A conv_forward with some of its steps replaced."""

    def conv_forward(A_prev, W, b, hparameters):
        pad, stride = hyper(hparameters)
        f, n_C = filters(W.shape)
        H, W_prev = image(A_prev.shape)
        n_H, n_W = shape(H, W_prev, f, pad, stride)
        Z = np.zeros((len(A_prev), *output(n_H, n_W, H, W_prev), n_C))
        A_pad = padded(A_prev, pad, stride, f)
        loops = turns(n_H, n_W, f, H, W_prev)
        for i, h, w, c in np.ndindex(len(A_prev), *loops, channels(n_C, A_prev.shape[3])):
            down, across = corner_of(h, w)
            place = order(slice(*vertical(down, stride, f)), slice(*horizontal(across, stride, f)))
            a_slice = window(A_pad, (i, h, w, c), place)
            Z[stored(i, h, w, c)] = step(a_slice, weights(W, c), bias(b, c))
        return result(Z, (A_prev, W, b, hparameters))

    return conv_forward


def pool(
    shape: Callable = right_sizes,
    output: Callable = as_they_are,
    vertical: Callable = corner,
    horizontal: Callable = corner,
    order: Callable = in_order,
    largest: Callable = np.max,
    average: Callable = np.mean,
    turns: Callable = as_they_are,
    corner_of: Callable = as_they_are,
    window: Callable = lambda A_prev, entry, place: A_prev[(entry[0], *place, entry[3])],
    stored: Callable = lambda i, h, w, c: (i, h, w, c),
    hyper: Callable = lambda h: (h["f"], h["stride"]),
    result: Callable = lambda A, cache: (A, cache),
) -> Callable:
    """A pool_forward with some of its steps replaced."""

    def pool_forward(A_prev, hparameters, mode="max"):
        f, stride = hyper(hparameters)
        m, H, W, n_C = A_prev.shape
        n_H, n_W = shape(H, W, f, 0, stride)
        A = np.zeros((m, *output(n_H, n_W, H, W), n_C))
        for i, h, w, c in np.ndindex(m, *turns(n_H, n_W, f, H, W), n_C):
            down, across = corner_of(h, w)
            place = order(slice(*vertical(down, stride, f)), slice(*horizontal(across, stride, f)))
            a_slice = window(A_prev, (i, h, w, c), place)
            A[stored(i, h, w, c)] = largest(a_slice) if mode == "max" else average(a_slice)
        return result(A, (A_prev, hparameters))

    return pool_forward


def added(gradient: np.ndarray, where: tuple, amount: np.ndarray) -> None:
    """The correct way to collect gradients: windows overlap, so they add up."""
    gradient[where] += amount


def assigned(gradient: np.ndarray, where: tuple, amount: np.ndarray) -> None:
    """A wrong way: a later window erases what an earlier one left."""
    gradient[where] = amount


def unpad(dA_pad: np.ndarray, pad: int, like: np.ndarray) -> np.ndarray:
    """The correct way to cut the padding off, at pad = 0 too."""
    return dA_pad[:, pad : pad + like.shape[1], pad : pad + like.shape[2]]


def written_back(cut: Callable) -> Callable:
    """The same cut, but made image by image and stored in an array of the shape of the input."""

    def unpad(dA_pad: np.ndarray, pad: int, like: np.ndarray) -> np.ndarray:
        dA_prev = np.zeros(like.shape)
        for i in range(len(like)):
            dA_prev[i] = cut(dA_pad[i : i + 1], pad, like)[0]
        return dA_prev

    return unpad


def conv_gradient(
    vertical: Callable = corner,
    horizontal: Callable = corner,
    order: Callable = in_order,
    into_dA: Callable = added,
    into_dW: Callable = added,
    into_db: Callable = added,
    turns: Callable = as_they_are,
    corner_of: Callable = as_they_are,
    starts: Callable = np.zeros,
    into: Callable = lambda A_pad, dA_pad: dA_pad,
    source: Callable = lambda A_pad, dA_pad: A_pad,
    weights: Callable = lambda W, c: W[..., c],
    read: Callable = lambda dZ, i, h, w, c: dZ[i, h, w, c],
    slope: Callable = lambda a_slice, dz, W: a_slice * dz,
    flow: Callable = lambda W, dz, a_slice: W * dz,
    share: Callable = lambda dz, f, n_C_prev: dz,
    bias_shape: Callable = lambda n_C: (1, 1, 1, n_C),
    inputs: Callable = zero_pad,
    gradients: Callable = zero_pad,
    cut: Callable = unpad,
    result: Callable = lambda dA, dW, db: (dA, dW, db),
) -> Callable:
    """A conv_backward with some of its steps replaced."""

    def conv_backward(dZ, cache):
        A_prev, W, b, hparameters = cache
        pad, stride, f = hparameters["pad"], hparameters["stride"], W.shape[0]
        A_pad, dA_pad = inputs(A_prev, pad), gradients(starts(A_prev.shape), pad)
        dW, db = starts(W.shape), starts(bias_shape(W.shape[3]))
        for i, h, w, c in np.ndindex(len(dZ), *turns(*dZ.shape[1:3], f, *A_prev.shape[1:3]), dZ.shape[3]):
            dz = read(dZ, i, h, w, c)
            down, across = corner_of(h, w)
            place = (i, *order(slice(*vertical(down, stride, f)), slice(*horizontal(across, stride, f))))
            a_slice = source(A_pad, dA_pad)[place]
            into_dA(into(A_pad, dA_pad), place, flow(weights(W, c), dz, a_slice))
            into_dW(dW, (..., c), slope(a_slice, dz, weights(W, c)))
            into_db(db, (..., c), share(dz, f, W.shape[2]))
        return result(cut(dA_pad, pad, A_prev), dW, db)

    return conv_backward


def mask(window: np.ndarray) -> np.ndarray:
    """The correct mask."""
    return window == np.max(window)


def pool_gradient(
    vertical: Callable = corner,
    horizontal: Callable = corner,
    order: Callable = in_order,
    into: Callable = added,
    turns: Callable = as_they_are,
    corner_of: Callable = as_they_are,
    read: Callable = lambda dA, entry, place, stride, mode: dA[entry],
    largest: Callable = lambda window, da, f: mask(window) * da,
    average: Callable = lambda window, da, f: np.ones((f, f)) * (da / (f * f)),
    example: Callable = lambda i: i,
    channel: Callable = lambda c: c,
    window: Callable = lambda a_prev, place: a_prev[place],
    like: Callable = lambda A_prev, dA: np.zeros(A_prev.shape),
) -> Callable:
    """A pool_backward with some of its steps replaced."""

    def pool_backward(dA, cache, mode="max"):
        A_prev, hparameters = cache
        f, stride = hparameters["f"], hparameters["stride"]
        dA_prev = like(A_prev, dA)
        for i, h, w, c in np.ndindex(len(dA), *turns(*dA.shape[1:3], f, *A_prev.shape[1:3]), dA.shape[3]):
            down, across = corner_of(h, w)
            place = order(slice(*vertical(down, stride, f)), slice(*horizontal(across, stride, f)))
            place = (*place, channel(c))
            a_slice = window(A_prev[example(i)], place)
            if mode == "max":
                mask(a_slice)  # made before the gradient is read, so that a window that is empty is met first
            da = read(dA, (i, h, w, c), (i, *place), stride, mode)
            amount = largest(a_slice, da, f) if mode == "max" else average(a_slice, da, f)
            into(dA_prev, (i, *place), amount)
        return dA_prev

    return pool_backward
