"""One end of a stream between two processes, speaking in messages."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections.abc import Callable
from typing import Any

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.context import EMPTY, Context
from nbexaminer.isolation.wire.decoding import decode
from nbexaminer.isolation.wire.encoding import encode
from nbexaminer.isolation.wire.format import LENGTH, MAX_BYTES


class Channel:
    """One end of a two-way stream (a socket's descriptor), speaking in messages."""

    def __init__(self, descriptor: int, watch: Callable[[], None] | None = None, every: float = 0.05) -> None:
        """watch: called every so many seconds while a message is waited for, whether or not bytes come."""
        self.descriptor = descriptor
        self.context: Context = EMPTY
        self._watch, self._every = watch, every
        self._watched = time.monotonic()
        self._ahead = bytearray()
        self._reads_ahead = 1 << 16 if watch else 0  # else a descriptor may follow, for somebody else to take
        self._pollers = {event: select.poll() for event in (select.POLLIN, select.POLLOUT)}
        for event, poller in self._pollers.items():
            poller.register(descriptor, event)

    def send(self, value: Any, deadline: float | None = None) -> None:
        """Send a value. Raises WireError if it is too large, TimeoutError, or OSError if nobody listens."""
        content = encode(value, self.context)
        rest = memoryview(LENGTH.pack(len(content)) + content)
        while True:
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(self.descriptor, rest[: 1 << 16]) :]
            if not rest:
                return
            self._wait(select.POLLOUT, deadline)

    def receive(self, deadline: float | None = None) -> Any:
        """Return the next value. Raises WireError, EOFError at the end, TimeoutError, or what watch raises.

        deadline: on the clock of time.monotonic(), seconds; None waits for ever.
        """
        length = LENGTH.unpack(self._read(LENGTH.size, deadline))[0]
        if length > MAX_BYTES:
            raise WireError("a message is too long")
        return decode(self._read(length, deadline), self.context)

    def _read(self, count: int, deadline: float | None) -> bytes:
        content = self._ahead
        while len(content) < count:
            self._wait(select.POLLIN, deadline)
            part = os.read(self.descriptor, min(max(count - len(content), self._reads_ahead), 1 << 20))
            if not part:
                raise EOFError
            content += part
        self._ahead = content[count:]
        return bytes(content[:count])

    def _wait(self, event: int, deadline: float | None) -> None:
        """Wait until there is something to do; a stranger who always has something wins no time."""
        if deadline is None:
            return
        ready: list[tuple[int, int]] = []
        while not ready:
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError
            if self._watch and now >= self._watched + self._every:
                self._watch()
                self._watched = now = time.monotonic()
            ready = self._pollers[event].poll(max(0.0, min(deadline - now, self._every)) * 1000)

    def close(self) -> None:
        os.close(self.descriptor)
