import math

import numpy as np


def places(shape, f, stride, pad):
    n_H, n_W = ((n + 2 * pad - f) // stride + 1 for n in shape[1:3])
    h, w, p, q = np.ogrid[:n_H, :n_W, :f, :f]
    return h * stride + p, w * stride + q


def im2col(A, f, stride=1, pad=0):
    rows, columns = places(A.shape, f, stride, pad)
    A_pad = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    return A_pad[:, rows, columns].reshape(-1, f * f * A.shape[3])


def col2im(columns, shape, f, stride=1, pad=0):
    rows, across = places(shape, f, stride, pad)
    m, n_H_prev, n_W_prev, n_C = shape
    A_pad = np.zeros((m, n_H_prev + 2 * pad, n_W_prev + 2 * pad, n_C))
    windows = columns.reshape(m, *np.broadcast_shapes(rows.shape, across.shape), n_C)
    np.add.at(A_pad, (slice(None), rows, across), windows)
    return A_pad[:, pad : n_H_prev + pad, pad : n_W_prev + pad]


def conv_forward_fast(A_prev, W, b, hparameters):
    f, stride, pad = W.shape[0], hparameters["stride"], hparameters["pad"]
    n_H, n_W = (math.floor((n + 2 * pad - f) / stride) + 1 for n in A_prev.shape[1:3])
    A_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    Z = np.zeros((len(A_prev), n_H, n_W, W.shape[3])) + b
    for p, q in np.ndindex(f, f):
        Z += A_pad[:, p : p + stride * n_H : stride, q : q + stride * n_W : stride] @ W[p, q]

    cache = (A_prev, W, b, hparameters)
    return Z, cache


def count_parameters(layers):
    total = 0
    for layer in layers:
        match layer:
            case {"kind": "conv", "f": f, "n_C_prev": before, "n_C": n_C}:
                total += f**2 * before * n_C + n_C
            case {"kind": "dense", "n_prev": before, "n": n}:
                total += before * n + n

    return total
