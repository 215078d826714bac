"""Answers to the exercises of cnn-fast: as usually written, wrong ones, unusual right ones, and with loops.

USUAL: by function, the text of a cell. WRONG: as students write them, each with the mistake that its author
must be told of. UNUSUAL: by function and what is unusual, the cells. LOOPS: by function and what kind of
loop, the cell and the name that the loop must be given.
"""

from __future__ import annotations

from textwrap import dedent, indent

HEADERS = {
    "im2col": "A, f, stride, pad",
    "col2im": "columns, shape, f, stride, pad",
    "conv_forward_fast": "A_prev, W, b, hparameters",
    "conv_backward_fast": "dZ, cache",
    "pool_forward_fast": 'A_prev, hparameters, mode="max"',
    "pool_backward_fast": 'dA, cache, mode="max"',
    "count_parameters": "layers",
    "receptive_field": "layers",
}


def written(function: str, body: str) -> str:
    """The text of a cell that defines `function` with this body."""
    return f"def {function}({HEADERS[function]}):\n{indent(dedent(body).strip(), '    ')}\n"


_USUAL = {
    "im2col": """
        m, H, W, C = A.shape
        n_H = int((H - f + 2 * pad) / stride) + 1
        n_W = int((W - f + 2 * pad) / stride) + 1
        A_pad = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)), mode="constant")
        col = np.zeros((m, n_H, n_W, f, f, C))
        for y in range(f):
            y_max = y + stride * n_H
            for x in range(f):
                x_max = x + stride * n_W
                col[:, :, :, y, x, :] = A_pad[:, y:y_max:stride, x:x_max:stride, :]
        return col.reshape(m * n_H * n_W, -1)
        """,
    "col2im": """
        m, H, W, C = shape
        n_H = int((H - f + 2 * pad) / stride) + 1
        n_W = int((W - f + 2 * pad) / stride) + 1
        col = columns.reshape(m, n_H, n_W, f, f, C)
        img = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
        for y in range(f):
            y_max = y + stride * n_H
            for x in range(f):
                x_max = x + stride * n_W
                img[:, y:y_max:stride, x:x_max:stride, :] += col[:, :, :, y, x, :]
        return img[:, pad:H + pad, pad:W + pad, :]
        """,
    "conv_forward_fast": """
        m, H, Wd, C = A_prev.shape
        f, _, _, n_C = W.shape
        stride, pad = hparameters["stride"], hparameters["pad"]
        n_H = 1 + int((H + 2 * pad - f) / stride)
        n_W = 1 + int((Wd + 2 * pad - f) / stride)
        col = im2col(A_prev, f, stride, pad)
        out = np.dot(col, W.reshape(-1, n_C)) + b.reshape(1, -1)
        return out.reshape(m, n_H, n_W, n_C), (A_prev, W, b, hparameters)
        """,
    "conv_backward_fast": """
        A_prev, W, b, hparameters = cache
        f, _, C, n_C = W.shape
        stride, pad = hparameters["stride"], hparameters["pad"]
        dout = dZ.reshape(-1, n_C)
        col = im2col(A_prev, f, stride, pad)
        db = np.sum(dout, axis=0).reshape(1, 1, 1, n_C)
        dW = np.dot(col.T, dout).reshape(f, f, C, n_C)
        dcol = np.dot(dout, W.reshape(-1, n_C).T)
        return col2im(dcol, A_prev.shape, f, stride, pad), dW, db
        """,
    "pool_forward_fast": """
        m, H, W, C = A_prev.shape
        f, stride = hparameters["f"], hparameters["stride"]
        n_H, n_W = int(1 + (H - f) / stride), int(1 + (W - f) / stride)
        col = im2col(A_prev, f, stride, 0).reshape(-1, f * f, C)
        out = np.max(col, axis=1) if mode == "max" else np.mean(col, axis=1)
        return out.reshape(m, n_H, n_W, C), (A_prev, hparameters)
        """,
    "pool_backward_fast": """
        A_prev, hparameters = cache
        f, stride = hparameters["f"], hparameters["stride"]
        m, n_H, n_W, C = dA.shape
        d = np.zeros((m * n_H * n_W, f * f, C))
        if mode == "max":
            col = im2col(A_prev, f, stride, 0).reshape(-1, f * f, C)
            arg = np.argmax(col, axis=1)
            np.put_along_axis(d, arg[:, None, :], dA.reshape(-1, 1, C), axis=1)
        else:
            d += dA.reshape(-1, 1, C) / (f * f)
        return col2im(d.reshape(m * n_H * n_W, -1), A_prev.shape, f, stride, 0)
        """,
    "count_parameters": """
        total = 0
        for layer in layers:
            if layer["kind"] == "conv":
                total = total + layer["f"] ** 2 * layer["n_C_prev"] * layer["n_C"] + layer["n_C"]
            if layer["kind"] == "dense":
                total = total + layer["n_prev"] * layer["n"] + layer["n"]
        return total
        """,
    "receptive_field": """
        r, jump = 1, 1
        for l in layers:
            r = r + (l["f"] - 1) * jump
            jump = jump * l["stride"]
        return r
        """,
}
USUAL = {function: written(function, body) for function, body in _USUAL.items()}


def _edited(function: str, *changes: tuple[str, str]) -> str:
    """The usual answer with each (old, new) piece of text exchanged."""
    text = USUAL[function]
    for old, new in changes:
        assert old in text, f"{old!r} does not stand in {function}"
        text = text.replace(old, new)
    return text


_WRONG = {
    "im2col": (
        ("size-without-one", (") + 1", ")")),
        ("width-from-height", ("int((W - f", "int((H - f")),
        ("size-with-one-pad", ("2 * pad", "pad")),
        ("padding-forgotten", ("col[:, :, :, y, x, :] = A_pad", "col[:, :, :, y, x, :] = A")),
        ("pads-channels", ("(pad, pad), (0, 0)), mode", "(pad, pad), (pad, pad)), mode")),
        ("edge-values", ('mode="constant"', 'mode="edge"')),
        ("stride-ignored", ("y:y_max:stride, x:x_max:stride", "y:y + n_H, x:x + n_W")),
        ("slice-ends-by-count", ("y + stride * n_H", "y + n_H"), ("x + stride * n_W", "x + n_W")),
        ("windows-as-columns", ("col.reshape(m * n_H * n_W, -1)", "col.reshape(m * n_H * n_W, -1).T")),
        ("not-flattened", ("col.reshape(m * n_H * n_W, -1)", "col")),
        ("channels-first", ("return col.", "return col.transpose(0, 1, 2, 5, 3, 4).")),
        ("positions-before-examples", ("return col.", "return col.transpose(1, 2, 0, 3, 4, 5).")),
        ("window-transposed", ("y, x, :] = ", "x, y, :] = ")),
        ("whole-numbers", ("f, f, C))", "f, f, C), dtype=int)")),
        ("nothing-returned", ("return col", "col = col")),
    ),
    "col2im": (
        ("assigned", ("+=", "=")),
        ("border-kept", ("img[:, pad:H + pad, pad:W + pad, :]", "img")),
        ("empty-slice-at-pad-0", ("pad:H + pad, pad:W + pad", "pad:-pad, pad:-pad")),
        ("cut-from-the-corner", ("pad:H + pad, pad:W + pad", ":H, :W")),
        ("channels-first", ("f, f, C)", "C, f, f).transpose(0, 1, 2, 4, 5, 3)")),
        ("width-from-height", ("int((W - f", "int((H - f")),
        ("stride-ignored", ("y:y_max:stride, x:x_max:stride", "y:y + n_H, x:x + n_W")),
        ("window-transposed", ("y, x, :]\n", "x, y, :]\n")),
        ("columns-transposed", ("columns.reshape", "columns.T.reshape")),
    ),
    "conv_forward_fast": (
        ("bias-forgotten", (" + b.reshape(1, -1)", "")),
        ("weights-reshaped-not-transposed", ("W.reshape(-1, n_C)", "W.reshape(n_C, -1).T")),
        ("weights-channels-first", ("W.reshape(", "W.transpose(2, 0, 1, 3).reshape(")),
        ("result-not-reshaped", ("out.reshape(m, n_H, n_W, n_C)", "out")),
        ("result-reshaped-not-transposed", ("out.reshape", "out.T.reshape")),
        ("sizes-swapped", ("(m, n_H, n_W, n_C)", "(m, n_W, n_H, n_C)")),
        ("bias-subtracted", (" + b.reshape", " - b.reshape")),
        ("width-from-height", ("int((Wd", "int((H")),
        ("only-Z-returned", (", (A_prev, W, b, hparameters)", "")),
    ),
    "conv_backward_fast": (
        ("weights-reshaped-not-transposed", ("W.reshape(-1, n_C).T", "W.reshape(n_C, -1)")),
        ("dW-transposed", ("np.dot(col.T, dout)", "np.dot(dout.T, col)")),
        ("dZ-reshaped-not-transposed", ("dZ.reshape(-1, n_C)", "dZ.reshape(n_C, -1).T")),
        ("db-flat", (".reshape(1, 1, 1, n_C)", "")),
        ("db-averaged", ("np.sum(dout", "np.mean(dout")),
        (
            "db-of-everything",
            ("np.sum(dout, axis=0).reshape(1, 1, 1, n_C)", "np.ones(b.shape) * np.sum(dout)"),
        ),
        ("dA-not-folded", ("col2im(dcol, A_prev.shape, f, stride, pad)", "dcol")),
        ("dA-reshaped", ("col2im(dcol, A_prev.shape, f, stride, pad)", "dcol.reshape(A_prev.shape)")),
        (
            "results-exchanged",
            ("stride, pad), dW, db", "stride, pad), dW, db"),
            (
                "return col2im(dcol, A_prev.shape, f, stride, pad), dW",
                "return dW, col2im(dcol, A_prev.shape, f, stride, pad)",
            ),
        ),
    ),
    "pool_forward_fast": (
        ("channels-mixed", ("(-1, f * f, C)", "(-1, C, f * f)"), ("axis=1", "axis=2")),
        ("mode-ignored-max", (' if mode == "max" else np.mean(col, axis=1)', "")),
        ("stride-is-f", ('hparameters["stride"]', 'hparameters["f"]')),
        ("sum-not-average", ("np.mean", "np.sum")),
        ("place-not-value", ("np.max", "np.argmax")),
        ("not-reshaped", ("out.reshape(m, n_H, n_W, C)", "out")),
        ("cache-forgotten", (", (A_prev, hparameters)", ", None")),
    ),
    "pool_backward_fast": (
        (
            "ties-to-all",
            ("arg = np.argmax(col, axis=1)", "mask = col == col.max(axis=1, keepdims=True)"),
            (
                "np.put_along_axis(d, arg[:, None, :], dA.reshape(-1, 1, C), axis=1)",
                "d += mask * dA.reshape(-1, 1, C)",
            ),
        ),
        ("average-not-divided", (" / (f * f)", "")),
        ("divided-by-f", ("(f * f)\n", "f\n")),
        ("smallest", ("argmax", "argmin")),
        (
            "not-folded",
            (
                "return col2im(d.reshape(m * n_H * n_W, -1), A_prev.shape, f, stride, 0)",
                "return d.reshape(m * n_H * n_W, -1)",
            ),
        ),
        ("mask-only", ("dA.reshape(-1, 1, C), axis", "1.0, axis")),
    ),
    "count_parameters": (
        ("conv-biases-forgotten", (' + layer["n_C"]', "")),
        ("channels-forgotten", (' * layer["n_C_prev"]', "")),
        ("f-not-squared", ('["f"] ** 2', '["f"]')),
        ("first-layer-only", ("    return", "        return")),
        ("last-layer-only", ("total = total + ", "total = ")),
    ),
    "receptive_field": (
        ("stride-ignored", ('jump = jump * l["stride"]', "pass")),
        ("f-not-less-one", (" - 1)", ")")),
        ("starts-at-zero", ("r, jump = 1, 1", "r, jump = 0, 1")),
        ("last-stride-only", ("jump = jump * ", "jump = ")),
        ("distance-returned", ("return r", "return jump")),
        ("strides-added", ("jump * l", "jump + l")),
    ),
}
WRONG = [
    (function, mistake, _edited(function, *changes))
    for function, answers in _WRONG.items()
    for mistake, *changes in answers
]
WRONG += [
    (
        "im2col",
        "channels-first",
        written(
            "im2col",
            """
            A = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            windows = np.lib.stride_tricks.sliding_window_view(A, (f, f), axis=(1, 2))
            return windows[:, ::stride, ::stride].reshape(-1, f * f * A.shape[3])
            """,
        ),
    ),
    (
        "im2col",
        "reshape-not-transpose",
        written(
            "im2col",
            """
            m, H, W, C = A.shape
            n_H, n_W = (H + 2 * pad - f) // stride + 1, (W + 2 * pad - f) // stride + 1
            A = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            parts = [
                A[:, p:p + stride * n_H:stride, q:q + stride * n_W:stride] for p in range(f) for q in range(f)
            ]
            return np.array(parts).reshape(m * n_H * n_W, f * f * C)
            """,
        ),
    ),
    (
        "col2im",
        "only-the-last-window-counts",
        written(
            "col2im",
            """
            m, H, W, C = shape
            n_H, n_W = (H + 2 * pad - f) // stride + 1, (W + 2 * pad - f) // stride + 1
            h, w, p, q = np.ogrid[:n_H, :n_W, :f, :f]
            A = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
            A[:, h * stride + p, w * stride + q] += columns.reshape(m, n_H, n_W, f, f, C)
            return A[:, pad:pad + H, pad:pad + W]
            """,
        ),
    ),
    (
        "receptive_field",
        "stride-too-early",
        _edited(
            "receptive_field",
            ("r, jump = 1, 1", "r = jump = 1"),
            (
                'r = r + (l["f"] - 1) * jump\n        jump = jump * l["stride"]',
                'jump *= l["stride"]\n        r += (l["f"] - 1) * jump',
            ),
        ),
    ),
]

_VIEW = "np.lib.stride_tricks.sliding_window_view"
_UNUSUAL = {
    "im2col": {
        "sliding_window_view": f"""
            A = np.pad(A, [(0, 0), (pad, pad), (pad, pad), (0, 0)])
            windows = {_VIEW}(A, (f, f), axis=(1, 2))[:, ::stride, ::stride]
            return np.moveaxis(windows, 3, 5).reshape(-1, f * f * A.shape[3])
            """,
        "as_strided": """
            A = np.ascontiguousarray(np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0))))
            m, H, W, C = A.shape
            n_H, n_W = (H - f) // stride + 1, (W - f) // stride + 1
            i, h, w, c = A.strides
            steps = (i, h * stride, w * stride, h, w, c)
            windows = np.lib.stride_tricks.as_strided(A, (m, n_H, n_W, f, f, C), steps)
            return windows.reshape(m * n_H * n_W, -1)
            """,
        "arrays of indices": """
            A = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            rows = np.arange(0, A.shape[1] - f + 1, stride)[:, None, None, None] + np.arange(f)[:, None]
            cols = np.arange(0, A.shape[2] - f + 1, stride)[:, None, None] + np.arange(f)
            return A[:, rows, cols].reshape(-1, f * f * A.shape[-1])
            """,
        "places stacked, then transposed": """
            m, H, W, C = A.shape
            n_H, n_W = (H + 2 * pad - f) // stride + 1, (W + 2 * pad - f) // stride + 1
            A = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            parts = [
                A[:, k // f :, k % f :][:, : stride * n_H : stride, : stride * n_W : stride][:, :n_H, :n_W]
                for k in range(f * f)
            ]
            return np.stack(parts, axis=3).reshape(m * n_H * n_W, f * f * C)
            """,
        "concatenated columns, a while loop": """
            m, H, W, C = A.shape
            n_H, n_W = (H + 2 * pad - f) // stride + 1, (W + 2 * pad - f) // stride + 1
            A, parts, k = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0))), [], 0
            while k < f * f:
                p, q = divmod(k, f)
                parts.append(A[:, p:p + stride * n_H:stride, q:q + stride * n_W:stride].reshape(-1, C))
                k += 1
            return np.concatenate(parts, axis=1)
            """,
    },
    "col2im": {
        "np.add.at": """
            m, H, W, C = shape
            n_H, n_W = (H + 2 * pad - f) // stride + 1, (W + 2 * pad - f) // stride + 1
            h, w, p, q = np.ogrid[:n_H, :n_W, :f, :f]
            A = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
            np.add.at(A, (slice(None), h * stride + p, w * stride + q), columns.reshape(m, n_H, n_W, f, f, C))
            return A[:, pad:pad + H, pad:pad + W]
            """,
        "np.bincount over the places of the pixels": """
            m, H, W, C = shape
            size = (m, H + 2 * pad, W + 2 * pad, C)
            number = np.arange(np.prod(size)).reshape(size).astype(float)
            places = im2col(number, f, stride, 0).astype(int)
            A = np.bincount(places.ravel(), columns.ravel(), np.prod(size)).reshape(size)
            return A[:, pad:pad + H, pad:pad + W]
            """,
        "a view that is written to": f"""
            m, H, W, C = shape
            A = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
            view = {_VIEW}(A, (f, f), axis=(1, 2), writeable=True)[:, ::stride, ::stride]
            parts = columns.reshape(*view.shape[:3], f, f, C)
            for p, q in itertools.product(range(f), repeat=2):
                view[..., p, q] += parts[:, :, :, p, q]
            return A[:, pad:pad + H, pad:pad + W]
            """,
    },
    "conv_forward_fast": {
        "einsum over a view": f"""
            pad, s, f = hparameters["pad"], hparameters["stride"], len(W)
            A = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            windows = {_VIEW}(A, (f, f), axis=(1, 2))[:, ::s, ::s]
            return np.einsum("mhwcpq,pqcn->mhwn", windows, W) + b, (A_prev, W, b, hparameters)
            """,
        "tensordot over a view": f"""
            pad, s, f = hparameters["pad"], hparameters["stride"], len(W)
            A = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            windows = {_VIEW}(A, (f, f), axis=(1, 2))[:, ::s, ::s]
            return np.tensordot(windows, W, ([4, 5, 3], [0, 1, 2])) + b, (A_prev, W, b, hparameters)
            """,
        "a product for each place of the window": """
            pad, s, f = hparameters["pad"], hparameters["stride"], len(W)
            A = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            n_H, n_W = (A.shape[1] - f) // s + 1, (A.shape[2] - f) // s + 1
            Z = sum(
                A[:, p:p + s * n_H:s, q:q + s * n_W:s] @ W[p, q] for p in range(f) for q in range(f)
            )
            return Z + b, (A_prev, W, b, hparameters)
            """,
        "a loop over filters": """
            f, s, pad = len(W), hparameters["stride"], hparameters["pad"]
            n_H, n_W = [(n + 2 * pad - f) // s + 1 for n in A_prev.shape[1:3]]
            columns = im2col(A_prev, f, s, pad)
            Z = [columns @ W[..., c].ravel() + b[0, 0, 0, c] for c in range(W.shape[-1])]
            return np.stack(Z, -1).reshape(len(A_prev), n_H, n_W, -1), [A_prev, W, b, hparameters]
            """,
        "windows as columns, as in many books": """
            f, s, pad = len(W), hparameters["stride"], hparameters["pad"]
            n_H, n_W = [(n + 2 * pad - f) // s + 1 for n in A_prev.shape[1:3]]
            filters = W.transpose(3, 0, 1, 2).reshape(W.shape[3], -1)
            Z = filters @ im2col(A_prev, f, s, pad).T + b.reshape(-1, 1)
            Z = Z.reshape(-1, len(A_prev), n_H, n_W).transpose(1, 2, 3, 0)
            return Z, (A_prev, W, b, hparameters)
            """,
    },
    "conv_backward_fast": {
        "einsum": f"""
            A_prev, W, b, h = cache
            pad, s, f = h["pad"], h["stride"], len(W)
            A = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            windows = {_VIEW}(A, (f, f), axis=(1, 2))[:, ::s, ::s]
            dW = np.einsum("mhwcpq,mhwn->pqcn", windows, dZ)
            d = np.einsum("mhwn,pqcn->mhwpqc", dZ, W).reshape(-1, W[..., 0].size)
            return col2im(d, A_prev.shape, f, s, pad), dW, dZ.sum((0, 1, 2), keepdims=True)
            """,
        "place by place, neither im2col nor col2im": """
            A_prev, W, b, h = cache
            pad, s, f = h["pad"], h["stride"], len(W)
            A = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            dA, dW = np.zeros(A.shape), np.zeros(W.shape)
            n_H, n_W = dZ.shape[1:3]
            for p, q in np.ndindex(f, f):
                at = np.s_[:, p:p + s * n_H:s, q:q + s * n_W:s]
                dA[at] += dZ @ W[p, q].T
                dW[p, q] = np.tensordot(A[at], dZ, ([0, 1, 2], [0, 1, 2]))
            dA = dA[:, pad:pad + A_prev.shape[1], pad:pad + A_prev.shape[2]]
            return dA, dW, np.sum(dZ, axis=(0, 1, 2)).reshape(b.shape)
            """,
        "a ones vector for db": """
            A_prev, W, b, h = cache
            flat = dZ.reshape(-1, dZ.shape[-1])
            columns = im2col(A_prev, W.shape[0], **h)
            dW = np.dot(flat.T, columns).T.reshape(W.shape)
            db = (np.ones(len(flat)) @ flat).reshape(b.shape)
            dA_prev = col2im(np.dot(W.reshape(-1, W.shape[-1]), flat.T).T, A_prev.shape, W.shape[0], **h)
            return dA_prev, dW, db
            """,
    },
    "pool_forward_fast": {
        "a view": f"""
            f, s = hparameters["f"], hparameters["stride"]
            windows = {_VIEW}(A_prev, (f, f), (1, 2))[:, ::s, ::s]
            return getattr(windows, dict(max="max", average="mean")[mode])((4, 5)), (A_prev, hparameters)
            """,
        "the largest of f * f slices": """
            f, s = hparameters["f"], hparameters["stride"]
            n_H, n_W = [(n - f) // s + 1 for n in A_prev.shape[1:3]]
            slices = [A_prev[:, p:p + s * n_H:s, q:q + s * n_W:s] for p in range(f) for q in range(f)]
            A = np.maximum.reduce(slices) if mode == "max" else sum(slices) / len(slices)
            return A, (A_prev, hparameters)
            """,
    },
    "pool_backward_fast": {
        "argmax by comparing, slice by slice": f"""
            A_prev, h = cache
            f, s = h["f"], h["stride"]
            first = {_VIEW}(A_prev, (f, f), (1, 2))[:, ::s, ::s].reshape(*dA.shape, -1).argmax(-1)
            d = np.zeros(A_prev.shape)
            for k in range(f * f):
                at = np.s_[:, k // f:k // f + s * dA.shape[1]:s, k % f:k % f + s * dA.shape[2]:s]
                d[at] += np.where(first == k, dA, 0) if mode == "max" else dA / f ** 2
            return d
            """,
        "one-hot rows of an identity": """
            A_prev, h = cache
            f, s, C = h["f"], h["stride"], dA.shape[-1]
            windows = im2col(A_prev, f, s, 0).reshape(-1, f * f, C)
            one_hot = np.eye(f * f)[windows.argmax(axis=1)].transpose(0, 2, 1)
            shares = one_hot if mode == "max" else np.full(one_hot.shape, 1 / f / f)
            return col2im((shares * dA.reshape(-1, 1, C)).reshape(len(windows), -1), A_prev.shape, f, s, 0)
            """,
        "np.add.at": """
            A_prev, h = cache
            f, s = h["f"], h["stride"]
            m, n_H, n_W, n_C = dA.shape
            d = np.zeros(A_prev.shape)
            i, y, x, c = np.ogrid[:m, :n_H, :n_W, :n_C]
            if mode == "max":
                first = im2col(A_prev, f, s, 0).reshape(m, n_H, n_W, f * f, n_C).argmax(axis=3)
                np.add.at(d, (i, y * s + first // f, x * s + first % f, c), dA)
            else:
                for p, q in np.ndindex(f, f):
                    np.add.at(d, (i, y * s + p, x * s + q, c), dA / (f * f))
            return d
            """,
    },
    "count_parameters": {
        "a sum with a table": """
            count = {
                "conv": lambda l: (l["f"] ** 2 * l["n_C_prev"] + 1) * l["n_C"],
                "pool": lambda l: 0,
                "dense": lambda l: (1 + l["n_prev"]) * l["n"],
            }
            return sum(count[layer["kind"]](layer) for layer in layers)
            """,
        "a NumPy number": """
            shapes = [
                (l["f"], l["f"], l["n_C_prev"], l["n_C"]) if l["kind"] == "conv" else (l["n_prev"], l["n"])
                for l in layers if l["kind"] != "pool"
            ]
            return np.sum([np.prod(shape) + shape[-1] for shape in shapes], dtype=int)
            """,
    },
    "receptive_field": {
        "from the last layer back": """
            side = 1
            for layer in reversed(layers):
                side = (side - 1) * layer["stride"] + layer["f"]
            return side
            """,
        "recursion": """
            if not layers:
                return 1
            return layers[0]["f"] + (receptive_field(layers[1:]) - 1) * layers[0]["stride"]
            """,
        "cumulative products": """
            strides = np.cumprod([1] + [layer["stride"] for layer in layers])
            return 1 + int(sum((layer["f"] - 1) * s for layer, s in zip(layers, strides)))
            """,
    },
}
UNUSUAL = {
    (function, about): (written(function, body),)
    for function, answers in _UNUSUAL.items()
    for about, body in answers.items()
}

_EXAMPLES, _POSITIONS = "loop-over-examples", "loop-over-positions"
_LOOPS = {
    "im2col": {
        "a for loop over examples": (
            _EXAMPLES,
            """
            one = lambda a: _im2col(a[None], f, stride, pad)
            rows = []
            for a in A:
                rows.append(one(a))
            return np.concatenate(rows)
            """,
        ),
        "map": (
            _EXAMPLES,
            "return np.concatenate(list(map(lambda a: _im2col(a[None], f, stride, pad), A)))",
        ),
        "windows one by one": (
            _EXAMPLES,
            """
            A = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            n_H, n_W = (A.shape[1] - f) // stride + 1, (A.shape[2] - f) // stride + 1
            return np.array([
                a[h * stride:h * stride + f, w * stride:w * stride + f].ravel()
                for a in A for h in range(n_H) for w in range(n_W)
            ])
            """,
        ),
    },
    "col2im": {
        "positions, all examples at once": (
            _POSITIONS,
            """
            m, H, W, C = shape
            n_H, n_W = (H + 2 * pad - f) // stride + 1, (W + 2 * pad - f) // stride + 1
            A = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
            parts = columns.reshape(m, n_H, n_W, f, f, C)
            h = 0
            while h < n_H:
                for w in range(n_W):
                    A[:, h * stride:h * stride + f, w * stride:w * stride + f] += parts[:, h, w]
                h += 1
            return A[:, pad:pad + H, pad:pad + W]
            """,
        ),
    },
    "conv_forward_fast": {
        "np.vectorize": (
            _EXAMPLES,
            """
            Z, cache = _conv_forward_fast(A_prev, W, b, hparameters)
            return np.vectorize(lambda z: z + 0.0)(Z), cache
            """,
        ),
        "recursion over the examples": (
            _EXAMPLES,
            """
            first, _ = _conv_forward_fast(A_prev[:1], W, b, hparameters)
            if len(A_prev) > 1:
                rest, _ = conv_forward_fast(A_prev[1:], W, b, hparameters)
                first = np.concatenate([first, rest])
            return first, (A_prev, W, b, hparameters)
            """,
        ),
        "rows of the output": (
            _POSITIONS,
            """
            Z, cache = _conv_forward_fast(A_prev, W, b, hparameters)
            return np.stack([Z[:, h] for h in range(Z.shape[1])], axis=1), cache
            """,
        ),
    },
    "conv_backward_fast": {
        "a sum over examples": (
            _EXAMPLES,
            """
            A_prev, W, b, hparameters = cache
            parts = [_conv_backward_fast(d[None], (a[None], W, b, hparameters)) for d, a in zip(dZ, A_prev)]
            return np.concatenate([p[0] for p in parts]), sum(p[1] for p in parts), sum(p[2] for p in parts)
            """,
        ),
    },
    "pool_forward_fast": {
        "np.apply_along_axis": (
            _EXAMPLES,
            """
            f, stride = hparameters["f"], hparameters["stride"]
            m, H, W, C = A_prev.shape
            n_H, n_W = (H - f) // stride + 1, (W - f) // stride + 1
            windows = im2col(A_prev, f, stride, 0).reshape(m, n_H, n_W, f * f, C)
            reduce = np.max if mode == "max" else np.mean
            return np.apply_along_axis(lambda w: reduce(w), 3, windows), (A_prev, hparameters)
            """,
        ),
    },
    "pool_backward_fast": {
        "np.ndindex": (
            _EXAMPLES,
            """
            A_prev, hparameters = cache
            f, s = hparameters["f"], hparameters["stride"]
            d = np.zeros(A_prev.shape)
            for i, h, w, c in np.ndindex(dA.shape):
                part = d[i, h * s:h * s + f, w * s:w * s + f, c]
                if mode == "max":
                    k = np.argmax(A_prev[i, h * s:h * s + f, w * s:w * s + f, c])
                    part[k // f, k % f] += dA[i, h, w, c]
                else:
                    part += dA[i, h, w, c] / f ** 2
            return d
            """,
        ),
    },
}


def _beside_the_usual(function: str, body: str) -> str:
    """The answer, and the usual one under the name with _ before it, for those that only wrap it."""
    return USUAL[function].replace(f"def {function}(", f"def _{function}(") + "\n\n" + written(function, body)


LOOPS = {
    (function, about): (_beside_the_usual(function, body), named)
    for function, answers in _LOOPS.items()
    for about, (named, body) in answers.items()
}
