"""Guards each wall of the sandbox, tried from a process that has entered it, for old and new kernels."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

import pytest

from nbexaminer.isolation import landlock, packages, sandbox
from nbexaminer.isolation.readable import python_folders, without

ENTER = """
import ctypes, fcntl, json, mmap, os, resource, socket, stat, struct, subprocess, sys, threading, time
from pathlib import Path
from nbexaminer.isolation import landlock, sandbox
from nbexaminer.isolation.limits import ProcessLimits
readable, writable, limits, user, version, engine, secret = json.loads(sys.argv[1])
if version:
    known = landlock.version
    landlock.version = lambda: min(version, known())
sandbox.enter(map(Path, readable), Path(writable), ProcessLimits(**limits), user)
os.chdir(writable)
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *args):
    result = libc.syscall(number, *args)
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return result
def refused(*attempts):
    for number, attempt in enumerate(attempts):
        try:
            got = attempt()
        except (OSError, MemoryError, RuntimeError, ValueError) as error:
            print("refused", number, type(error).__name__, getattr(error, "errno", ""))
        else:
            sys.exit(f"attempt {number} came to {got!r}")
"""


@pytest.fixture
def place(tmp_path):
    """A folder to write, a secret beside it that anybody may read and write, and nothing else."""
    os.chmod(tmp_path, 0o755)
    folder = Path(tempfile.mkdtemp(prefix="sandbox-"))
    os.chmod(folder, 0o755)
    (folder / "secret").write_text("CANARY")
    (folder / "secret").chmod(0o666)
    (folder / "own").mkdir()
    (folder / "open").mkdir()
    (folder / "open" / "data").write_text("to be read")
    (folder / "open" / "data").chmod(0o666)
    if os.geteuid() == 0:
        os.chown(folder / "own", sandbox.unprivileged_user(), -1)
    yield folder
    shutil.rmtree(folder)


def _inside(place: Path, code: str, version: int = 0, **limits) -> subprocess.CompletedProcess:
    """Run code in a process that has entered the sandbox (as an older Landlock would build it)."""
    readable = [
        *python_folders(()),
        "/usr/lib",
        "/lib",
        "/lib64",
        "/dev/zero",
        "/dev/null",
        str(place / "open"),
    ]
    user = sandbox.unprivileged_user()
    settings = [readable, str(place / "own"), limits, user, version, os.getpid(), str(place / "secret")]
    return subprocess.run(
        [sys.executable, "-c", ENTER + textwrap.dedent(code), json.dumps(settings)],
        capture_output=True,
        text=True,
        timeout=60,
    )


def _passes(result: subprocess.CompletedProcess) -> str:
    assert result.returncode == 0, (result.returncode, result.stdout, result.stderr)
    return result.stdout


WALLS = {
    "files outside": """
        refused(
            lambda: open(secret).read(),
            lambda: open(secret, "a"),
            lambda: os.open(secret, os.O_RDONLY | os.O_TRUNC),
            lambda: os.open(secret, os.O_WRONLY | os.O_CREAT),
            lambda: os.listdir(os.path.dirname(secret)),
            lambda: open("/etc/passwd"),
            lambda: os.listdir("/"),
            lambda: os.listdir(".."),
            lambda: open(os.path.dirname(secret) + "/new", "w"),
            lambda: os.mkdir(os.path.dirname(secret) + "/new"),
            lambda: os.symlink("x", os.path.dirname(secret) + "/new"),
            lambda: os.link(secret, "stolen"),
            lambda: os.rename(secret, "stolen"),
            lambda: os.rename("../own", "../other"),
            lambda: os.unlink(secret),
            lambda: open("/dev/shm/x", "w"),
            lambda: open("/tmp/x", "w"),
            lambda: os.open("/tmp", os.O_TMPFILE | os.O_RDWR),
        )
    """,
    "links to the outside": """
        os.symlink(secret, "link")
        os.symlink("/proc/self", "proc")
        refused(lambda: open("link").read(), lambda: open("link", "w"), lambda: open("proc/environ").read())
    """,
    "files that may only be read": """
        data = os.path.dirname(secret) + "/open/data"
        assert open(data).read() == "to be read"
        refused(
            lambda: open(data, "a"),
            lambda: os.open(data, os.O_RDONLY | os.O_TRUNC),
            lambda: os.open(data, os.O_WRONLY),
            lambda: os.truncate(data, 0),
            lambda: os.ftruncate(os.open(data, os.O_RDONLY), 0),
            lambda: syscall(76, data.encode(), 0),
            lambda: syscall(85, data.encode(), 0o600),
            lambda: syscall(437, -100, data.encode(), struct.pack("QQQ", os.O_RDWR, 0, 0), 24),
            lambda: os.unlink(data),
            lambda: os.rename(data, data + "x"),
            lambda: open("/dev/zero", "wb"),
        )
        assert open(data).read() == "to be read"
    """,
    "rights and times of files": """
        for path in (secret, os.path.dirname(secret) + "/open/data", "."):
            refused(
                lambda: os.chmod(path, 0o777),
                lambda: os.utime(path),
                lambda: os.utime(path, (0, 0)),
                lambda: os.chown(path, user, -1),
                lambda: os.setxattr(path, "user.x", b"y"),
                lambda: os.fchmod(os.open(path, os.O_PATH), 0o777),
                lambda: syscall(90, path.encode(), 0o777),
                lambda: syscall(452, -100, path.encode(), 0o777, 0),
            )
    """,
    "proc": """
        for pid in ("self", "1", engine, os.getppid()):
            for name in ("mem", "environ", "maps", "cmdline", "status", "fd", "task"):
                refused(lambda: open(f"/proc/{pid}/{name}", "rb").read(1) if name not in ("fd", "task")
                        else os.listdir(f"/proc/{pid}/{name}"))
        refused(lambda: os.listdir("/proc"), lambda: os.readlink(f"/proc/{engine}/exe"))
    """,
    "sockets of every family": """
        for family in range(0, 46):
            for kind in range(1, 7):
                refused(lambda: socket.socket(family, kind, 0))
        refused(lambda: socket.socketpair(), lambda: syscall(53, 1, 1, 0, 0))
    """,
    "signals": """
        for pid in (engine, 1, -1, 0, os.getppid(), -os.getpgrp(), os.getpid()):
            for number in (0, 9, 19):
                refused(
                    lambda: os.kill(pid, number),
                    lambda: syscall(200, pid, number),
                    lambda: syscall(234, pid, pid, number),
                    lambda: syscall(129, pid, number, 0),
                    lambda: syscall(297, pid, pid, number, 0),
                )
        refused(lambda: os.pidfd_open(engine), lambda: os.killpg(0, 9), lambda: syscall(424, 0, 9, 0, 0))
    """,
    "other processes": """
        local = (ctypes.c_size_t * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)
        for pid in (engine, os.getppid(), 1, os.getpid()):
            refused(
                lambda: syscall(101, 16, pid, 0, 0),
                lambda: syscall(101, 0x4206, pid, 0, 0),
                lambda: syscall(310, pid, local, 1, local, 1, 0),
                lambda: syscall(311, pid, local, 1, local, 1, 0),
                lambda: syscall(312, os.getpid(), pid, 0, 0, 0),
                lambda: resource.prlimit(pid, resource.RLIMIT_AS),
                lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)),
                lambda: os.sched_setaffinity(pid, {0}),
                lambda: os.setpriority(os.PRIO_PROCESS, pid, 19),
                lambda: syscall(438, pid, 0, 0),
            )
        refused(lambda: syscall(101, 0, 0, 0, 0))
    """,
    "programs": """
        refused(
            lambda: os.execv("/usr/bin/true", ["true"]),
            lambda: os.execv(sys.executable, ["python"]),
            lambda: syscall(322, os.open(".", os.O_PATH), b"", 0, 0, 0x1000),
            lambda: subprocess.run(["/usr/bin/true"]),
        )
    """,
    "namespaces": """
        refused(
            lambda: syscall(272, 0x10000000),
            lambda: syscall(272, 0x00020000),
            lambda: syscall(308, 0, 0),
            lambda: syscall(161, b"."),
            lambda: syscall(165, 0, b".", 0, 0, 0),
        )
        for flag in (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
            refused(lambda: syscall(56, flag | 17, 0, 0, 0, 0))
        refused(lambda: syscall(435, struct.pack("Q", 0x10000000) + bytes(80), 88))
    """,
    "signals by descriptors": """
        descriptor = os.open("file", os.O_CREAT | os.O_RDWR)
        refused(
            lambda: fcntl.fcntl(descriptor, fcntl.F_SETOWN, engine),
            lambda: fcntl.fcntl(descriptor, 15, struct.pack("ii", 1, engine)),
            lambda: fcntl.fcntl(descriptor, fcntl.F_SETSIG, 9),
            lambda: fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_WRLCK),
            lambda: fcntl.fcntl(descriptor, fcntl.F_NOTIFY, 1),
            lambda: fcntl.fcntl(descriptor, 1033, 1),
            lambda: fcntl.ioctl(descriptor, 0x8901, b"1234"),
            lambda: fcntl.ioctl(descriptor, 0x5412, b"x"),
            lambda: fcntl.ioctl(descriptor, 0x40086602, bytes(8)),
        )
        assert fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_RDWR
        fcntl.lockf(descriptor, fcntl.LOCK_EX)
    """,
    "devices, pipes and hidden files": """
        refused(
            lambda: os.mkfifo("pipe"),
            lambda: os.mknod("null", 0o666 | stat.S_IFCHR, os.makedev(1, 3)),
            lambda: os.memfd_create("x"),
            lambda: syscall(29, 0, 4096, 0o1600),
            lambda: syscall(240, b"/x", 0x40, 0o600, 0),
            lambda: syscall(425, 1, ctypes.create_string_buffer(200)),
            lambda: syscall(321, 0, 0, 0),
            lambda: syscall(298, 0, 0, 0, 0, 0),
            lambda: syscall(250, 0, 0, 0, 0, 0),
        )
    """,
    "memory that only processes share": """
        refused(
            lambda: mmap.mmap(-1, 4096),
            lambda: mmap.mmap(-1, 4096, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS | 0x4000),
        )
        mmap.mmap(-1, 4096, mmap.MAP_PRIVATE)
    """,
    "what would open the walls again": """
        refused(
            lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6)),
            lambda: resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2),
            lambda: os.setuid(0),
            lambda: os.setgroups([0]),
            lambda: syscall(157, 22, 0, 0, 0, 0),
            lambda: syscall(157, 38, 0, 0, 0, 0),
            lambda: syscall(0x40000000 + 39),
            lambda: syscall(304, 0, 0, 0),
            lambda: syscall(126, 0, 0),
        )
        assert os.getuid() == os.geteuid() == user != 0 and os.getresuid() == (user,) * 3
        assert engine and os.getgroups() in ([], os.getgroups())
    """,
    "a child": """
        pid = os.fork()
        if pid == 0:
            try:
                refused(lambda: open(secret), lambda: socket.socket(), lambda: os.kill(engine, 0))
                os._exit(0)
            finally:
                os._exit(1)
        assert os.waitpid(pid, 0)[1] == 0
    """,
    "what must work": """
        Path("a/b").mkdir(parents=True)
        Path("a/b/file").write_text("x")
        os.replace("a/b/file", "file")
        os.symlink("file", "link")
        with open("big", "wb") as file:
            file.truncate(1000)
        with open("big", "r+b") as file:
            memory = mmap.mmap(file.fileno(), 1000)
            memory[0] = 1
        thread = threading.Thread(target=lambda: time.sleep(0.001))
        thread.start()
        thread.join()
        read, write = os.pipe()
        if os.fork() == 0:
            os.write(write, b"x")
            os._exit(0)
        assert os.read(read, 1) == b"x" and os.wait()[1] == 0
        import decimal, random, tempfile, zoneinfo
        with tempfile.TemporaryDirectory(dir=".") as folder:
            Path(folder, "x").touch()
        assert len(os.urandom(8)) == 8 and os.stat(secret).st_size == 6
    """,
}

VERSIONS = {0: "as it is", 1: "5.13", 2: "5.19", 3: "6.2", 4: "6.7", 5: "6.10"}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: f"Linux {VERSIONS[version]}")
@pytest.mark.parametrize("wall", WALLS)
def test_wall_holds(wall, version, place):
    """An old Landlock knows fewer rights; what it lacks seccomp refuses, so all walls hold on all."""
    code = WALLS[wall]
    if version == 1:  # it refuses every move from one folder to another
        code = code.replace('os.replace("a/b/file", "file")', 'Path("file").write_text("x")')
    _passes(_inside(place, code, version))
    assert (place / "secret").read_text() == "CANARY"
    assert (place / "open" / "data").read_text() == "to be read"


def test_limit_of_memory(place):
    code = """
    bytearray(2**24)
    refused(lambda: bytearray(200 * 2**20), lambda: mmap.mmap(-1, 2**30, mmap.MAP_PRIVATE))
    """
    _passes(_inside(place, code, memory=100 * 2**20))


def test_limit_of_processor_time(place):
    result = _inside(place, "while True: pass", cpu=1)
    assert result.returncode in (-9, -24)


def test_limit_of_a_file(place):
    code = """
    def write():
        with open("big", "wb", buffering=0) as file:
            while True:
                if file.write(bytes(2**16)) < 2**16: raise OSError
    refused(write)
    big = os.open("big", os.O_RDWR)
    refused(lambda: os.ftruncate(big, 2**30), lambda: os.posix_fallocate(big, 0, 2**30))
    assert os.stat("big").st_size <= 2**20
    """
    _passes(_inside(place, code, file_size=2**20))


def test_limit_of_processes_and_threads(place):
    code = """
    event, read_end = threading.Event(), os.pipe()
    def many():
        for _ in range(20):
            if os.fork() == 0:
                os.read(read_end[0], 1)
                os._exit(0)
    def threads():
        for _ in range(20):
            threading.Thread(target=event.wait, daemon=True).start()
    refused(threads, many)
    os.write(read_end[1], bytes(100))
    os._exit(0)
    """
    _passes(_inside(place, code, processes=8))


def test_limits_of_descriptors_and_core_files(place):
    code = """
    refused(lambda: [os.open(".", os.O_RDONLY) for _ in range(1000)])
    assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
    """
    _passes(_inside(place, code))


def test_calls_of_another_architecture_end_the_process(place):
    code = """
    code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
    code.write(bytes.fromhex("b814000000cd80c3"))  # int 0x80
    ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
    """
    assert _inside(place, code).returncode == -31  # SIGSYS


def test_packages_may_be_read_but_not_ours_nor_hidden_ones(tmp_path, monkeypatch):
    """Wherever they are installed: beside all other packages, as one file, or in a folder of their own."""
    for name in ("numpy", "nbexaminer", "secret", "sub/inner"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "tests_of_unit_1.py").touch()
    hidden = {tmp_path / "nbexaminer", tmp_path / "secret", tmp_path / "sub" / "inner"}
    assert list(without(tmp_path, hidden | {tmp_path / "tests_of_unit_1.py"})) == [str(tmp_path / "numpy")]
    assert list(without(tmp_path / "numpy", hidden)) == [str(tmp_path / "numpy")]

    monkeypatch.syspath_prepend(tmp_path)
    assert packages.locations("secret") == [tmp_path / "secret"]
    assert tmp_path / "tests_of_unit_1.py" in packages.locations("tests_of_unit_1")
    folder = str(sandbox.__file__).rpartition("/nbexaminer/")[0]
    for package in ("nbexaminer", "reference", "jinja2"):
        paths = packages.locations(package)
        assert paths and not any(
            path.is_relative_to(readable) for path in paths for readable in python_folders([package])
        )
    assert folder not in python_folders(())


def test_root_becomes_a_user_that_nobody_else_is():
    user = sandbox.unprivileged_user()
    if os.geteuid():
        assert user == os.geteuid()
    else:
        assert user > 60_000
        assert sandbox.count_tasks(user) == 0


def test_a_container_with_few_users_has_nobody(monkeypatch, tmp_path):
    (tmp_path / "map").write_text("0 1000 1\n1 100000 65536\n")
    plain = open
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("builtins.open", lambda path, *args: plain(tmp_path / "map", *args))
    assert sandbox.unprivileged_user() == 65534


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda patch: patch.setattr(sandbox.platform, "system", lambda: "Darwin"), "Linux (this is Darwin)"),
        (lambda patch: patch.setattr(sandbox.platform, "machine", lambda: "riscv64"), "this is riscv64"),
        (lambda patch: patch.setattr(landlock, "version", lambda: -1), "Landlock"),
        (lambda patch: patch.setattr(sandbox, "_PR_GET_SECCOMP", 10_000), "seccomp"),
        (lambda patch: patch.setattr(sandbox.os.path, "exists", lambda path: False), "CONFIG_PROC_CHILDREN"),
    ],
    ids=["system", "processor", "landlock", "seccomp", "children"],
)
def test_what_a_machine_lacks_is_named(monkeypatch, change, says):
    assert sandbox.missing() == []
    change(monkeypatch)
    assert says in "; ".join(sandbox.missing())


def test_a_wall_that_cannot_be_built_is_an_error(place):
    code = """
    from nbexaminer.errors import SandboxError
    from nbexaminer.isolation.sandbox import enter
    try:
        enter([], Path("missing"), ProcessLimits(), user)
    except SandboxError as error:
        print(error)
    """
    assert "can't be built" in _passes(_inside(place, code))
