"""Attacks as data: what a submission does beside its wrong answers.

Every attack but those in `bad` must end exactly as the honest wrong answers do. COURSE, REPO and ENGINE
stand for the course's folder, the folder of this project and the id of the process that grades.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from textwrap import dedent, indent

EXERCISES = (  # all that count, and one that does not
    "zero_pad",
    "conv_single_step",
    "conv_forward",
    "pool_forward",
    "pool_backward",
)


@dataclass(frozen=True)
class Attack:
    """name: what is tried.

    cell: an extra cell above all answers; body: statements in the answer of `at`, before it returns;
    result: the expression that every answer returns; metadata: of every cell.
    bad: exercises ("all": each) that end otherwise than wrong: the reasons that may be, between bars.
    refused: whether each `attempt` of the attack must fail.
    """

    name: str
    cell: str = ""
    body: str = ""
    at: str = "zero_pad"
    result: str = "np.zeros(3)"
    metadata: dict = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)
    refused: bool = False

    def __str__(self) -> str:
        return self.name

    def answer(self, function: str) -> str:
        body = dedent(self.body).strip() if function == self.at and self.body else "pass"
        return f"def {function}(*args, **kwargs):\n{indent(body, '    ')}\n    return {self.result}\n"


ATTEMPT = """
def attempt(do):
    try:
        got = do()
    except BaseException as error:
        print("refused:", type(error).__name__)
    else:
        print("GOT", repr(got)[:3000])
"""


def _cells(bad: dict[str, str] | None = None, **cells: str) -> list[Attack]:
    return [Attack(n.replace("_", " "), cell=dedent(c), bad=bad or {}) for n, c in cells.items()]


def _refused(**cells: str) -> list[Attack]:
    return [Attack(n.replace("_", " "), cell=ATTEMPT + dedent(c), refused=True) for n, c in cells.items()]


def _results(**results: str) -> list[Attack]:
    return [Attack(f"returns {n.replace('_', ' ')}", result=r) for n, r in results.items()]


def _results_with(cell: str, **results: str) -> list[Attack]:
    cell = dedent(cell)
    return [Attack(f"returns {n.replace('_', ' ')}", cell=cell, result=r) for n, r in results.items()]


def _bodies(bad: str, **bodies: str) -> list[Attack]:
    bad_ones = {"zero_pad": bad} if bad else {}
    return [Attack(n.replace("_", " "), body=b, bad=bad_ones) for n, b in bodies.items()]


# --------------------------------------------------------------------------------------------------
# To change what the checks are made of: builtins, NumPy, IPython.

PATCHES = _cells(
    patched_numpy_comparisons="""
        import numpy.testing
        yes = lambda *args, **kwargs: True
        np.allclose = np.isclose = np.array_equal = np.testing.assert_allclose = yes
        np.testing.assert_array_equal = np.testing.assert_equal = yes
        np.ndarray.any = yes
    """,
    patched_import="""
        import builtins
        plain = builtins.__import__
        def lie(name, *args, **kwargs):
            if name.startswith(("reference", "nbexaminer")):
                import types
                return types.SimpleNamespace(cnn_step_by_step=None)
            return plain(name, *args, **kwargs)
        builtins.__import__ = lie
    """,
    poisoned_modules="""
        import sys, types
        class Fake(types.ModuleType):
            def __getattr__(self, name):
                return lambda *args, **kwargs: (lambda: 100.0)
        for name in ("reference", "reference.cnn_step_by_step", "reference.cnn_step_by_step.hidden_tests",
                     "nbexaminer.checks.exercise"):
            sys.modules[name] = Fake(name)
        sys.path.insert(0, ".")
        sys.meta_path.insert(0, Fake("finder"))
        sys.meta_path.pop(0)
    """,
    modules_beside_the_notebook="""
        from pathlib import Path
        for name in ("reference", "nbexaminer"):
            Path(name).mkdir(exist_ok=True)
            Path(name, "__init__.py").write_text("raise SystemExit('mine')")
        for name in ("numpy", "h5py", "sitecustomize", "contextlib", "warnings"):
            Path(name + ".py").write_text("raise SystemExit('mine')")
        Path("data/photograph.h5").write_bytes(b"")
        print(sorted(path.name for path in Path().iterdir()))
    """,
    full_score_by_displayhook="""
        import sys
        sys.displayhook(100.0)
        get_ipython().displayhook(100.0)
        100.0
    """,
    displayhook_replaced="""
        import sys
        hook = get_ipython().displayhook
        type(hook).__call__ = lambda self, result=None: None
        sys.displayhook = lambda value: print(100.0)
    """,
    showtraceback_silenced="""
        shell = get_ipython()
        for name in ("showtraceback", "_showtraceback", "showsyntaxerror", "set_custom_exc"):
            setattr(type(shell), name, lambda self, *args, **kwargs: None)
        shell.showtraceback = lambda *args, **kwargs: None
    """,
    ast_transformer_drops_asserts="""
        import ast
        class Drop(ast.NodeTransformer):
            def visit_Assert(self, node): return ast.Pass()
            def visit_Raise(self, node): return ast.Pass()
            def visit_Expr(self, node): return ast.Expr(ast.Constant(100.0))
        get_ipython().ast_transformers.append(Drop())
    """,
    input_transformers="""
        def rewrite(lines):
            return ["100.0"] if any("hidden_tests" in line or "check" in line for line in lines) else lines
        get_ipython().input_transformers_cleanup.append(rewrite)
        get_ipython().input_transformers_post.append(rewrite)
    """,
    ipython_events="""
        events = get_ipython().events
        for name in ("pre_execute", "pre_run_cell", "post_execute", "post_run_cell"):
            events.register(name, lambda *args: print("event", 100.0))
    """,
    magics="""
        from IPython.core.magic import register_cell_magic, register_line_magic
        register_line_magic(lambda line: 100.0, "matplotlib")
        register_cell_magic(lambda line, cell: 100.0, "check")
        get_ipython().run_line_magic("config", "InteractiveShell.ast_node_interactivity = 'all'")
        get_ipython().run_line_magic("autoawait", "False")
        get_ipython().run_line_magic("reset", "-f")
        import numpy as np
    """,
    javascript_and_html="""
        from IPython.display import HTML, Javascript, Markdown, Latex, display, publish_display_data
        evil = "<script>alert('OWNED')</script><img src=x onerror=alert('OWNED')>"
        for kind in (HTML, Javascript, Markdown, Latex):
            display(kind(evil))
        publish_display_data({"text/html": evil, "image/svg+xml": evil, "application/javascript": evil})
        width = {"image/png": {"width": '"><script>'}}
        publish_display_data({"image/png": 'x" onerror="alert(1)'}, metadata=width)
        print(evil)
    """,
    grader_s_own_code_replaced="""
        import sys
        from nbexaminer.isolation import processes, replies, sandbox, shell, wire
        for module in (processes, replies, sandbox, shell, wire):
            for name, value in list(vars(module).items()):
                if isinstance(value, (int, float)) and not name.startswith("__"):
                    setattr(module, name, 10**9)
        encoding = wire.encoding
        encoding.MAX_BYTES = encoding.MAX_ITEMS = 10**12
        encoding.MAX_DEPTH = 10**6
    """,
    cell_magic_as_a_whole="%%javascript\nalert('OWNED')",
    a_shell_cell="%%bash\ncat COURSE/gradebook.db; echo 100.0",
    a_shell_line="!cat COURSE/gradebook.db; id; kill -9 ENGINE",
    run_magic="%run COURSE/source/cnn-step-by-step/cnn-step-by-step.ipynb",
    load_magic="%load COURSE/gradebook.db",
    syntax_error="def broken(:\n    100.0",
    null_bytes="print('a\\0b')\n\0",
    gigantic_source="x = [" + "1," * 200_000 + "]",
    last_value="100.0",
    names_that_tests_use="""
        check = ask = expect = lambda *args, **kwargs: 100.0
        hidden_tests = None
        __name__ = "reference"
        _ = __ = ___ = 100.0
    """,
)
PATCHES += _cells(
    {"all": "missing|died|wrong|raised"},  # these break their own process, too
    patched_builtins="""
        import builtins
        builtins.AssertionError = type("Quiet", (Exception,), {})
        builtins.isinstance = lambda *args: True
        builtins.type = lambda *args: float
        builtins.float = lambda *args: 5.0
        builtins.len = lambda thing: 7
        builtins.all = builtins.any = lambda *args: True
    """,
    run_cell_replaced="""
        shell = get_ipython()
        type(shell).run_cell = lambda self, *args, **kwargs: type("R", (), dict(
            error_before_exec=None, error_in_exec=None, result=100.0, success=True))()
    """,
)

# --------------------------------------------------------------------------------------------------
# Returned objects that compare, convert, pickle or print themselves to their author's advantage.

TRICKS = """
class Yes:
    shape, dtype, ndim, size = (4, 7, 7, 2), np.dtype(float), 4, 392
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __bool__(self): return True
    def __float__(self): return 5.0
    def __len__(self): return 2
    def __iter__(self): return iter((self, self))
    def __getitem__(self, key): return self
    def __getattr__(self, name):
        if name.startswith("__array_"): raise AttributeError(name)
        return lambda *args, **kwargs: self
    def __array__(self, *args, **kwargs): return np.zeros(3)
    def __array_function__(self, *args): return True
    def __array_ufunc__(self, *args, **kwargs): return True
    def __instancecheck__(self, other): return True
    def __sub__(self, other): return 0
    __rsub__ = __abs__ = __le__ = __lt__ = __add__ = __radd__ = lambda self, *args: True
    def __reduce__(self):
        import os
        return os.system, ("touch COURSE/owned",)
    def __repr__(self): return "100.0"
    __hash__ = object.__hash__

class Posing(Yes):
    @property
    def __class__(self): return np.ndarray

class Array(np.ndarray):
    def __eq__(self, other): return np.ones(1, bool)
    def any(self, *args): return False
    def __array_finalize__(self, other): pass
    def __array_ufunc__(self, *args, **kwargs): return np.zeros(1, bool)
    def __array_function__(self, *args): return np.zeros(1, bool)
    def tobytes(self, *args): return np.zeros(3).tobytes()
    def __reduce__(self): return eval, ("1/0",)

class Number(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    __rsub__ = __sub__
    def __format__(self, spec): raise KeyboardInterrupt

class Pair(tuple):
    def __len__(self): return 2
    def __iter__(self): return iter((Yes(), Yes()))
    def __eq__(self, other): return True
    __hash__ = tuple.__hash__

class Keys(dict):
    def keys(self): return Yes()
    def items(self): return [("a", Yes()), (Yes(), 1)]
    def __getitem__(self, key): return Yes()
    def __contains__(self, key): return True

class Name(str):
    def encode(self, *args): return b"x" * 10
    def __eq__(self, other): return True
    __hash__ = str.__hash__

class Meta(type):
    def __instancecheck__(cls, other): return True
    def __getattribute__(cls, name):
        if name == "__name__":
            return "ndarray"
        return super().__getattribute__(name)
class Named(metaclass=Meta): pass
cyclic = []; cyclic.append(cyclic)
looped = {}; looped["again"] = looped
bush = []; bush += [bush] * 100
deep = 1
for _ in range(10): deep = [deep]
abyss = []
for _ in range(100_000): abyss = [abyss]
"""

OBJECTS = _results_with(
    TRICKS,
    an_object_that_equals_everything="Yes()",
    an_object_that_poses_as_an_array="Posing()",
    a_subclass_of_ndarray="np.zeros(3).view(Array)",
    a_subclass_of_float="Number(1)",
    a_subclass_of_dict="Keys(a=1)",
    a_subclass_of_str="Name('x')",
    a_class_with_a_metaclass="Named()",
    a_class="Named",
    a_tuple_of_tricks="(Yes(), Posing(), Number(1))",
    a_list_of_tricks="[Yes(), Array]",
    an_object_array="np.array([Yes()] * 3, dtype=object)",
    a_cycle="cyclic",
    a_cycle_of_dictionaries="looped",
    ten_levels="deep",
    an_abyss="abyss",
)
OBJECTS.append(
    Attack(
        "returns a subclass of tuple that holds itself without end",
        cell=TRICKS,
        result="Pair((1,))",
        bad={"all": "wrong|timed out"},
    )
)
VALUES = _results(
    a_gigantic_view="np.broadcast_to(0.0, (10**6, 10**6))",
    a_large_number="10**2000",
    minus_a_large_number="-(10**2000)",
    a_large_number_in_a_tuple="(10**2000, 10**2000)",
    nan="float('nan')",
    nan_arrays="np.full((4, 7, 7, 2), np.nan)",
    infinity="float('inf')",
    minus_zero="-0.0",
    true="True",
    half_precision="np.float16(0.1)",
    long_double="np.longdouble('1e4000')",
    text_for_numbers="np.full((4, 7, 7, 2), '0')",
    bytes_for_numbers="np.full((4, 7, 7, 2), b'0')",
    a_record="np.zeros(3, 'f8,i4')",
    a_date="np.datetime64('now')",
    booleans="np.ones((4, 7, 7, 2), bool)",
    complex_numbers="np.full((4, 7, 7, 2), 1j)",
    empty="np.zeros((0, 7, 7, 2))",
    a_masked_array="np.ma.masked_all((4, 7, 7, 2))",
    unsigned_numbers="np.zeros((4, 7, 7, 2), 'u8') - np.uint64(1)",
    swapped_bytes="np.full((4, 7, 7, 2), 1.0).astype('>f8')",
    a_matrix="np.asmatrix(np.zeros((2, 2)))",
    a_generator="(k for k in range(3))",
    a_coroutine="type((lambda: (yield))())",
    a_function="zero_pad",
    a_module="np",
    the_shell="get_ipython()",
    a_lock="__import__('threading').Lock()",
    a_file="open('x', 'w')",
    half_characters="'\\ud800' * 5",
    controls="'\\x1b]0;OWNED\\x07\\x1b[2J\\x9b2J\\u202e'",
)

HEAVY = [
    Attack(f"returns {name}", body=f"return {value}", bad={"zero_pad": "wrong|died|bad reply|timed out"})
    for name, value in {
        "gigantic text": "'x' * 10**8",
        "gigantic bytes": "bytes(10**8)",
        "a gigantic array": "np.zeros(10**8)",
        "many items": "list(range(3_000_000))",
        "many keys": "dict.fromkeys(range(200_000))",
        "colliding keys": "dict.fromkeys(k * (2**61 - 1) for k in range(5_000))",
        "a gigantic number": "1 << 10**6",
    }.items()
]

# --------------------------------------------------------------------------------------------------
# To look where the tests, the solutions or other people's work may be.

LOOKING = _refused(
    course_files="""
        import os, glob
        for path in ("gradebook.db", "source/cnn-step-by-step/cnn-step-by-step.ipynb",
                     "submitted/other/cnn-step-by-step/cnn-step-by-step.ipynb", "nbgrader_config.py"):
            attempt(lambda: open("COURSE/" + path).read())
            attempt(lambda: os.open("COURSE/" + path, os.O_WRONLY | os.O_APPEND))
            attempt(lambda: os.open("COURSE/" + path, os.O_RDWR | os.O_CREAT))
            attempt(lambda: os.truncate("COURSE/" + path, 0))
            attempt(lambda: os.unlink("COURSE/" + path))
            attempt(lambda: os.rename("COURSE/" + path, "stolen"))
            attempt(lambda: os.link("COURSE/" + path, "stolen"))
            attempt(lambda: os.chmod("COURSE/" + path, 0o777))
            attempt(lambda: os.utime("COURSE/" + path))
            attempt(lambda: os.chown("COURSE/" + path, 0, 0))
            attempt(lambda: os.setxattr("COURSE/" + path, "user.mine", b"1"))
        attempt(lambda: os.listdir("COURSE"))
        attempt(lambda: os.mkdir("COURSE/mine"))
        attempt(lambda: os.symlink("/", "COURSE/mine"))
        attempt(lambda: open("COURSE/mine", "w"))
        attempt(lambda: os.mkfifo("COURSE/mine"))
    """,
    relative_paths="""
        import os
        for up in range(1, 9):
            attempt(lambda: os.listdir("../" * up))
        attempt(lambda: open("../" * 9 + "COURSE/gradebook.db").read())
    """,
    links_to_secrets="""
        import os
        os.symlink("COURSE", "course")
        os.symlink("/proc/self/root", "root")
        attempt(lambda: open("course/gradebook.db").read())
        attempt(lambda: os.listdir("course"))
        attempt(lambda: os.listdir("root"))
        attempt(lambda: open("root/etc/passwd").read())
    """,
    project_files="""
        import os
        for path in ("reference/cnn_step_by_step/hidden_tests.py", "reference/cnn_step_by_step/solutions.py",
                     "nbexaminer/checks/exercise.py", "nbexaminer/isolation/student_process.py",
                     "tests/attacks.py"):
            attempt(lambda: open("REPO/" + path).read())
        attempt(lambda: os.listdir("REPO"))
        attempt(lambda: os.listdir("REPO/reference/cnn_step_by_step/__pycache__"))
    """,
    imports="""
        import sys, importlib
        sys.path.insert(0, "REPO")
        for name in ("reference", "reference.cnn_step_by_step.hidden_tests",
                     "reference.cnn_step_by_step.solutions", "nbexaminer.checks.exercise",
                     "nbexaminer.engine.engine", "nbexaminer.course.preprocessors", "tests.attacks"):
            attempt(lambda: importlib.import_module(name).__file__)
    """,
    home_folders="""
        import os
        for path in ("/root", "/home", "/root/.ssh", "/etc/passwd", "/etc/shadow", "/etc/hostname", "/",
                     "/tmp",
                     "/var", "/run", "/sys", "/dev", "/work", "/boot", "/mnt"):
            attempt(lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())
            attempt(lambda: os.open(path, os.O_RDONLY))
    """,
    proc="""
        import os
        for pid in ("self", "1", "ENGINE", str(os.getppid()), "thread-self"):
            for name in ("mem", "maps", "environ", "cmdline", "status", "fd", "root", "stat", "task"):
                attempt(lambda: open(f"/proc/{pid}/{name}", "rb").read(100))
                attempt(lambda: os.listdir(f"/proc/{pid}/{name}"))
        attempt(lambda: os.listdir("/proc"))
        attempt(lambda: open("/proc/self/mem", "r+b"))
    """,
    memory_of_others="""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        def syscall(number, *args):
            result = libc.syscall(number, *args)
            if result < 0:
                raise OSError(ctypes.get_errno())
            return result
        buffer = ctypes.create_string_buffer(64)
        local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
        for pid in (ENGINE, os.getppid(), 1):
            attempt(lambda: syscall(310, pid, local, 1, local, 1, 0))
            attempt(lambda: syscall(311, pid, local, 1, local, 1, 0))
            attempt(lambda: syscall(101, 16, pid, 0, 0))
            attempt(lambda: syscall(101, 0x4206, pid, 0, 0))
            attempt(lambda: syscall(434, pid, 0))
            attempt(lambda: syscall(312, os.getpid(), pid, 0, 0, 0))
            attempt(lambda: syscall(440, pid, local, 1, 4, 0))
    """,
    kernel_doors="""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        def syscall(number, *args):
            result = libc.syscall(number, *args)
            if result < 0:
                raise OSError(ctypes.get_errno())
            return result
        doors = dict(bpf=321, perf=298, userfaultfd=323, memfd=319, io_uring=425, keyctl=250, add_key=248,
            open_by_handle=304, name_to_handle=303, mount=165, umount=166, chroot=161, pivot_root=155,
            unshare=272,
            setns=308, init_module=175, kexec=246, reboot=169, swapon=167, sethostname=170, settimeofday=164,
            shmget=29, msgget=68, semget=64, mq_open=240, inotify=253, fanotify=300, ptrace=101, prctl=157,
            execve=59, execveat=322, setuid=105, setsid=112, setpgid=109, sched_setaffinity=203,
            setpriority=141,
            personality=135, landlock=444, pidfd_open=434, openat2=437, clone3=435, mknod=133, iopl=172,
            acct=163,
            syslog=103, quotactl=179, process_madvise=440, mlock=149, timer_create=222, x32_getpid=0x40000027)
        for number in doors.values():
            attempt(lambda: syscall(number, 0, 0, 0, 0, 0, 0))
    """,
    sockets="""
        import socket, urllib.request
        families = [getattr(socket, name) for name in dir(socket) if name.startswith("AF_")]
        for family in families:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
                attempt(lambda: socket.socket(family, kind))
        attempt(lambda: socket.socketpair())
        attempt(lambda: socket.create_connection(("127.0.0.1", 22), timeout=1))
        attempt(lambda: socket.create_connection(("1.1.1.1", 53), timeout=1))
        attempt(lambda: socket.getaddrinfo("example.com", 80))
        attempt(lambda: urllib.request.urlopen("http://169.254.169.254/", timeout=1))
    """,
    programs="""
        import os, subprocess
        attempt(lambda: subprocess.run(["/bin/true"]))
        attempt(lambda: os.execv("/bin/true", ["true"]))
        attempt(lambda: os.posix_spawn("/bin/true", ["true"], {}))
        attempt(lambda: subprocess.check_output("id", shell=True))
        attempt(lambda: os.popen("id").read() or 1 / 0)
    """,
    signals="""
        import os, signal
        for pid in (ENGINE, 1, -1, 0, os.getppid(), -os.getpgrp(), os.getpid(), -os.getppid()):
            for number in (0, signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGINT):
                attempt(lambda: os.kill(pid, number))
        attempt(lambda: os.killpg(os.getpgrp(), signal.SIGKILL))
        attempt(lambda: os.killpg(0, signal.SIGKILL))
        attempt(lambda: signal.pidfd_send_signal(os.pidfd_open(ENGINE), signal.SIGKILL))
        attempt(lambda: signal.raise_signal(signal.SIGKILL))
    """,
    writing_anywhere="""
        import os, sys, sysconfig
        site = sysconfig.get_path("purelib")
        for folder in (site, os.path.dirname(np.__file__), os.path.dirname(np.__file__) + "/__pycache__",
                       "/tmp",
                       "/dev/shm", "/var/tmp", "/root", "/etc", os.path.dirname(os.getcwd()), "COURSE",
                       "/usr/lib",
                       sysconfig.get_path("stdlib"), "REPO", "REPO/nbexaminer"):
            attempt(lambda: open(folder + "/evil.pth", "w"))
            attempt(lambda: os.mkdir(folder + "/evil"))
            attempt(lambda: os.symlink("/", folder + "/evil"))
        for path in (np.__file__, sys.executable, os.__file__, site + "/__editable__.nbexaminer-0.1.0.pth"):
            attempt(lambda: open(path, "a"))
            attempt(lambda: os.open(path, os.O_RDONLY | os.O_TRUNC))
            attempt(lambda: os.unlink(path))
            attempt(lambda: os.rename(path, path + "x"))
            attempt(lambda: os.chmod(path, 0o777))
            attempt(lambda: os.utime(path, (0, 0)))
        for path in ("/dev/sda", "/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/ptmx", "/dev/null", "/dev/zero"):
            attempt(lambda: open(path, "wb"))
    """,
    devices_and_pipes="""
        import os, stat
        attempt(lambda: os.mknod("device", 0o666 | stat.S_IFCHR, os.makedev(1, 1)))
        attempt(lambda: os.mknod("block", 0o666 | stat.S_IFBLK, os.makedev(8, 0)))
        attempt(lambda: os.mkfifo("pipe"))
        attempt(lambda: os.mknod("socket", 0o666 | stat.S_IFSOCK))
        attempt(lambda: os.memfd_create("hidden"))
        attempt(lambda: __import__("multiprocessing.shared_memory").shared_memory.SharedMemory("x", True, 99))
    """,
    privileges="""
        import os, resource
        attempt(lambda: os.setuid(0))
        attempt(lambda: os.setresuid(0, 0, 0))
        attempt(lambda: os.setgroups([0]))
        attempt(lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)))
        attempt(lambda: resource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6)))
        attempt(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1)))
        attempt(lambda: resource.prlimit(ENGINE, resource.RLIMIT_AS))
        attempt(lambda: resource.prlimit(ENGINE, resource.RLIMIT_AS, (10**6, 10**6)))
        attempt(lambda: os.nice(-5))
        attempt(lambda: os.sched_setaffinity(0, {0}))
        attempt(lambda: os.setpriority(os.PRIO_PROCESS, ENGINE, 19))
        attempt(lambda: os.chroot("."))
        attempt(lambda: os.unshare(os.CLONE_NEWUSER) if hasattr(os, "unshare") else 1 / 0)
    """,
    owners_of_descriptors="""
        import fcntl, os
        for number in range(3, 256):
            try:
                os.fstat(number)
            except OSError:
                continue
            attempt(lambda: fcntl.fcntl(number, fcntl.F_SETOWN, ENGINE))
            attempt(lambda: fcntl.fcntl(number, fcntl.F_SETSIG, 9))
            attempt(lambda: fcntl.fcntl(number, fcntl.F_SETLEASE, fcntl.F_RDLCK))
            attempt(lambda: fcntl.fcntl(number, fcntl.F_NOTIFY, 1))
            attempt(lambda: fcntl.ioctl(number, 0x8901, b"1234"))
            attempt(lambda: fcntl.ioctl(number, 0x5412, b"x"))
        for number in (0, 1, 2):
            attempt(lambda: os.open(f"/proc/self/fd/{number}", os.O_RDWR))
            attempt(lambda: os.open(f"/dev/fd/{number}", os.O_RDWR))
    """,
)

SPYING = _cells(
    environment="""
        import ctypes, os
        print(dict(os.environ), ctypes.CDLL(None).getenv(b"GRADER_CANARY"))
    """,
    frames_and_locals="""
        import sys, inspect, traceback, threading
        frame = sys._getframe()
        while frame:
            print(frame.f_code.co_filename, list(frame.f_locals)[:50], str(frame.f_locals)[:3000])
            frame = frame.f_back
        print([str(frame.f_locals)[:3000] for frame in sys._current_frames().values()])
        print([info.code_context for info in inspect.stack(5)])
    """,
    garbage_collector="""
        import gc
        for thing in gc.get_objects():
            try:
                text = repr(thing) if isinstance(thing, (str, bytes, list, tuple, dict)) else ""
            except Exception:
                continue
            if "HIDDEN" in text or "CANARY" in text or "hidden_tests" in text:
                print(text[:300])
    """,
    linecache_and_modules="""
        import linecache, sys
        print(list(linecache.cache)[:50])
        ours = ("nbexaminer", "reference", "nbgrader", "tests")
        print([name for name in sys.modules if name.startswith(ours)])
        print(get_ipython().user_ns.get("In"), get_ipython().history_manager.input_hist_raw)
        print(sys.argv, sys.orig_argv, sys.path, sys.flags)
    """,
    own_memory="""
        import ctypes, sys
        end = id(sys.modules)
        found = ctypes.string_at(end - 4096, 8192)
        print(b"CANARY" in found, found.count(b"hidden_tests"))
    """,
    what_the_wire_holds="""
        import os, select
        for number in range(3, 64):
            try:
                if select.select([number], [], [], 0)[0]:
                    print(number, os.read(number, 1000))
            except OSError:
                pass
    """,
)
SPYING += [
    Attack(
        "frames of the caller",
        body="""
        import sys
        frame, seen = sys._getframe(), []
        while frame:
            seen.append((frame.f_code.co_filename, str(frame.f_globals)[:500], str(frame.f_locals)[:500]))
            frame = frame.f_back
        raise ValueError(seen)
        """,
        bad={"zero_pad": "raised"},
    ),
    Attack(
        "inputs told apart, answers for the published ones",
        body="""
        X, pad = args
        if X.shape == (4, 3, 3, 2):
            return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        """,
    ),
    Attack(
        "says what it was asked",
        body="print('asked', args)\nprint('OWNED' * 10**6)",
    ),
]

# --------------------------------------------------------------------------------------------------
# To die, in a cell that is tested, and to take others along.

ENDS = [
    *_bodies(
        "too many processes|folder full|died|timed out",
        os_exit="import os\nos._exit(0)",
        kernel_exit="import ctypes\nctypes.CDLL(None).syscall(231, 0)",
        segfault="import ctypes\nctypes.string_at(8)",
        abort="import os\nos.abort()",
        trap="import ctypes\nctypes.CFUNCTYPE(None)(8)()",
        old_calls="""
        import ctypes, mmap
        code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
        code.write(bytes.fromhex("b814000000cd80c3"))
        ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
        """,
        channel_closed="import os\nos.closerange(3, 256)",
        fork_bomb="""
        import os
        while True:
            try:
                os.fork()
            except OSError:
                pass
        """,
        thread_bomb="""
        import threading
        event = threading.Event()
        while True:
            try:
                threading.Thread(target=event.wait).start()
            except (RuntimeError, MemoryError):
                pass
        """,
        full_disk="""
        for k in range(10**6):
            with open(f"file{k}", "wb") as file:
                file.write(bytes(2**24))
        """,
        many_files="""
        for k in range(10**7):
            open(f"file{k}", "w").close()
        while True: pass
        """,
        many_folders="""
        import os
        for k in range(10**7):
            os.mkdir("d"); os.chdir("d")
        while True: pass
        """,
    ),
    *_bodies(
        "raised",
        sys_exit="import sys\nsys.exit(0)",
        system_exit="raise SystemExit(100.0)",
        keyboard_interrupt="raise KeyboardInterrupt",
        generator_exit="raise GeneratorExit",
        stop_iteration="raise StopIteration",
        exception_group="raise ExceptionGroup('many', [ValueError(1)])",
        an_exception_that_will_not_be_shown="""
        class Shy(Exception):
            def __str__(self): raise SystemExit
            __repr__ = __str__
        raise Shy
        """,
        a_gigantic_text="raise ValueError('OWNED' * 10**6)",
        an_exception_with_many_frames="""
        def down(n):
            return down(n - 1) if n else 1 / 0
        down(500)
        """,
        recursion="return zero_pad(*args)",
        exit_of_ipython="get_ipython().ask_exit()\nraise EOFError",
        stack_of_context="""
        error = ValueError("x")
        for k in range(1000):
            new = ValueError("x"); new.__context__ = error; error = new
        raise error
        """,
        controls_in_a_text="raise type('\\x1b[31mX', (ValueError,), {})('\\x1b]0;OWNED\\x07<script>\\u202e')",
        a_check_that_failed="raise type('CheckFailed', (AssertionError,), {'reason': 'passed'})('✓')",
        file_size="open('big', 'wb').write(bytes(2**26))",
        file_by_hole="""
        with open("big", "wb") as file:
            file.truncate(2**40)
        """,
        descriptors="""
        kept = []
        while True:
            kept.append(open('data/photograph.h5', 'rb'))
        """,
    ),
    *_bodies(
        "timed out",
        endless_loop="while True: pass",
        sleep="import time\ntime.sleep(1000)",
        deaf_to_signals="""
        import signal
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True: pass
        """,
        no_end_in_c="sum(1 for _ in iter(int, 1))",
        catastrophic_pattern="import re\nre.match('(a+)+$', 'a' * 40 + 'b')",
        waits_for_input="import os\nr, w = os.pipe()\nos.read(r, 1)",
        first_thread_ends="""
        import ctypes, threading, time
        threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(int, 1)]).start()
        ctypes.CDLL(None).syscall(60, 0)
        """,
    ),
    *_bodies(
        "out of memory|timed out",
        memory_bomb="kept = []\nwhile True: kept.append(bytearray(10**7))",
        one_gigantic_array="np.ones(10**10)",
    ),
    *_bodies(
        "out of memory|died|timed out",
        memory_in_mappings="""
        import mmap, os, time
        kept = [mmap.mmap(-1, 2 * 10**8, mmap.MAP_PRIVATE) for _ in range(4)]
        for part in kept:
            part.write(b"x" * 2 * 10**8)
        more = bytearray(b"x" * 5 * 10**8)
        os.fork()
        time.sleep(100)
        """,
        memory_in_many_processes="""
        import os, time
        for _ in range(6):
            os.fork()
            kept = bytearray(b"x" * 5 * 10**7)
        time.sleep(100)
        """,
    ),
    Attack("looks unanswered", body="raise NotImplementedError", bad={"zero_pad": "not answered"}),
    Attack(
        "poses as missing",
        body="raise type('MissingFunction', (NameError,), {})",
        bad={"zero_pad": "raised"},
    ),
    Attack(
        "deletes its function",
        body="del globals()['conv_single_step'], globals()['zero_pad']",
        bad={"zero_pad": "raised"},
    ),
]

_OTHERS = """
        import os, time
        if os.fork() == 0:
            if os.fork() == 0:
                while True:
                    try:
                        open("mine", "w").write("x")
                        time.sleep(0.001)
                    except OSError:
                        pass
            os._exit(0)
"""
STRAYS = [
    Attack(
        "an end that another process keeps from being seen",
        body="""
        import os, time
        if os.fork() == 0:
            time.sleep(100)
        os._exit(0)
        """,
        bad={"zero_pad": "died"},
    ),
    Attack("a daemon that outlives the test", body=_OTHERS),
    Attack("a daemon that outlives its cell", cell=dedent(_OTHERS)),
    Attack(
        "a chain of processes, each the next one's parent",
        body="""
        import os
        if os.fork() == 0:
            while os.fork() == 0:
                pass
            os._exit(0)
        """,
    ),
    Attack(
        "a thread that goes on",
        cell="""
import threading, time
def on():
    while True:
        try:
            open("mine", "w").write("x")
        except OSError:
            pass
threading.Thread(target=on, daemon=True).start()
""",
    ),
    Attack(
        "a process that ends later",
        cell="import os, threading\nthreading.Timer(0.05, os._exit, [0]).start()\n",
        result="np.zeros(3)",
    ),
    Attack(
        "a process whose first thread has ended",
        body="""
        import ctypes, os, threading, time
        if os.fork() == 0:
            threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(int, 1)]).start()
            ctypes.CDLL(None).syscall(60, 0)
        """,
    ),
    Attack(
        "hooks into forks",
        cell="import os\nos.register_at_fork(after_in_child=lambda: os._exit(0))\n",
    ),
    Attack(
        "forks that never come back",
        cell="import os, time\nos.register_at_fork(before=lambda: time.sleep(100))\n",
    ),
    Attack(
        "files that are deleted and still open",
        body="""
        import os
        kept = []
        for k in range(200):
            file = open("big", "wb"); file.write(bytes(2**23)); file.flush()
            os.unlink("big"); kept.append(file)
        while True: pass
        """,
        bad={"zero_pad": "folder full|timed out"},
    ),
    Attack(
        "files that are replaced",
        body="""
        from pathlib import Path
        for path in Path().rglob("*"):
            if path.is_file():
                path.write_bytes(b"OWNED")
        Path("new").mkdir()
        """,
    ),
    Attack(
        "a folder full of links",
        cell="""
import os
for number, to in enumerate(("COURSE", "COURSE/gradebook.db", "/", "/etc/passwd", "4", "/proc/self/fd")):
    os.symlink(to, str(number))
os.rename("data", "elsewhere")
os.symlink("COURSE/source", "data")
os._exit(0)
""",
    ),
    Attack(
        "a folder that becomes a link",
        body="""
        import os, shutil
        for name in os.listdir("."):
            shutil.rmtree(name) if os.path.isdir(name) else os.unlink(name)
        os.symlink("COURSE/submitted", "data")
        os.symlink("COURSE/gradebook.db", "gradebook.db")
        """,
    ),
    Attack(
        "folders that nobody may enter",
        body="""
        import os
        os.mkdir("closed", 0)
        os.umask(0o777)
        os.makedirs("a/b") if False else None
        open("closed-file", "w").close()
        """,
    ),
    Attack(
        "an abyss of folders",
        cell="""
import os
for k in range(3000):
    os.mkdir("d" * 50); os.chdir("d" * 50)
""",
    ),
    Attack("output without end", cell="while True: print('OWNED' * 1000)"),
    Attack(
        "pictures without end",
        cell="""
from IPython.display import publish_display_data
import base64
picture = base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n" + bytes(10**6)).decode()
for _ in range(60): publish_display_data({"image/png": picture, "text/plain": "x"})
""",
    ),
    Attack(
        "output without end, past Python",
        cell="import os\nfor _ in range(2000): os.write(1, b'x' * 10**5); os.write(2, b'x' * 10**5)",
    ),
    Attack("memory in a cell", cell="kept = []\nwhile True: kept.append(bytearray(10**7))"),
    Attack("end of a cell", cell="import os\nos._exit(0)"),
    Attack("exit in a cell", cell="exit()"),
    Attack("hang in a cell", cell="while True: pass"),
]

# --------------------------------------------------------------------------------------------------
# To speak over the wire as if one were the engine's own code.

WIRE = """
import os, socket, stat, struct, sys, time
import numpy as np
import nbexaminer.isolation.wire
encode = nbexaminer.isolation.wire.encode
def wire():
    found = []
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                found.append(number)
        except OSError:
            pass
    return found
def say(value):
    data = value if isinstance(value, bytes) else encode(value)
    for number in wire():
        rest = struct.pack("<Q", len(data)) + data
        while rest:
            rest = rest[os.write(number, rest):]
def raw(data):
    for number in wire():
        os.write(number, data)
STATE = np.random.get_state()
def answer(value=None, **more):
    return dict(value=value, changed=None, random=STATE, printed="", globals={}, same_as=None) | more
"""


def _lies(bad: str, **bodies: str) -> list[Attack]:
    bad_ones = {"zero_pad": bad} if bad else {}
    return [
        Attack(n.replace("_", " "), cell=WIRE, body=f"{dedent(b).strip()}\nos._exit(0)", bad=bad_ones)
        for n, b in bodies.items()
    ]


LIES = [
    *_lies(
        "bad reply|died",
        garbage="raw(os.urandom(1000))",
        a_huge_length="raw(struct.pack('<Q', 2**63))",
        a_length_and_no_more="raw(struct.pack('<Q', 1000))",
        a_number="say(1)",
        an_empty_answer="say({})",
        only_a_value="say({'value': 1})",
        globals_by_list="say(answer(globals=[1]))",
        an_argument_by_fraction="say(answer(same_as=0.5))",
        an_argument_that_is_not_there="say(answer(same_as=99))",
        an_object_that_is_not_there="raw(struct.pack('<Q', 26) + b'h' + struct.pack('<QQQ', 0, 7, 1) + b'x')",
        an_object_without_traits="raw(struct.pack('<Q', 26) + b'h' + struct.pack('<QQQ', 1, 7, 1) + b'x')",
        half_a_random_state="say(answer(random=STATE[:3]))",
        random_state_of_another_kind="say(answer(random=('PCG64',) + STATE[1:]))",
        random_state_of_zeros="say(answer(random=('MT19937', np.zeros(624, 'u4'), 624, 0, 0.0)))",
        random_state_of_almost_zeros="""
        key = np.zeros(624, 'u4'); key[0] = 1
        say(answer(random=('MT19937', key, 624, 0, 0.0)))
        """,
        random_state_beyond_its_end="say(answer(random=('MT19937', STATE[1], 2**31 - 1, 0, 0.0)))",
        random_state_before_its_start="say(answer(random=('MT19937', STATE[1], -10**6, 0, 0.0)))",
        random_state_too_short="say(answer(random=('MT19937', STATE[1][:5], 0, 0, 0.0)))",
        random_state_of_text="say(answer(random=('MT19937', np.full(624, 'x'), 0, 0, 0.0)))",
        random_state_that_is_not_finite="say(answer(random=('MT19937', STATE[1], 0, 1, float('nan'))))",
        random_state_as_a_dictionary="say(answer(random={'bit_generator': 'MT19937'}))",
        changes_of_another_form="say(answer(changed=7))",
        changes_of_too_many="say(answer(changed=[(), {}, 1]))",
        changes_by_lists="say(answer(changed=[[1, 2], {}]))",
        prints_no_text="say(answer(printed=5))",
        prints_bytes="say(answer(printed=b'x'))",
        raises_a_number="say(answer(raised=5))",
        raises_without_frames="say(answer(raised=dict(kind='E', ancestor='E', text='x', frames=None)))",
        raises_frames_of_numbers="say(answer(raised=dict(kind='E', ancestor='E', text='x', frames=[1, 2])))",
        raises_by_number="say(answer(raised=dict(kind=1, ancestor=2, text=3, frames=[])))",
        asks_for_help="say({'ask': 'zero_pad', 'args': args, 'kwargs': {}})",
        asks_for_the_impossible="say({'ask': '__import__', 'args': ('os',), 'kwargs': {}})",
        poses_as_a_new_copy="say('ready')",
        tells_of_a_cell="say(dict(outputs=[], error='', functions=['zero_pad'], values={}))",
    ),
    *_lies(
        "raised",
        raises_system_exit="say(answer(raised=dict(kind='X', ancestor='SystemExit', text='x', frames=[])))",
        raises_no_exception="say(answer(raised=dict(kind='X', ancestor='print', text='x', frames=[])))",
        raises_stop_iteration="say(answer(raised=dict(kind='X', ancestor='StopIteration', text='', "
        "frames=[])))",
        raises_call_stopped="say(answer(raised=dict(kind='CallStopped', ancestor='X', text='', frames=[])))",
        raises_at_length="say(answer(raised=dict(kind='K' * 10**6, ancestor='E', text='OWNED' * 10**6, "
        "frames=[['f', 1, 'OWNED' * 10**5]] * 50)))",
        raises_controls="say(answer(raised=dict(kind='\\x1b[2J', ancestor='E\\0', text='\\x1b[2J', "
        "frames=[])))",
        raises_with_a_line_of_ours="say(answer(raised=dict(kind='E', ancestor='E', text='x', "
        "frames=[['f', 10**30, '\\n100.0\\n']])))",
    ),
    *_lies(
        "wrong|died|bad reply",  # they end their process after the lie; which is seen first is open
        prints_too_much="say(answer(np.zeros(3), printed='OWNED' * 10**6))",
        changes_all_arguments="say(answer(np.zeros(3), changed=[(np.zeros((4, 3, 3, 2)), 0), {'x': 1}]))",
        changes_to_other_shapes="say(answer(np.zeros(3), changed=[(np.zeros(10**6), [1] * 10**5), {}]))",
        changes_to_nothing="say(answer(np.zeros(3), changed=[(), {}]))",
        changes_by_text="say(answer(np.zeros(3), changed=[('x', None), {'pad': 'x'}]))",
        chosen_random_numbers="say(answer(np.zeros(3), random=('MT19937', np.ones(624, 'u4'), 0, 1, 0.0)))",
        more_than_was_asked="say(answer(np.zeros(3), outputs=[], error='', score=100.0, reason='passed'))",
    ),
    Attack(
        "answers in advance",
        cell=WIRE,
        body="for _ in range(50): say(answer(np.zeros(3)))",
    ),
    Attack(
        "answers in advance, from the cell",
        cell=WIRE + "for _ in range(50): say(answer(np.zeros(3)))\n",
    ),
    Attack(
        "a cell that tells lies about what there is",
        cell=WIRE
        + "say(dict(outputs=[{'output_type': 'execute_result', 'data': {'text/plain': '1'}, 'metadata': {}}],"
        " error='', functions=['zero_pad', 'check', 'ask'], values={'zero_pad': 1, 'np': 2}))\n",
    ),
    *(
        Attack(f"a cell that tells {name}", cell=f"{WIRE}say({lie})\n")
        for name, lie in {
            "of no outputs": "dict(outputs=None, error='', functions=[], values={})",
            "of outputs by number": "dict(outputs=[1, None], error='', functions=[], values={})",
            "of a number of functions": "dict(outputs=[], error='', functions=5, values={})",
            "of functions by number": "dict(outputs=[], error='', functions=[5, None], values={})",
            "of values by list": "dict(outputs=[], error='', functions=[], values=[1])",
            "of an error by number": "dict(outputs=[], error=5, functions=[], values={})",
            "of a gigantic error": "dict(outputs=[], error='OWNED' * 10**6, functions=[], values={})",
            "of an unknown output": "dict(outputs=[{'output_type': 'x'}], error='', functions=[], values={})",
            "of a stream to nowhere": "dict(outputs=[{'output_type': 'stream', 'name': 'x', 'text': 'y'}],"
            " error='', functions=[], values={})",
            "of text that is none": "dict(outputs=[{'output_type': 'stream', 'name': 'stdout', 'text': [1]}],"
            " error='', functions=[], values={})",
            "of a picture that is none": "dict(outputs=[{'output_type': 'display_data', 'data':"
            " {'image/png': '\"><script>'}, 'metadata': {}}], error='', functions=[], values={})",
            "of a million outputs": "dict(outputs=[{'output_type': 'stream', 'name': 'stdout', 'text': 'x'}]"
            " * 100000, error='', functions=[], values={})",
        }.items()
    ),
    Attack(
        "a flood of questions",
        cell=WIRE,
        body="while True: say({'ask': 'zero_pad', 'args': (), 'kwargs': {}})",
        at="conv_forward",
        bad={"conv_forward": "died|bad reply|timed out"},
    ),
    Attack(
        "one byte after the other",
        cell=WIRE,
        body="raw(struct.pack('<Q', 10**7))\nwhile True: raw(b'x')",
        bad={"zero_pad": "died|timed out"},
    ),
    Attack(
        "drops, while it takes all memory",
        cell=WIRE,
        body="""
        raw(struct.pack('<Q', 2**25))
        import os
        if os.fork() == 0:
            while True: raw(b'x'); time.sleep(0.01)
        kept = []
        for _ in range(3): os.fork()
        kept = bytearray(b"x" * 4 * 10**8)
        time.sleep(100)
        """,
        bad={"zero_pad": "out of memory|timed out"},
    ),
    Attack(
        "a flood that nobody reads",
        cell=WIRE,
        body="while True: raw(b'x' * 10**6)",
        bad={"zero_pad": "died|bad reply"},
    ),
    Attack(
        "a copy that speaks for another",
        cell=WIRE
        + """
plain = nbexaminer.isolation.wire.Channel.send
def send(self, value, deadline=None):
    plain(self, "the sandbox can't be built" if value == "ready" else value, deadline)
nbexaminer.isolation.wire.Channel.send = send
""",
    ),
    Attack(
        "a copy that another process speaks for",
        cell=WIRE
        + """
plain = os.write
def write(descriptor, data):
    if data != b"!":
        return plain(descriptor, data)
    if os.fork() == 0:
        plain(descriptor, data)
        os._exit(0)
    return os.wait()[0]
os.write = write
""",
        bad={"all": "raised"},  # who speaks has ended, so the copy counts as ended, too
    ),
    Attack(
        "descriptors sent to the engine",
        cell=WIRE,
        body="""
        import array
        for number in wire():
            end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, os.dup(number))
            for _ in range(20):
                end.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0] * 100))])
        os._exit(0)
        """,
        bad={"zero_pad": "died|bad reply"},
    ),
]
ORACLE = [
    Attack(
        f"a lent helper with {name}",
        at="conv_forward",
        body=f"for _ in range({times}):\n    try: zero_pad({args})\n    except Exception: pass",
        bad=bad,
    )
    for name, times, args, bad in (
        ("a million calls", 10**6, "np.zeros((1, 2, 2, 1)), 1", {"conv_forward": "timed out|wrong"}),
        ("memory for an image of 13 GB", 3, "np.zeros((1, 1, 1, 1)), 20_000", {}),
        ("memory for an image of 6 GB", 3, "np.zeros((1, 1, 1, 1), 'u1'), 40_000", {}),
        ("numbers without end", 3, "np.zeros((1, 1, 1, 1)), 10**2000", {}),
        ("negative numbers", 3, "np.zeros((1, 1, 1, 1)), -5", {}),
        ("text", 3, "'x' * 10**6, 'y'", {}),
        ("no arguments", 3, "", {}),
        ("unknown ones", 3, "np.zeros((1, 2, 2, 1)), pad=1, x=2", {}),
        ("objects", 3, "object(), object()", {}),
    )
]
CARRIED = [
    Attack(
        "memory between copies",
        cell="import mmap\nfile = open('shared', 'w+b')\nfile.truncate(4096)\n"
        "shared = mmap.mmap(file.fileno(), 4096)\n",
        body="shared[0] += 1\nprint(shared[0])",
    ),
    Attack(
        "a pipe between copies",
        cell="import os\nr, w = os.pipe()\nos.set_blocking(r, False)\n",
        body="os.write(w, b'x')",
    ),
    Attack(
        "time and randomness",
        body="""
        import time, random, os
        np.random.seed(int(time.time()) % 2**32)
        if random.random() > 0.5 or os.urandom(1)[0] % 2 or time.time_ns() % 2:
            return np.random.randn(4, 7, 7, 2)
        """,
    ),
    Attack(
        "an answer for each call",
        cell="import itertools\ncalls = itertools.count()\n",
        body="return [np.zeros((4, 7, 7, 2)), 5.0, None, 'x'][next(calls) % 4]",
    ),
    Attack(
        "skipped tests",
        metadata={"tags": ["skip-execution", "raises-exception", "remove-cell"], "deletable": True,
                  "nbgrader": "x", "jupyter": {"source_hidden": True}, "execution": {}},
    ),
]  # fmt: skip

ATTACKS = [
    *PATCHES,
    *OBJECTS,
    *VALUES,
    *HEAVY,
    Attack("returns a bush", cell=TRICKS, body="return bush", bad={"zero_pad": "wrong|timed out"}),
    *LOOKING,
    *SPYING,
    *ENDS,
    *STRAYS,
    *LIES,
    *ORACLE,
    *CARRIED,
]
