"""The student's process: runs the cells that students may edit, and nothing of ours is in it.

It starts as a warm Python that has imported NumPy, Matplotlib and IPython, and no test, solution or
name of a student. For each submission it forks a copy, which shuts itself in (nbexaminer.isolation.sandbox) before
any line of the student's runs, and then does what the engine asks: run a cell, call a function, fork
once more. From its first cell on, nothing that it says is trusted.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import io
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from nbexaminer.errors import SandboxError, WireError
from nbexaminer.isolation.line_counter import counting_lines
from nbexaminer.isolation.processes import adopt_orphans, end_descendants
from nbexaminer.isolation.sandbox import Limits, enter
from nbexaminer.isolation.shell import Shell
from nbexaminer.isolation.wire import MAX_BYTES, Channel, Opaque, encode

_OURS = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]))


def main(descriptor: int, nursery: bool = False, preload: Iterable[str] = ()) -> None:
    """Wait for submissions; fork a copy for each. Ends when the engine closes its end.

    nursery: whether there are several engines, each of which first asks for a process of its own;
    preload: names of modules to import before, else each engine says which.
    """
    shell = Shell()
    shell.warm_up()
    for part in ("random", "linalg", "fft", "ma", "polynomial"):
        getattr(np, part)  # else each copy would import it when it is first used
    _freeze()
    _preload(preload)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended copies leave nothing behind
    if nursery:
        descriptor = _own_descriptor(descriptor)
    adopt_orphans()
    channel = _introduced(descriptor)
    channel.send("warm")
    try:
        while True:
            request = channel.receive()
            child = _receive_descriptor(descriptor)
            if os.fork() == 0:
                _begin(child, request, shell)
            os.close(child)
    except EOFError:
        end_descendants(os.getpid())


def _own_descriptor(nursery: int) -> int:
    """Fork for each engine that asks; return, in the fork, the descriptor to it."""
    while True:
        try:
            request, descriptor = _receive_request(nursery)
        except IndexError:  # nobody is left who could ask
            os._exit(0)
        _preload(request.decode().removeprefix("+").split())
        if os.fork() == 0:
            os.close(nursery)
            os.setsid()
            return descriptor
        os.close(descriptor)


def _begin(descriptor: int, request: dict, shell: Shell) -> None:
    """Become the process of one submission; never returns."""
    _keep_only(descriptor)
    null = os.open(os.devnull, os.O_RDWR)  # not the ones of the submission before, which may hold a trace
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = request["folder"]
    os.environ.update(HOME=folder, TMPDIR=folder, MPLCONFIGDIR=folder, IPYTHONDIR=folder)
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader does: a cell can tell that it is graded
    os.chdir(folder)
    sys.path.insert(0, folder)  # modules that lie beside the notebook, as in a kernel
    sys.dont_write_bytecode = True
    channel = _introduced(descriptor)
    try:
        if request["sandbox"]:
            readable, limits = map(Path, request["readable"]), Limits(**request["limits"])
            enter(readable, Path(folder), limits, request["user"])
        channel.send("ready")
    except SandboxError as error:
        channel.send(str(error))
        os._exit(1)
    _serve(channel, shell)


def _serve(channel: Channel, shell: Shell) -> None:
    """Do what the engine asks until it hangs up; never returns."""
    copies: list[int] = []
    state = np.random.get_state()
    try:
        while True:
            request = channel.receive()
            if request["do"] == "fork":
                child = _receive_descriptor(channel.descriptor)
                waits, goes_on = os.pipe()
                copies = [pid for pid in copies if _is_there(pid)]
                if (pid := _fork()) == 0:
                    copies.clear()
                    channel.close()  # it is not to hear what another is asked
                    os.close(goes_on)
                    os.read(waits, 1)  # until no other process holds its end: when it dies, that is seen
                    os.close(waits)
                    os.setsid()  # if it must give way, no other copy has to
                    channel = _introduced(child)
                else:
                    copies.append(pid)
                    for descriptor in (child, waits, goes_on):
                        os.close(descriptor)
            elif request["do"] == "cell":
                _send(channel, _run(shell, **request["with"]))
            elif request["do"] == "call":
                answer, state = _call(channel, shell.namespace, state, **request["with"])
                _send(channel, answer)
    finally:
        os._exit(0)


def _is_there(child: int) -> bool:
    """Return whether a child of ours still runs; one that has ended is then gone for good."""
    try:
        return os.waitpid(child, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def _fork() -> int:
    """Fork; if the user has too many processes just now, it is another submission's doing and soon over."""
    while True:
        try:
            return os.fork()
        except BlockingIOError:
            time.sleep(0.01)


def _send(channel: Channel, answer: dict[str, Any]) -> None:
    """Send an answer; without its large parts if it is too large."""
    try:
        channel.send(answer)
    except WireError as error:
        if "outputs" in answer:
            note = f"... (the outputs are left out: {error})\n"
            less = {
                "outputs": [{"output_type": "stream", "name": "stderr", "text": note}],
                "values": {name: _small(value) for name, value in answer["values"].items()},
            }
        else:
            less = {"value": Opaque(type(answer.get("value")).__name__, str(error)), "changed": None}
        channel.send(answer | less)


def _small(value: Any) -> Any:
    try:
        if len(encode(value)) < MAX_BYTES // 16:
            return value
        return Opaque(type(value).__name__, "it is too large")
    except WireError as error:
        return Opaque(type(value).__name__, str(error))


def _preload(modules: Iterable[str]) -> None:
    """Import what students' code imports anyway; what is not there, their code is told."""
    for name in modules:
        if name not in sys.modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
            _freeze()


def _freeze() -> None:
    """Else the first collection in each copy would touch, and so copy, all memory."""
    gc.collect()
    gc.freeze()


def _receive_descriptor(descriptor: int) -> int:
    return _receive_request(descriptor, 1)[1]


def _receive_request(descriptor: int, most: int = 4096) -> tuple[bytes, int]:
    """Return what came along with a descriptor, and the descriptor."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=os.dup(descriptor)) as end:
        request, descriptors, _, _ = socket.recv_fds(end, most, 1)
        return request, descriptors[0]


def _introduced(descriptor: int) -> Channel:
    os.write(descriptor, b"!")  # with this byte the kernel tells the engine who we are
    return Channel(descriptor)


def _keep_only(descriptor: int) -> None:
    """Close every descriptor but the standard ones and this."""
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 4096)


def _run(shell: Shell, source: str, names: list[str]) -> dict[str, Any]:
    """Run a cell; tell its outputs and what stands under the names that tests may use."""
    ran = shell.run(source)
    error = f"{type(ran.error).__name__}: {_text(ran.error)}" if ran.error else ""
    found = {name: shell.namespace[name] for name in names if name in shell.namespace}
    return {
        "outputs": ran.outputs,
        "error": error,
        "functions": [name for name, value in found.items() if callable(value)],
        "values": {name: value for name, value in found.items() if not callable(value)},
    }


def _call(
    channel: Channel,
    namespace: dict[str, Any],
    state: tuple,
    name: str,
    args: tuple,
    kwargs: dict[str, Any],
    random: tuple | None,
    lent: list[str],
    callbacks: dict[int | str, str],
    counted: bool = False,
) -> tuple[dict[str, Any], tuple]:
    """Call a function; tell its result or exception, what it printed and what it changed in place.

    random: the state of NumPy's random numbers to begin with, or None to go on from `state`, that after
    the last call. Also returns the state after this one. counted: whether to count the lines of the
    notebook's Python that run; the answer's value is a pair then, the result and their number.
    callbacks: under which name to ask for each argument (its position or keyword) that is a function.
    """
    asked = {key: _asker(channel, namespace, name) for key, name in callbacks.items()}
    args = tuple(asked.get(position, value) for position, value in enumerate(args))
    kwargs = {key: asked.get(key, value) for key, value in kwargs.items()}
    before = _encoded([args, kwargs])
    printed = io.StringIO()
    if random is not None:
        np.random.set_state(state := random)
    with _lent(namespace, {helper: _asker(channel, namespace, helper) for helper in lent}):
        try:
            if name not in namespace:
                raise NameError(f"name {name!r} is not defined")
            with contextlib.redirect_stdout(printed):
                function = namespace[name]
                if counted:
                    function = functools.partial(counting_lines, namespace, function)
                answer = {"value": function(*args, **kwargs)}
        except BaseException as error:  # KeyboardInterrupt and SystemExit too
            answer = {"raised": _described(error)}
    after = _encoded([args, kwargs])
    now = np.random.get_state()
    drawn = now[2:] != state[2:] or not np.array_equal(now[1], state[1])
    told = {
        "changed": None if after == before else [args, kwargs],
        "random": now if drawn else None,
        "printed": printed.getvalue()[:100_000],
    }
    return answer | told, now


def _encoded(value: Any) -> bytes:
    try:
        return encode(value)
    except WireError:
        return b""


def _described(error: BaseException) -> dict[str, Any]:
    """Tell an exception as text, with the student's own frames only."""
    ancestors = [cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins"]
    frames = [
        [frame.name, frame.lineno or 0, (frame.line or "").strip()]
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_OURS)
    ]
    return {
        "kind": type(error).__name__,
        "ancestor": ancestors[0] if ancestors else "Exception",
        "text": _text(error),
        "frames": frames[-20:],
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "(its text can't be shown)"


def _asker(channel: Channel, namespace: dict[str, Any], name: str) -> Callable:
    """Return a function that lets the examiner do the work: a helper or an argument whose code is not here.

    While it works, it may call functions that are here.
    """

    def helper(*args: Any, **kwargs: Any) -> Any:
        channel.send({"ask": name, "args": args, "kwargs": kwargs})
        while "do" in (answer := channel.receive()):
            told, _ = _call(channel, namespace, np.random.get_state(), **answer["with"])
            _send(channel, told)
        if "raised" in answer:
            raise RuntimeError(answer["raised"])
        return answer["value"]

    helper.__name__ = name
    return helper


@contextlib.contextmanager
def _lent(namespace: dict[str, Any], helpers: dict[str, Callable]):
    own = {name: namespace[name] for name in helpers if name in namespace}
    namespace.update(helpers)
    try:
        yield
    finally:
        for name in helpers:
            del namespace[name]
        namespace.update(own)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:3] == ["nursery"], [name for name in sys.argv[2:] if name != "nursery"])
