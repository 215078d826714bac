"""The student's process: runs the cells that students may edit; no test, solution or name is in it.

A template process has imported NumPy, IPython and whatever else the course preloads. For each submission it
forks a student process, which sandboxes itself (nbexaminer.isolation.sandbox) before any line of the
student's runs, and then does what the engine requests: run a cell, call a function, fork once more. From its
first cell on, nothing that it says is trusted.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, NoReturn

import numpy as np

from nbexaminer.errors import SandboxError
from nbexaminer.isolation.limits import ProcessLimits
from nbexaminer.isolation.processes import adopt_orphans, end_descendants
from nbexaminer.isolation.sandbox import enter
from nbexaminer.isolation.shell import Shell
from nbexaminer.isolation.student_calls import Caller, error_text, send_reply
from nbexaminer.isolation.wire import Channel, Context, prepare, share

GREETING = b"!"  # the first byte of a process; the kernel tells the engine who sent it
READY = "ready"
_FORK_RETRY = 0.01  # seconds
_MAX_DESCRIPTORS = 4096
_MAX_REQUEST = 1 << 16  # bytes of a request for a template process
# What else can be called, an instance of a class, may be asked for more than its results.
_FUNCTIONS = (
    *(FunctionType, BuiltinFunctionType, MethodType, functools.partial, type(functools.cache(len))),
    *(np.ufunc, np.vectorize),
)


def main(descriptor: int, preload: list[str], is_fork_server: bool = False) -> None:
    """Be a template process: fork a student process for each submission until the engine hangs up.

    preload: modules to import first; is_fork_server: whether there are several engines, each of which first
    requests a template of its own.
    """
    shell = Shell()
    shell.warm_up()
    for part in ("random", "linalg", "fft", "ma", "polynomial"):
        getattr(np, part)  # else each student process would import it when it is first used
    prepare()
    _preload(preload)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children that have ended leave nothing behind
    if is_fork_server:
        descriptor = _serve_templates(descriptor)
    adopt_orphans()
    channel = _greet(descriptor)
    channel.send(READY)
    try:
        while True:
            request = channel.receive()
            if "prepare" in request:
                for cell in request["prepare"]:
                    shell.prepare(cell)
                _freeze()
                continue
            child = _receive_descriptor(descriptor)[0]
            if os.fork() == 0:
                _become_student(child, request, shell)
            os.close(child)
    except EOFError:
        end_descendants(os.getpid())


def _serve_templates(server: int) -> int:
    """Fork a template process for each request; return, in the template, the descriptor to its engine."""
    while True:
        try:
            descriptor, modules = _receive_descriptor(server, _MAX_REQUEST)
        except IndexError:  # nobody is left who could ask
            os._exit(0)
        _preload(json.loads(modules))
        if os.fork() == 0:
            os.close(server)
            os.setsid()
            return descriptor
        os.close(descriptor)


def _preload(modules: list[str]) -> None:
    """Import what students' code will import, once for all; if it isn't there, that will say so."""
    for module in modules:
        if module not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(module)
    _freeze()


def _freeze() -> None:
    """Keep the garbage collector off what is there: it would touch, and so copy, the memory shared."""
    gc.collect()
    gc.freeze()


def _become_student(descriptor: int, request: dict[str, Any], shell: Shell) -> NoReturn:
    """Become the student process of one submission."""
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, _MAX_DESCRIPTORS)
    null = os.open(os.devnull, os.O_RDWR)  # not those of the submission before, which may hold a trace
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.close(null)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = request["folder"]
    os.environ.update(HOME=folder, TMPDIR=folder, MPLCONFIGDIR=folder, IPYTHONDIR=folder)
    os.environ["NBGRADER_EXECUTION"] = "autograde"  # as nbgrader does: a cell can tell that it is graded
    os.chdir(folder)
    sys.path.insert(0, folder)  # modules beside the notebook can be imported, as in a kernel
    sys.dont_write_bytecode = True
    channel = _greet(descriptor)
    try:
        if request["sandbox"]:
            readable, limits = map(Path, request["readable"]), ProcessLimits(**request["limits"])
            enter(readable, Path(folder), limits, request["user"])
        channel.send(READY)
    except SandboxError as error:
        channel.send(str(error))
        os._exit(1)
    _serve(channel, shell)


def _serve(channel: Channel, shell: Shell) -> NoReturn:
    """Do what the engine requests until it hangs up."""
    children: list[int] = []
    caller = Caller(shell.namespace, channel)
    channel.context = Context({}, caller.references)
    caller.references.shared = channel.context.shared
    try:
        while True:
            request = channel.receive()
            if request["do"] == "fork":
                context = channel.context
                channel = caller.channel = _fork_student(channel, children)
                channel.context = context
            elif request["do"] == "cell":
                send_reply(channel, _run_cell(shell, channel.context, **request["with"]))
            elif request["do"] == "call":
                send_reply(channel, caller.call(**request["with"]))
    finally:
        os._exit(0)


def _fork_student(channel: Channel, children: list[int]) -> Channel:
    """Fork; return the channel to listen to from now on: the same here, a new one in the child."""
    descriptor = _receive_descriptor(channel.descriptor)[0]
    read_end, write_end = os.pipe()
    children[:] = [pid for pid in children if _is_running(pid)]
    if pid := _fork():
        children.append(pid)
        for unused in (descriptor, read_end, write_end):
            os.close(unused)
        return channel
    children.clear()
    channel.close()  # it must not read what another is asked
    os.close(write_end)
    os.read(read_end, 1)  # until the parent has closed the descriptor: then its end shows at the engine's
    os.close(read_end)
    os.setsid()  # if it is given a low priority, its siblings are not
    return _greet(descriptor)


def _is_running(child: int) -> bool:
    """Return whether a child still runs; one that has ended is reaped."""
    try:
        return os.waitpid(child, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def _fork() -> int:
    """Fork; too many processes of this user are another submission's doing, and soon over."""
    while True:
        try:
            return os.fork()
        except BlockingIOError:
            time.sleep(_FORK_RETRY)


def _receive_descriptor(descriptor: int, size: int = 1) -> tuple[int, bytes]:
    """Return a descriptor that was sent, and the bytes sent with it, so many at most. Raises IndexError if
    none was."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=os.dup(descriptor)) as end:
        content, descriptors, _, _ = socket.recv_fds(end, size, 1)
        return descriptors[0], content


def _greet(descriptor: int) -> Channel:
    os.write(descriptor, GREETING)
    return Channel(descriptor)


def _run_cell(
    shell: Shell, context: Context, source: str, names: list[str], shared: list[str], is_own: bool
) -> dict[str, Any]:
    """Run a cell; return its outputs and what stands under the names that tests read.

    shared: names of classes and functions that the examiner has, too; a cell that is not the examiner's own
    may only import them.
    """
    result = shell.run(source)
    there = {name: shell.namespace[name] for name in shared if name in shell.namespace}
    imported = {name for name, value in there.items() if getattr(value, "__module__", "") != "__main__"}
    share(context, there, there if is_own else imported)
    found = {name: shell.namespace[name] for name in names if name in shell.namespace}

    return {
        "outputs": result.outputs,
        "error": f"{type(result.error).__name__}: {error_text(result.error)}" if result.error else "",
        "functions": [name for name, value in found.items() if isinstance(value, _FUNCTIONS)],
        "modules": [name for name, value in found.items() if isinstance(value, ModuleType)],
        "values": {
            name: value for name, value in found.items() if not isinstance(value, (*_FUNCTIONS, ModuleType))
        },
    }


if __name__ == "__main__":
    options = sys.argv[2:]
    main(int(sys.argv[1]), [name for name in options if name[0] != "-"], "--fork-server" in options)
