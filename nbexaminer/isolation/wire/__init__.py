"""The only way between the student's process and the examiner's: plain data in bounded messages.

A message is a length (8 bytes) and one encoded value. A value is a tag (1 byte) and its content; only
what `encode` lists exists on the wire, so nothing that arrives can run code or hold a method of the
student's. Whatever arrives is checked as a stranger's: tags, lengths, depth, total size, dtypes.
"""

from nbexaminer.isolation.wire.channel import Channel
from nbexaminer.isolation.wire.context import Context, Reference, References
from nbexaminer.isolation.wire.decoding import decode
from nbexaminer.isolation.wire.encoding import encode
from nbexaminer.isolation.wire.format import MAX_BYTES, MAX_DEPTH, MAX_ITEMS, PLAIN_KINDS, Opaque
from nbexaminer.isolation.wire.kinds import prepare
from nbexaminer.isolation.wire.shared import set_attributes, share, travels

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_ITEMS",
    "PLAIN_KINDS",
    "Channel",
    "Context",
    "Opaque",
    "Reference",
    "References",
    "decode",
    "encode",
    "prepare",
    "set_attributes",
    "share",
    "travels",
]
