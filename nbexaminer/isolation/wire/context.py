"""What the two ends of a channel agree on besides plain data.

Both run the instructor's locked cells, so a class or function of these is known by its name at either
end: its instances travel by value. What can travel in no other way is referred to by a number, if an end
keeps a table of such objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Reference:
    """An object that stays where it is.

    mine: whether it is the sender's (as the receiver reads it: whether it is the other's); type_name: for
    messages; traits: what its owner says that one can do with it.
    """

    mine: bool
    number: int
    type_name: str = ""
    traits: tuple[str, ...] = ()


class References(Protocol):
    """A table of objects that the two ends refer to by number."""

    def refer(self, value: Any) -> Reference | None:
        """Return how to refer to a value that can't travel; None if it is to be an Opaque."""

    def find(self, reference: Reference) -> Any:
        """Return what a reference that arrived stands for here. Raises WireError if there is no such."""


@dataclass(frozen=True)
class Context:
    """shared: classes and functions that both ends have, each from the instructor's text, by name;
    is_examiner: whether this end is the trusted one."""

    shared: dict[str, Any] = field(default_factory=dict)
    references: References | None = None
    is_examiner: bool = False

    def name_of(self, value: Any) -> str | None:
        """Return the name of a shared class or function, None of anything else."""
        return next((name for name, known in self.shared.items() if known is value), None)


EMPTY = Context()
