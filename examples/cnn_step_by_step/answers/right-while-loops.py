import numpy as np


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
    i = 0
    while i < m:
        X_pad[i, pad : pad + n_H, pad : pad + n_W] = X[i]
        i += 1

    return X_pad


def conv_single_step(a_slice_prev, W, b):
    Z, products, k = b[0, 0, 0], np.ravel(a_slice_prev * W), 0
    while k < len(products):
        Z = Z + products[k]
        k += 1

    return Z


def conv_forward(A_prev, W, b, hparameters):
    stride, pad = hparameters.get("stride", 1), hparameters.get("pad", 0)
    f = W.shape[0]
    padded = np.pad(A_prev, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
    Z = np.zeros(
        (len(padded), (padded.shape[1] - f) // stride + 1, (padded.shape[2] - f) // stride + 1, W.shape[3])
    )
    h = 0
    while h < Z.shape[1]:
        w = 0
        while w < Z.shape[2]:
            top, left = h * stride, w * stride
            window = padded[:, top : top + f, left : left + f, :, None]
            Z[:, h, w] = np.sum(window * W, axis=(1, 2, 3)) + b[0, 0]
            w += 1
        h += 1

    cache = (A_prev, W, b, hparameters)
    return Z, cache


def pool_forward(A_prev, hparameters, mode="max"):
    f, stride = hparameters["f"], hparameters["stride"]
    rows, h = [], 0
    while h + f <= A_prev.shape[1]:
        row, w = [], 0
        while w + f <= A_prev.shape[2]:
            window = A_prev[:, h : h + f, w : w + f]
            row.append(window.max(axis=(1, 2)) if mode == "max" else window.mean(axis=(1, 2)))
            w += stride
        rows.append(np.stack(row, axis=1))
        h += stride
    return np.stack(rows, axis=1), (A_prev, hparameters)
