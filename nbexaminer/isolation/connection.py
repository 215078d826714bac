"""The engine's end of a student's process: what it is asked, and how long its reply is waited for."""

from __future__ import annotations

import contextlib
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nbexaminer.errors import CallStopped, WireError
from nbexaminer.isolation.remote_exceptions import described
from nbexaminer.isolation.replies import MAX_PRINTED, text
from nbexaminer.isolation.wire import Channel, Context

Helpers = Mapping[str | int, Callable[..., Any]]  # by name, or by the number of a function that was passed


class Connection:
    """One process of a student's, by its id, and the channel to it."""

    def __init__(self, end: socket.socket, pid: int, watch: Callable[[int], None]) -> None:
        """watch: called every so often with the pid while a reply is waited for; it may raise."""
        self._socket, self.pid = end, pid
        end.setblocking(False)  # a process that doesn't read must not block us
        self._channel = Channel(end.fileno(), lambda: watch(pid))

    @classmethod
    def accept(cls, end: socket.socket, seconds: float, watch: Callable[[int], None]) -> Connection:
        """Wait for the process at the other end to greet. Raises CallStopped if it does not."""
        try:
            with stopping():
                return cls(end, greeting_process(end, time.monotonic() + seconds), watch)
        except BaseException:
            end.close()
            raise

    def use(self, context: Context) -> None:
        """Send and receive instances of the classes that a context holds."""
        self._channel.context = context

    def request_fork(self, seconds: float) -> socket.socket:
        """Request a fork; return the end of a channel at which the child will greet. Raises CallStopped."""
        return request_fork(self._channel, self._socket, {"do": "fork"}, seconds)

    def send(self, request: dict[str, Any], seconds: float) -> None:
        """Raises CallStopped."""
        with stopping():
            self._channel.send(request, time.monotonic() + seconds)

    def receive(self, seconds: float) -> Any:
        """Return what it says next. Raises CallStopped."""
        with stopping():
            return self._channel.receive(time.monotonic() + seconds)

    def request(self, request: dict[str, Any], seconds: float, helpers: Helpers | None = None) -> Any:
        """Return the reply to a request; meanwhile, call for it what it asks of the helpers.

        Raises CallStopped.
        """
        deadline = time.monotonic() + seconds
        with stopping():
            self._channel.send(request, deadline)
            while True:
                reply = self._channel.receive(deadline)
                if not (helpers is not None and isinstance(reply, dict) and "ask" in reply):
                    return reply
                self._channel.send(_call_helper(helpers, reply), deadline)

    def close(self) -> None:
        self._socket.close()


def request_fork(
    channel: Channel, to: socket.socket, request: dict[str, Any], seconds: float
) -> socket.socket:
    """Request a fork of the process at a channel; return the end at which the child will greet.

    Raises CallStopped.
    """
    ours, theirs = credentials_pair()
    try:
        with theirs, stopping():
            channel.send(request, time.monotonic() + seconds)
            socket.send_fds(to, [b"+"], [theirs.fileno()])
        return ours
    except BaseException:
        ours.close()
        raise


def credentials_pair() -> tuple[socket.socket, socket.socket]:
    """Return two ends of a channel; at the first the kernel tells who has sent something."""
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


def greeting_process(end: socket.socket, deadline: float) -> int:
    """Return the id that the kernel gives for the sender of the first byte. Raises EOFError, TimeoutError."""
    end.settimeout(max(0.001, deadline - time.monotonic()))
    content, ancillary, _, _ = end.recvmsg(1, socket.CMSG_SPACE(struct.calcsize("3i")))
    if not content:  # it has ended; the kernel then says that process 0 has sent
        raise EOFError
    for level, kind, credentials in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            return int(struct.unpack("3i", credentials)[0])
    raise EOFError


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    """Turn whatever keeps a process from replying, or from replying in form, into CallStopped."""
    try:
        yield
    except TimeoutError:
        raise CallStopped("timed out") from None
    except MemoryError:
        raise CallStopped("out of memory") from None
    except WireError:
        raise CallStopped("bad reply") from None
    except (EOFError, OSError):
        raise CallStopped("died") from None


def _call_helper(helpers: Helpers, question: dict[str, Any]) -> dict[str, Any]:
    """Do the work of a correct helper for the student's process, which doesn't get its code."""
    if printed := question.get("printed"):
        sys.stdout.write(text(printed, MAX_PRINTED))
    try:
        return {"value": helpers[question["ask"]](*question["args"], **question["kwargs"])}
    except Exception as error:
        return {"raised": described(error)}
