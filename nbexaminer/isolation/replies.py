"""Checks the replies of a student's process: their form, their size, and that they are fit to be shown.

A process that runs a student's code can send anything that the wire can carry. What passes here has the
form that nbexaminer.isolation.student_process gives it, no text that controls a terminal or a page, and no
more than a page can show. Every function raises WireError for what has another form.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import itertools
import json
import math
import random
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from nbexaminer.errors import WireError

MAX_TEXT = 2000  # characters of an exception's text
MAX_LINE = 200  # of a name or a line of code
MAX_PRINTED = 100_000  # of what one call prints
MAX_CELL = 8_000_000  # of all outputs of a cell, pictures included
MAX_FRAMES = 20

# Colours; controls of terminals, marks that turn the direction of writing, and halves of characters.
_CONTROL = re.compile(
    r"\x1b\[[0-9;]{0,20}m|[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SAFE_TYPES = ("text/plain", "image/png", "image/jpeg")  # what a page may show
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
# To raise one of the first two ends a loop over map(); the others can't be made from a text.
_SPECIAL = ("StopIteration", "StopAsyncIteration", "ExceptionGroup", "BaseExceptionGroup")
_LEFT_OUT = {"output_type": "stream", "name": "stderr", "text": "... (more output is left out)\n"}


def call(reply: Any) -> dict[str, Any]:
    """Return the reply to a call: "value" or "raised", "changed", "random", "printed",
    "same_as" and "globals"; "changes", "tracked" and "tracked_value" of TrackedValues."""
    reply = _instance(reply, dict)
    checked: dict[str, Any] = {
        "random": _random_state(reply.get("random")),
        "changed": _changed(reply.get("changed")),
    }
    checked["printed"] = text(reply.get("printed"), MAX_PRINTED)
    checked["globals"] = _instance(reply.get("globals") or {}, dict)
    checked["python_random"] = reply.get("python_random")
    if type(checked["python_random"]) not in (type(None), random.Random):
        raise WireError("that is no state of random numbers")
    checked["same_as"] = reply.get("same_as")
    if type(checked["same_as"]) not in (type(None), int, str):
        raise WireError("an argument has a position or a keyword")
    checked["changes"] = _instance(reply.get("changes") or {}, dict)
    checked["tracked"] = _instance(reply.get("tracked") or {}, dict)
    checked["tracked_value"] = reply.get("tracked_value")
    numbers = [*checked["changes"], *checked["tracked"].values(), checked["tracked_value"] or 0]
    if any(type(number) is not int for number in numbers):
        raise WireError("tracked values have numbers")
    if "raised" in reply:
        return checked | {"raised": _raised(reply["raised"])}
    if "value" not in reply:
        raise WireError("a call has neither a value nor an exception")
    return checked | {"value": reply["value"]}


def cell(reply: Any, max_outputs: int) -> dict[str, Any]:
    """Return the reply to a cell: "outputs", "error", "functions", "modules" and "values".

    max_outputs: characters that its outputs may take; what comes after is left out.
    """
    reply = _instance(reply, dict)
    return {
        "outputs": list(_outputs(_instance(reply.get("outputs"), list), min(max_outputs, MAX_CELL))),
        "error": text(reply.get("error"), MAX_TEXT),
        "functions": [text(name, MAX_LINE) for name in _instance(reply.get("functions"), list)],
        "modules": [text(name, MAX_LINE) for name in _instance(reply.get("modules"), list)],
        "values": dict(_instance(reply.get("values"), dict)),
    }


def stored(outputs: Any) -> list[dict[str, Any]]:
    """Return the outputs that a submitted notebook holds, as far as they have the form of a cell's."""
    found: list[dict[str, Any]] = []
    for output in json.loads(json.dumps(outputs)) if isinstance(outputs, list) else ():
        with contextlib.suppress(WireError):
            checked = _output(_instance(output, dict))
            if checked["output_type"] == "execute_result":
                checked["execution_count"] = _instance(output.get("execution_count"), int)
            found.append(checked)
    room = itertools.accumulate(size([output]) for output in found)
    return [output for output, total in zip(found, room, strict=True) if total <= MAX_CELL]


def size(outputs: list[dict[str, Any]]) -> int:
    """Return the characters that outputs take."""
    return sum(len(part) for output in outputs for part in _parts(output))


def text(value: Any, limit: int, colours: bool = False) -> str:
    """Return so many characters of a text, made plain."""
    return plain(_instance(value, str)[:limit], colours)


def plain(text: str, colours: bool = False) -> str:
    """Return a text without control characters; those that colour it may stay.

    Of a line that was written over, as by a progress bar, what was written last is left.
    """
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return _CONTROL.sub(lambda match: match[0] if colours and match[0].endswith("m") else "", text)


def _instance(value: Any, kind: type) -> Any:
    """Return a value after a look at its type."""
    if type(value) is not kind:
        raise WireError(f"there is a {type(value).__name__} where a {kind.__name__} should be")
    return value


def _random_state(state: Any) -> tuple[Any, ...] | None:
    """Return a state of NumPy's random numbers that NumPy can go on from; it checks too little itself.

    A position outside of the key makes it read foreign memory; from a key of zeros no normal number ever
    comes.
    """
    if state is None:  # nothing was drawn
        return None
    if not isinstance(state, tuple) or len(state) != 5:
        raise WireError("that is no state of random numbers")
    kind, key, position, has_next, following = state
    if (
        kind != "MT19937"
        or not isinstance(key, np.ndarray)
        or (key.dtype, key.shape) != (np.uint32, (624,))
        or not (key[1:].any() or key[0] >> 31)
        or _instance(position, int) not in range(625)
        or _instance(has_next, int) not in (0, 1)
        or not math.isfinite(_instance(following, float))
    ):
        raise WireError("that is no state of random numbers")
    return state


def _changed(change: Any) -> list[Any] | None:
    if change is None:
        return None
    if len(_instance(change, list)) != 2:
        raise WireError("those are no arguments")
    return [_instance(change[0], tuple), _instance(change[1], dict)]


def _raised(raised: Any) -> dict[str, Any]:
    raised = _instance(raised, dict)
    frames = [_instance(frame, list) for frame in _instance(raised.get("frames"), list)[-MAX_FRAMES:]]
    if not all(len(frame) == 3 for frame in frames):
        raise WireError("those are no frames")
    ancestor = text(raised.get("ancestor"), MAX_LINE)
    return {
        "kind": text(raised.get("kind"), MAX_LINE),
        "ancestor": "Exception" if ancestor in _SPECIAL else ancestor,
        "text": text(raised.get("text"), MAX_TEXT),
        "error": raised.get("error"),
        "frames": [
            [text(name, MAX_LINE), _instance(number, int), text(line, MAX_LINE)]
            for name, number, line in frames
        ],
    }


def _outputs(outputs: list[Any], room: int) -> Iterator[dict[str, Any]]:
    for output in outputs:
        checked = _output(_instance(output, dict))
        room -= size([checked]) + 100
        if room < 0:
            yield dict(_LEFT_OUT)
            return
        yield checked


def _output(output: dict[str, Any]) -> dict[str, Any]:
    kind = output.get("output_type")
    if kind == "stream" and output.get("name") in ("stdout", "stderr"):
        return {"output_type": kind, "name": output["name"], "text": _coloured(output.get("text"))}
    if kind == "error":
        return {
            "output_type": kind,
            "ename": text(output.get("ename"), MAX_LINE),
            "evalue": text(output.get("evalue"), MAX_TEXT),
            "traceback": [_coloured(line) for line in _instance(output.get("traceback"), list)],
        }
    if kind in ("display_data", "execute_result"):
        data = _instance(output.get("data"), dict)
        shown = {name: _shown(name, data[name]) for name in _SAFE_TYPES if name in data}
        return {"output_type": kind, "data": shown, "metadata": {}}
    raise WireError("an output is of an unknown kind")


def _shown(name: str, content: Any) -> str:
    if name not in _PICTURES:
        return _coloured(content)
    try:
        picture = base64.b64decode("".join(_instance(content, str).split()), validate=True)
    except (binascii.Error, ValueError):
        raise WireError("a picture is not encoded in base64") from None
    if not picture.startswith(_PICTURES[name]):
        raise WireError("a picture is in no format that pages show")
    return base64.b64encode(picture).decode()


def _coloured(value: Any) -> str:
    return text(value, MAX_CELL, colours=True)


def _parts(output: dict[str, Any]) -> Iterator[str]:
    for value in (*output.values(), *output.get("data", {}).values(), *output.get("traceback", ())):
        if isinstance(value, str):
            yield value
