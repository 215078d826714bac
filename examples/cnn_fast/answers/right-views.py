import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def all_windows(X, f, stride):
    return sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]


def im2col(A, f, stride=1, pad=0):
    padded = np.pad(A, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    return np.einsum("mhwcpq->mhwpqc", all_windows(padded, f, stride)).reshape(-1, f * f * A.shape[-1])


def col2im(columns, shape, f, stride=1, pad=0):
    m, H, W, n_C = shape
    padded = np.zeros((m, H + 2 * pad, W + 2 * pad, n_C))
    target = sliding_window_view(padded, (f, f), axis=(1, 2), writeable=True)[:, ::stride, ::stride]
    n_H, n_W = target.shape[1:3]
    windows = columns.reshape(m, n_H, n_W, f, f, n_C)
    for k in range(f * f):
        target[..., k // f, k % f] += windows[:, :, :, k // f, k % f]
    return padded[:, pad : pad + H, pad : pad + W]


def conv_forward_fast(A_prev, W, b, hparameters):
    stride, pad = hparameters["stride"], hparameters["pad"]
    padded = np.pad(A_prev, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    Z = np.tensordot(all_windows(padded, len(W), stride), W, axes=([4, 5, 3], [0, 1, 2])) + b

    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_backward_fast(dZ, cache):
    A_prev, W, b, hparameters = cache
    stride, pad, f = hparameters["stride"], hparameters["pad"], len(W)
    padded = np.pad(A_prev, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    dW = np.einsum("mhwcpq,mhwn->pqcn", all_windows(padded, f, stride), dZ)
    db = dZ.sum(axis=(0, 1, 2), keepdims=True)
    dA_prev = col2im(
        np.einsum("mhwn,pqcn->mhwpqc", dZ, W).reshape(-1, W[..., 0].size), A_prev.shape, f, stride, pad
    )

    return dA_prev, dW, db


def pool_forward_fast(A_prev, hparameters, mode="max"):
    reduce = {"max": np.max, "average": np.mean}[mode]
    A = reduce(all_windows(A_prev, hparameters["f"], hparameters["stride"]), axis=(-2, -1))

    cache = (A_prev, hparameters)
    return A, cache


def pool_backward_fast(dA, kept, mode="max"):
    cache = kept
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H, n_W, n_C = dA.shape
    shares = np.zeros((m, n_H, n_W, f * f, n_C))
    if mode == "max":
        windows = im2col(A_prev, f, stride, 0).reshape(shares.shape)
        np.put_along_axis(shares, windows.argmax(axis=3, keepdims=True), dA[:, :, :, None], axis=3)
    else:
        shares += dA[:, :, :, None] / f**2
    return col2im(shares.reshape(-1, f * f * n_C), A_prev.shape, f, stride, 0)


def receptive_field(layers):
    side = 1
    for layer in reversed(layers):
        side = (side - 1) * layer["stride"] + layer["f"]

    return side
