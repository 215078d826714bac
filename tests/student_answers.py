"""The eight answers as students usually write them, and two short ways to write another one.

`edited` changes some lines of the usual answer, `written` takes a whole new body.
"""

from __future__ import annotations

from textwrap import dedent, indent

HEADERS = {
    "zero_pad": "X, pad",
    "conv_single_step": "a_slice_prev, W, b",
    "conv_forward": "A_prev, W, b, hparameters",
    "pool_forward": 'A_prev, hparameters, mode="max"',
    "conv_backward": "dZ, cache",
    "create_mask_from_window": "x",
    "distribute_value": "dz, shape",
    "pool_backward": 'dA, cache, mode="max"',
}


def written(function: str, body: str) -> str:
    """The text of a cell that defines `function` with this body."""
    return f"def {function}({HEADERS[function]}):\n{indent(dedent(body).strip(), '    ')}\n"


def edited(function: str, *changes: tuple[str, str]) -> str:
    """The usual answer with each (old, new) piece of text exchanged."""
    text = USUAL[function]
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {function}"
        text = text.replace(old, new)
    return text


USUAL = {
    "zero_pad": written(
        "zero_pad",
        """
        X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant', constant_values=(0, 0))
        return X_pad
        """,
    ),
    "conv_single_step": written(
        "conv_single_step",
        """
        s = np.multiply(a_slice_prev, W)
        Z = np.sum(s)
        Z = Z + b.item()
        return Z
        """,
    ),
    "conv_forward": written(
        "conv_forward",
        """
        (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
        (f, f, n_C_prev, n_C) = W.shape
        stride = hparameters['stride']
        pad = hparameters['pad']
        n_H = int((n_H_prev - f + 2 * pad) / stride) + 1
        n_W = int((n_W_prev - f + 2 * pad) / stride) + 1
        Z = np.zeros((m, n_H, n_W, n_C))
        A_prev_pad = zero_pad(A_prev, pad)
        for i in range(m):
            a_prev_pad = A_prev_pad[i]
            for h in range(n_H):
                for w in range(n_W):
                    for c in range(n_C):
                        vert_start = h * stride
                        vert_end = vert_start + f
                        horiz_start = w * stride
                        horiz_end = horiz_start + f
                        a_slice_prev = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                        Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])
        assert(Z.shape == (m, n_H, n_W, n_C))
        cache = (A_prev, W, b, hparameters)
        return Z, cache
        """,
    ),
    "pool_forward": written(
        "pool_forward",
        """
        (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
        f = hparameters["f"]
        stride = hparameters["stride"]
        n_H = int(1 + (n_H_prev - f) / stride)
        n_W = int(1 + (n_W_prev - f) / stride)
        n_C = n_C_prev
        A = np.zeros((m, n_H, n_W, n_C))
        for i in range(m):
            for h in range(n_H):
                for w in range(n_W):
                    for c in range(n_C):
                        vert_start = h * stride
                        vert_end = vert_start + f
                        horiz_start = w * stride
                        horiz_end = horiz_start + f
                        a_prev_slice = A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]
                        if mode == "max":
                            A[i, h, w, c] = np.max(a_prev_slice)
                        elif mode == "average":
                            A[i, h, w, c] = np.mean(a_prev_slice)
        cache = (A_prev, hparameters)
        return A, cache
        """,
    ),
    "conv_backward": written(
        "conv_backward",
        """
        (A_prev, W, b, hparameters) = cache
        (m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape
        (f, f, n_C_prev, n_C) = W.shape
        stride = hparameters['stride']
        pad = hparameters['pad']
        (m, n_H, n_W, n_C) = dZ.shape
        dA_prev = np.zeros((m, n_H_prev, n_W_prev, n_C_prev))
        dW = np.zeros((f, f, n_C_prev, n_C))
        db = np.zeros((1, 1, 1, n_C))
        A_prev_pad = zero_pad(A_prev, pad)
        dA_prev_pad = zero_pad(dA_prev, pad)
        for i in range(m):
            a_prev_pad = A_prev_pad[i]
            da_prev_pad = dA_prev_pad[i]
            for h in range(n_H):
                for w in range(n_W):
                    for c in range(n_C):
                        vert_start = h * stride
                        vert_end = vert_start + f
                        horiz_start = w * stride
                        horiz_end = horiz_start + f
                        a_slice = a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]
                        dz = dZ[i, h, w, c]
                        da_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :] += W[:,:,:,c] * dz
                        dW[:,:,:,c] += a_slice * dz
                        db[:,:,:,c] += dz
            dA_prev[i, :, :, :] = da_prev_pad[pad:pad + n_H_prev, pad:pad + n_W_prev, :]
        assert(dA_prev.shape == (m, n_H_prev, n_W_prev, n_C_prev))
        return dA_prev, dW, db
        """,
    ),
    "create_mask_from_window": written(
        "create_mask_from_window",
        """
        mask = (x == np.max(x))
        return mask
        """,
    ),
    "distribute_value": written(
        "distribute_value",
        """
        (n_H, n_W) = shape
        average = dz / (n_H * n_W)
        a = np.ones((n_H, n_W)) * average
        return a
        """,
    ),
    "pool_backward": written(
        "pool_backward",
        """
        (A_prev, hparameters) = cache
        stride = hparameters['stride']
        f = hparameters['f']
        m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
        m, n_H, n_W, n_C = dA.shape
        dA_prev = np.zeros_like(A_prev)
        for i in range(m):
            a_prev = A_prev[i, :, :, :]
            for h in range(n_H):
                for w in range(n_W):
                    for c in range(n_C):
                        vert_start = h * stride
                        vert_end = vert_start + f
                        horiz_start = w * stride
                        horiz_end = horiz_start + f
                        if mode == "max":
                            a_prev_slice = a_prev[vert_start:vert_end, horiz_start:horiz_end, c]
                            mask = create_mask_from_window(a_prev_slice)
                            da = mask * dA[i, h, w, c]
                        elif mode == "average":
                            shape = (f, f)
                            da = distribute_value(dA[i, h, w, c], shape)
                        dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c] += da
        assert(dA_prev.shape == A_prev.shape)
        return dA_prev
        """,
    ),
}
