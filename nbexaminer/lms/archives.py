"""Read untrusted archives: the zip file that an LMS gave, or a folder with the same files.

Nothing is unpacked by the names in it: members are read into memory, each within limits, and the caller
decides where they go. An archive that no honest program makes is refused as a whole; a single member that
can't be trusted is refused when it is read, so that it holds up nobody else.
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
from collections import Counter
from collections.abc import Callable, Iterator
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
_KEPT = " \u3000\u200c\u200d"  # spaces, and what joins and parts letters in Persian and emoji
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Member:
    """One file in an archive.

    name: its path there, with slashes, in Unicode's composed form (NFC).
    when: its time, in UTC; None if it bears none.
    read: returns its content; raises ArchiveRefused if this member can't be trusted or read.
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
        yield _files(path)
    else:
        with _File(path) as file, _zip(file) as archive:
            yield _members(archive, encoding, MEMBERS)


@contextlib.contextmanager
def opened_inside(
    data: bytes, members: int, total: int, encoding: str | None = None
) -> Iterator[list[Member]]:
    """Give the members of a zip file in memory; it may hold so many, and so many bytes in total."""
    with _zip(_Bytes(data)) as archive:
        size = sum(info.file_size for info in archive.infolist())
        if size > total:
            raise ArchiveRefused(f"it holds {_mib(size)} unpacked; {_mib(total)} are allowed")
        yield _members(archive, encoding, members)


def is_zip(name: str, data: bytes) -> bool:
    """Return whether a file is an archive to look into; documents and data may be zip files, too."""
    kind = re.search(r"\.[A-Za-z][^./]*$", name)
    return data[:4] in (b"PK\3\4", b"PK\5\6") and (kind is None or ".zip" in name.lower())


def escapes(name: str) -> str | None:
    """Return why a path is one that no honest archive holds, or None if it is harmless."""
    parts = name.split("/")
    if not name.strip("/"):
        return "is empty"
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        return "is absolute"
    if ".." in parts:
        return "leads out of the archive"
    if "" in parts[:-1] or "." in parts:  # what follows `//` would be absolute once the start is cut off
        return "has a part without a name"
    return None


def unfit(name: str) -> str | None:
    """Return why a relative path should not become a file's on any common system, or None if it may."""
    parts = name.split("/")
    if reason := escapes(name):
        return reason
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in name):
        return "holds control characters"
    sizes = [len(os.fsencode(part)) for part in parts]
    if len(parts) > _DEPTH or sum(sizes) + len(sizes) > _PATH_BYTES or max(sizes) > _NAME_BYTES:
        return "is too long"
    if any(_DEVICE.match(part) for part in parts):
        return "is a device's on some systems"
    return None


def printable(text: str, limit: int = 80) -> str:
    """Return an untrusted text as it may be printed: nothing in it controls a terminal or breaks a line."""
    clean = "".join(char for char in text if unicodedata.category(char)[0] not in "CZ" or char in _KEPT)
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"


class _Bounded(io.IOBase):
    """A file that is not read in one piece, as zipfile reads a list of members, however long that may be."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > _DIRECTORY_BYTES:
            raise ArchiveRefused("its list of members is too long")
        return super().read(size)  # type: ignore[no-any-return]  # of the file class beside this one


class _File(_Bounded, io.FileIO):
    pass


class _Bytes(_Bounded, io.BytesIO):
    pass


@contextlib.contextmanager
def _zip(file: _File | _Bytes) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError) as error:
        raise ArchiveRefused("it is no zip file, or cut short") from error
    with archive:
        yield archive


def _members(archive: zipfile.ZipFile, encoding: str | None, limit: int) -> list[Member]:
    """Return the files in a zip file; raises ArchiveRefused."""
    infos = archive.infolist()
    if len(infos) > limit:
        raise ArchiveRefused(f"it holds {len(infos):,} members; {limit:,} are allowed")
    size = sum(info.file_size for info in infos if info.file_size <= MEMBER_BYTES)
    packed = archive.fp.seek(0, io.SEEK_END) if archive.fp else 0  # what the list says may be a lie
    if size > max(TOTAL_BYTES, TOTAL_RATIO * packed):
        raise ArchiveRefused(f"it holds {_mib(size)} packed into {_mib(packed)}, as only a bomb does")
    found = []
    for info in infos:
        name = _name(info, encoding)
        if not name.endswith("/"):
            kind = stat.S_IFMT(info.external_attr >> 16)
            read = _refusal(_irregular(kind)) if kind not in (0, stat.S_IFREG) else _unpacker(archive, info)
            if info.flag_bits & 1:
                read = _refusal("is encrypted")
            found.append((name, _when(info), info.file_size, read))
    return _checked(found)


def _files(folder: Path) -> list[Member]:
    """Return the files in a folder; raises ArchiveRefused."""
    found: list[_Found] = []
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        kind = stat.S_IFMT(status.st_mode)
        if kind != stat.S_IFDIR:
            read = path.read_bytes if kind == stat.S_IFREG else _refusal(_irregular(kind))
            when = datetime.fromtimestamp(int(status.st_mtime), UTC)
            found.append((path.relative_to(folder).as_posix(), when, status.st_size, read))
        if len(found) > MEMBERS:
            raise ArchiveRefused(f"it holds more than {MEMBERS:,} files")
    return _checked(found)


_Found = tuple[str, datetime | None, int, Callable[[], bytes]]  # name, time, size, what reads it


def _checked(found: list[_Found]) -> list[Member]:
    """Return members under composed names; raises ArchiveRefused for a name that leads elsewhere.

    Of two members with the very same name neither is read: programs differ in which of them they show.
    """
    count = Counter(name for name, *_ in found)
    members = []
    for name, when, size, read in found:
        if reason := escapes(name):
            raise ArchiveRefused(f"the name of its member {printable(name)!r} {reason}")
        if count[name] > 1:
            read = _refusal("is there twice")
        members.append(Member(unicodedata.normalize("NFC", name), when, _reader(size, read)))
    return [member for member in members if not _LITTER.search(member.name)]


def _irregular(kind: int) -> str:
    return "is a link" if kind == stat.S_IFLNK else "is no plain file"


def _refusal(reason: str) -> Callable[[], bytes]:
    def refuse() -> bytes:
        raise ArchiveRefused(f"it {reason}")

    return refuse


def _reader(size: int, read: Callable[[], bytes]) -> Callable[[], bytes]:
    def bounded() -> bytes:
        if size > MEMBER_BYTES:
            raise ArchiveRefused(f"it is too large: {_mib(size)}; {_mib(MEMBER_BYTES)} are allowed")
        try:
            return read()
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error, ValueError) as error:
            raise ArchiveRefused("it is damaged and can't be read") from error

    return bounded


def _unpacker(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], bytes]:
    """Return what unpacks a member; zipfile never gives more bytes than the list of members says."""

    def unpack() -> bytes:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others take memory at will
            raise ArchiveRefused("it is packed in a way that is not opened here")
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
