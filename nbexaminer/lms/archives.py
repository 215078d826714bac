"""Look into an archive, or a folder, that strangers had a hand in.

Nothing is ever unpacked by the names in it: members are read into memory, each within limits, and whoever
asks decides where they go. What no honest program makes is refused.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbexaminer.errors import ArchiveRefused

MEMBERS = 5000  # of an archive of a whole class
MEMBER_BYTES = 64 * 2**20
TOTAL_BYTES, TOTAL_RATIO = 2**30, 50  # more than these, both of them, is a bomb
_DIRECTORY_BYTES = 4 * 2**20  # of an archive's list of members
_NAME_BYTES, _PATH_BYTES, _DEPTH = 255, 1000, 20

_LITTER = re.compile(
    r"(^|/)(__MACOSX|\.ipynb_checkpoints|__pycache__|\.git)/|(^|/)(\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)$"
)
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Member:
    """One file in an archive.

    name: its path there, with slashes, in Unicode's composed form (NFC).
    when: its time, in UTC; None if it bears none.
    read: returns its content; raises ArchiveRefused.
    """

    name: str
    when: datetime | None
    read: Callable[[], bytes]


@contextlib.contextmanager
def opened(path: Path, encoding: str | None = None) -> Iterator[list[Member]]:
    """Give the members of a zip file, or of a folder that was unpacked from one.

    encoding: of names that are not UTF-8, as Windows makes them; by default what the standard says, cp437.
    Raises ArchiveRefused if the archive as a whole is not to be trusted.
    """
    if path.is_dir():
        yield _checked((str(file.relative_to(path)), file) for file in sorted(path.rglob("*")))
    else:
        with _File(path) as file, _zip(file) as archive:
            yield _listed(archive, encoding, MEMBERS)


@contextlib.contextmanager
def opened_inside(
    data: bytes, members: int, total: int, encoding: str | None = None
) -> Iterator[list[Member]]:
    """Give the members of a zip file in memory; it may hold so many, and so many bytes in total."""
    with _zip(_Bytes(data)) as archive:
        size = sum(info.file_size for info in archive.infolist())
        if size > total:
            raise ArchiveRefused(f"it holds {_mib(size)} unpacked; {_mib(total)} are allowed")
        yield _listed(archive, encoding, members)


def is_zip(name: str, data: bytes) -> bool:
    """Return whether a file is an archive to look into; documents and data may be zip files, too."""
    kind = re.search(r"\.[A-Za-z][^./]*$", name)
    return data[:4] in (b"PK\3\4", b"PK\5\6") and (kind is None or ".zip" in name.lower())


def unsafe(name: str) -> str | None:
    """Return why a path from outside can't be trusted, or None if it can."""
    parts = name.split("/")
    if not name.strip("/"):
        return "is empty"
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        return "holds control characters"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "is absolute"
    if ".." in parts:
        return "leads out of the archive"
    if "" in parts[:-1] or "." in parts:  # what follows `//` would be absolute once the start is cut off
        return "has a part without a name"
    if len(parts) > _DEPTH or len(os.fsencode(name)) > _PATH_BYTES:
        return "is too long"
    if any(len(os.fsencode(part)) > _NAME_BYTES for part in parts):
        return "is too long"
    if any(_DEVICE.match(part) for part in parts):
        return "is the name of a device on some systems"
    return None


def shown(text: str, limit: int = 80) -> str:
    """Return a text from outside as it may be printed: nothing in it controls a terminal or turns lines."""
    clean = "".join(char for char in text if unicodedata.category(char)[0] != "C" or char in "\u200c\u200d")
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"


class _Careful:
    """A file that is not read in one piece, as zipfile reads a list of members, however long that may be."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _DIRECTORY_BYTES:
            raise ArchiveRefused("its list of members is too long")
        return super().read(size)


class _File(_Careful, io.FileIO):
    pass


class _Bytes(_Careful, io.BytesIO):
    pass


@contextlib.contextmanager
def _zip(file: _File | _Bytes) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError) as error:
        raise ArchiveRefused("it is no zip file, or cut short") from error
    with archive:
        yield archive


def _listed(archive: zipfile.ZipFile, encoding: str | None, members: int) -> list[Member]:
    infos = archive.infolist()
    if len(infos) > members:
        raise ArchiveRefused(f"it holds {len(infos):,} members; {members:,} are allowed")
    names = {id(info): _name(info, encoding) for info in infos}
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            what = "a link" if kind == stat.S_IFLNK else "no plain file"
            raise ArchiveRefused(f"its member {shown(names[id(info)])} is {what}")
        if info.flag_bits & 1:
            raise ArchiveRefused(f"its member {shown(names[id(info)])} is encrypted")
    size = sum(info.file_size for info in infos if info.file_size <= MEMBER_BYTES)
    packed = archive.fp.seek(0, io.SEEK_END)  # what the list says may be a lie
    if size > max(TOTAL_BYTES, TOTAL_RATIO * packed):
        raise ArchiveRefused(f"it holds {_mib(size)} packed into {_mib(packed)}, as only a bomb does")
    return _checked((names[id(info)], (archive, info)) for info in infos)


def _checked(found: Iterable[tuple[str, Path | tuple[zipfile.ZipFile, zipfile.ZipInfo]]]) -> list[Member]:
    """Return the members that are files; raises ArchiveRefused for a name that can't be trusted."""
    members: dict[str, Member] = {}
    for name, source in found:
        name = unicodedata.normalize("NFC", name)
        if reason := unsafe(name):
            raise ArchiveRefused(f"the name of its member {shown(name)!r} {reason}")
        if name in members:
            raise ArchiveRefused(f"it holds two members called {shown(name)}")
        if isinstance(source, Path):
            if source.is_symlink():
                raise ArchiveRefused(f"its member {shown(name)} is a link")
            if not source.is_file():
                continue
            status = source.stat()
            when = datetime.fromtimestamp(int(status.st_mtime), UTC)
            members[name] = Member(name, when, _reader(name, status.st_size, source.read_bytes))
        elif not name.endswith("/"):
            archive, info = source
            members[name] = Member(name, _when(info), _reader(name, info.file_size, _unpacker(archive, info)))
        if len(members) > MEMBERS:
            raise ArchiveRefused(f"it holds more than {MEMBERS:,} files")
    return [member for name, member in members.items() if not _LITTER.search(name)]


def _reader(name: str, size: int, read: Callable[[], bytes]) -> Callable[[], bytes]:
    def careful() -> bytes:
        if size > MEMBER_BYTES:
            raise ArchiveRefused(
                f"{shown(name)} is too large: {_mib(size)}; {_mib(MEMBER_BYTES)} are allowed"
            )
        try:
            return read()
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error, ValueError) as error:
            raise ArchiveRefused(f"{shown(name)} is damaged and can't be read") from error

    return careful


def _unpacker(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    """Return what unpacks a member; zipfile never gives more bytes than the list of members says."""

    def unpack() -> bytes:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others take memory at will
            raise ArchiveRefused(f"{shown(info.filename)} is packed in a way that is not opened here")
        with archive.open(info) as file:
            return b"".join(iter(lambda: file.read(2**20), b""))

    return unpack


def _name(info: zipfile.ZipInfo, encoding: str | None) -> str:
    """Return a member's name; many programs write UTF-8 and don't say so."""
    name = info.orig_filename  # `filename` ends at the first NUL
    if not info.flag_bits & 0x800:
        raw = name.encode("cp437")
        for guess in ("utf-8", encoding or "cp437"):
            with contextlib.suppress(UnicodeDecodeError):
                name = raw.decode(guess)
                break
    return name.replace("\\", "/")


def _when(info: zipfile.ZipInfo) -> datetime | None:
    """Return a member's time: of the extended time stamp, which is in UTC, or else of this machine's zone."""
    extra = info.extra
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == 0x5455 and length >= 5 and extra[4] & 1 and len(extra) >= 9:
            return datetime.fromtimestamp(struct.unpack("<i", extra[5:9])[0], UTC)
        extra = extra[4 + length :]
    if info.date_time <= (1980, 1, 1, 23, 59, 59):  # what is written where there is no time
        return None
    try:
        return datetime(*info.date_time).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _mib(size: int) -> str:
    return f"{size / 2**20:,.1f} MiB" if size < 2**30 else f"{size / 2**30:,.1f} GiB"
