"""Seccomp: which calls to the kernel a process can make at all.

https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

from nbexaminer.isolation.kernel import kernel_call, libc

_PR_SET_SECCOMP = 22
ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

# Every call that is allowed: its number on x86_64 and on aarch64 (None: not there). All others fail
# with "operation not permitted". Files by name are Landlock's matter; what can reach another process,
# a network or a program is not in the list.
_ALLOWED = {
    # files
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "stat": (4, None),
    "fstat": (5, 80), "lstat": (6, None), "lseek": (8, 62), "pread64": (17, 67),
    "pwrite64": (18, 68), "readv": (19, 65), "writev": (20, 66), "access": (21, None), "pipe": (22, None),
    "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "flock": (73, 32),
    "fsync": (74, 82), "fdatasync": (75, 83), "ftruncate": (77, 46), "getdents": (78, None),
    "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49), "fchdir": (81, 50),
    "rename": (82, None), "mkdir": (83, None), "rmdir": (84, None), "creat": (85, None), "link": (86, None),
    "unlink": (87, None), "symlink": (88, None), "readlink": (89, None), "umask": (95, 166),
    "mkdirat": (258, 34), "newfstatat": (262, 79), "unlinkat": (263, 35),
    "renameat": (264, 38), "linkat": (265, 37), "symlinkat": (266, 36), "readlinkat": (267, 78),
    "faccessat": (269, 48), "faccessat2": (439, 439), "renameat2": (316, 276), "statx": (332, 291),
    "fallocate": (285, 47), "pipe2": (293, 59), "preadv": (295, 69),
    "pwritev": (296, 70), "close_range": (436, 436), "sendfile": (40, 71),
    # waiting
    "poll": (7, None), "ppoll": (271, 73), "select": (23, None), "pselect6": (270, 72),
    "epoll_create1": (291, 20), "epoll_ctl": (233, 21), "epoll_wait": (232, None), "epoll_pwait": (281, 22),
    "eventfd2": (290, 19), "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "pause": (34, None),
    # memory
    "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "mremap": (25, 216),
    "msync": (26, 227), "mincore": (27, 232), "madvise": (28, 233),
    # its own threads, copies and signal handlers
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "rt_sigsuspend": (130, 133), "rt_sigpending": (127, 136), "rt_sigtimedwait": (128, 137),
    "sigaltstack": (131, 132), "alarm": (37, None), "getitimer": (36, 102), "setitimer": (38, 103),
    "fork": (57, None), "vfork": (58, None), "wait4": (61, 260), "waitid": (247, 95), "exit": (60, 93),
    "exit_group": (231, 94), "futex": (202, 98), "set_robust_list": (273, 99), "get_robust_list": (274, 100),
    "rseq": (334, 293), "set_tid_address": (218, 96), "restart_syscall": (219, 128),
    "arch_prctl": (158, None), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "sched_getparam": (143, 121), "sched_getscheduler": (145, 120),
    # the socket it was given; it can't make another
    "sendmsg": (46, 211), "recvmsg": (47, 212), "sendto": (44, 206), "recvfrom": (45, 207),
    # who, when, how much
    "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174),
    "geteuid": (107, 175), "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158),
    "getresuid": (118, 148), "getresgid": (120, 150), "getpgid": (121, 155), "getpgrp": (111, None),
    "getsid": (124, 156), "setsid": (112, 157), "uname": (63, 160), "sysinfo": (99, 179), "times": (100, 153),
    "getrusage": (98, 165), "getrlimit": (97, 163), "getcpu": (309, 168), "gettimeofday": (96, 169),
    "time": (201, None), "clock_gettime": (228, 113), "clock_getres": (229, 114), "getrandom": (318, 278),
}  # fmt: skip
_CLONE3 = (435, 435)  # its flags stand in memory, out of reach here: "no such call", so that the C
# library falls back on clone
_ALL_BITS = 0xFFFFFFFF
# Allowed by one argument (its position), of which these bits are looked at: only with, or not with, these
# values. Opening to read and to cut off at once (O_TRUNC) needs no right to write of an old Landlock. Memory
# that is shared and belongs to no file (MAP_SHARED | MAP_ANONYMOUS) is invisible to what measures it.
_CHECKED = {
    "mmap": ((9, 222), 3, 0x21, "not", (0x21,)),
    "open": ((2, None), 1, 0o1003, "not", (0o1000,)),
    "openat": ((257, 56), 2, 0o1003, "not", (0o1000,)),
    "clone": ((56, 220), 0, 0x7E020080, "only", (0,)),  # no new namespaces
    "prlimit64": ((302, 261), 0, _ALL_BITS, "only", (0,)),  # its own limits
    "fcntl": ((72, 25), 1, _ALL_BITS, "only", (0, 1, 2, 3, 4, 5, 6, 7, 1030)),  # copies, flags, locks
    "ioctl": ((16, 29), 1, _ALL_BITS, "only", (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),  # questions
}
_RET_KILL, _RET_ALLOW, _RET_ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
_LOAD, _AND, _JUMP_IF_EQUAL, _JUMP_IF_AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data


def restrict() -> None:
    """Hold the calling process and its children to the calls listed here, for good."""
    audit, column = ARCHITECTURES[platform.machine()]
    allow, deny = (_RETURN, 0, 0, _RET_ALLOW), (_RETURN, 0, 0, _RET_ERRNO | errno.EPERM)
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _RET_KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_IF_AT_LEAST, 0, 1, 0x40000000),  # the x32 numbers are other names for the same calls
        deny,
    ]
    for number in (numbers[column] for numbers in _ALLOWED.values()):
        if number is not None:
            program += [(_JUMP_IF_EQUAL, 0, 1, number), allow]
    for numbers, position, bits, rule, values in _CHECKED.values():
        if (call := numbers[column]) is None:
            continue
        then, otherwise = (allow, deny) if rule == "only" else (deny, allow)
        check = [(_LOAD, 0, 0, _ARGUMENTS + 8 * position), (_AND, 0, 0, bits)]
        for value in values:
            check += [(_JUMP_IF_EQUAL, 0, 1, value), then]
        check.append(otherwise)
        program += [(_JUMP_IF_EQUAL, 0, len(check), call), *check]
    program += [(_JUMP_IF_EQUAL, 0, 1, _CLONE3[column]), (_RETURN, 0, 0, _RET_ERRNO | errno.ENOSYS), deny]
    code = b"".join(struct.pack("<HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code)
    header = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(buffer))
    kernel_call("seccomp", libc.prctl, _PR_SET_SECCOMP, 2, header, 0, 0)
