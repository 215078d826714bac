import numpy as np


def conv_forward_fast(A_prev, W, b, hparameters):
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    stride, pad = hparameters["stride"], hparameters["pad"]
    n_H = (n_H_prev + 2 * pad - f) // stride + 1
    n_W = (n_W_prev + 2 * pad - f) // stride + 1
    A_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    Z = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                window = A_pad[i, h * stride : h * stride + f, w * stride : w * stride + f, :]
                for c in range(n_C):
                    Z[i, h, w, c] = np.sum(window * W[:, :, :, c]) + b[0, 0, 0, c]

    cache = (A_prev, W, b, hparameters)
    return Z, cache


def conv_backward_fast(dZ, cache):
    A_prev, W, b, hparameters = cache
    f, stride, pad = len(W), hparameters["stride"], hparameters["pad"]
    n_H_prev, n_W_prev = A_prev.shape[1:3]
    A_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dA_pad, dW = np.zeros(A_pad.shape), np.zeros(W.shape)
    for h in range(dZ.shape[1]):
        for w in range(dZ.shape[2]):
            rows, across = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
            dA_pad[:, rows, across] += np.einsum("mn,pqcn->mpqc", dZ[:, h, w], W)
            dW += np.einsum("mn,mpqc->pqcn", dZ[:, h, w], A_pad[:, rows, across])
    db = np.sum(dZ, axis=(0, 1, 2), keepdims=True)
    dA_prev = dA_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev]

    return dA_prev, dW, db


def pool_forward_fast(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    n_H, n_W = ((n - f) // stride + 1 for n in A_prev.shape[1:3])
    reduce = np.max if mode == "max" else np.mean
    A = np.array(
        [
            [
                [
                    reduce(a[h * stride : h * stride + f, w * stride : w * stride + f], axis=(0, 1))
                    for w in range(n_W)
                ]
                for h in range(n_H)
            ]
            for a in A_prev
        ]
    )

    cache = (A_prev, hparameters)
    return A, cache
