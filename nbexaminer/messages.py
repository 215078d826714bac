"""Sentences that are said in several places: how a call ended, and how a message looks in a cell's output."""

from __future__ import annotations

from nbexaminer.model import Reason, Text, Verdict

NOT_ANSWERED = Text("Not answered yet.", "还没有作答。")

STOPPED = {
    Reason.TIMED_OUT: Text(
        "it did not come to an end in time and was stopped. Is there a loop without end?",
        "没有按时结束，已被停止。是不是有死循环？",
    ),
    Reason.OUT_OF_MEMORY: Text(
        "it took too much memory and was stopped. Does an array or a list grow without end?",
        "占用内存过多，已被停止。是不是有数组或列表在不停地变大？",
    ),
    Reason.DIED: Text(
        "the Python that ran it died. Does it end the process, or call something outside of Python?",
        "运行它的 Python 进程中途退出了。是不是结束了进程，或者调用了 Python 以外的东西？",
    ),
    Reason.BAD_REPLY: Text(
        "the Python that ran it sent what no function gives. Does it write to files that it has not opened?",
        "运行它的 Python 进程返回了无法识别的内容。是不是写入了并非由它打开的文件？",
    ),
    Reason.FOLDER_FULL: Text(
        "it wrote too many files, or too large ones. Does a loop write without end?",
        "写入的文件过多或过大。是不是有循环在不停地写文件？",
    ),
    Reason.TOO_MANY_PROCESSES: Text(
        "it started too many processes or threads. Does a loop start them without end?",
        "启动了过多的进程或线程。是不是有循环在不停地启动它们？",
    ),
}


def raised(kind: str, text: str, line: str = "") -> Text:
    """Return what is said of an exception in a student's code; line: the student's own that raised it."""
    at = f" at `{line}`" if line else ""
    at_zh = f"（出错处：`{line}`）" if line else ""
    return Text(f"it raised {kind}: {text}{at}.", f"运行时抛出 {kind}：{text}{at_zh}。")


# What explains an exception to a beginner, by words of Python's or NumPy's own message.
_HINTS = {
    "NoneType": Text(
        "`NoneType` is the type of `None`: a name there has no value yet. Is a line still to be filled in, "
        "or a `return` missing?",
        "`NoneType` 是 `None` 的类型：那里有个名字还没有值。是不是有一行还没填，或者漏了 return？",
    ),
    "cannot access local variable": Text(
        "The name has no value there: was nothing assigned to it in this branch of an `if`, or is the word "
        "that the `if` compares with misspelt?",
        "那里这个名字还没有值：是不是 `if` 的这个分支没有给它赋值，或者 `if` 里比较的词拼错了？",
    ),
    "truth value of an array": Text(
        "Python's own `max`, `if` and `and` want one truth value, not an array of them; NumPy has `np.max`, "
        "`np.any`, `np.all`.",
        "Python 自带的 `max`、`if`、`and` 只认一个真假值，不认数组；请用 `np.max`、`np.any`、`np.all`。",
    ),
    "'dict' object has no attribute": Text(
        'An entry of a dictionary is read with brackets: `hparameters["stride"]`.',
        '字典里的项用方括号取：`hparameters["stride"]`。',
    ),
    "mismatch in its core dimension": Text(
        "In `A @ B` the columns of A are the rows of B: is a `.T` missing, or the order exchanged?",
        "`A @ B` 里 A 的列数要等于 B 的行数：是不是漏了 `.T`，或者两者的顺序反了？",
    ),
    "not aligned": Text(
        "In `np.dot(A, B)` the columns of A are the rows of B: is a `.T` missing, or the order exchanged?",
        "`np.dot(A, B)` 里 A 的列数要等于 B 的行数：是不是漏了 `.T`，或者两者的顺序反了？",
    ),
    "cannot reshape array": Text(
        "`reshape` keeps all numbers: the sizes of the new shape, multiplied, are as many as there are.",
        "`reshape` 不增减元素：新形状各个大小的乘积要等于元素的个数。",
    ),
    "out of bounds": Text(
        "An index goes past the end: does a loop run too far, or is an array too small?",
        "下标超出了范围：是不是循环走得太远，或者数组建小了？",
    ),
    "broadcast": Text(
        "Two shapes do not fit: does a window stick out of the image, is an axis missing, is a slice empty?",
        "两个形状对不上：窗口是不是超出了图像，少了一个轴，或者切片是空的？",
    ),
    "is not defined": Text(
        "Is the name spelt as where it gets its value, and is that line run before?",
        "这个名字和赋值的地方拼写一致吗？赋值的那一行在它之前运行了吗？",
    ),
}


def hint(text: str) -> Text:
    """Return what explains an exception's text that says little to a beginner; nothing for any other."""
    return next((says for words, says in _HINTS.items() if words in text), Text())


def sentence(text: Text) -> Text:
    """Return a text that begins with a capital, unless it begins with code."""
    first = text.en.partition(" ")[0]
    return Text(text.en[:1].upper() + text.en[1:], text.zh) if first.isalpha() and first.islower() else text


def shown(text: Text, credit: float = 0.0) -> str:
    """Return a message as the output of a cell shows it: marked, in both languages."""
    return f"{'✓' if credit == 1 else '◐' if credit else '✗'} {text}"


def shown_verdict(verdict: Verdict) -> str:
    """Return all that a verdict says, as the output of a cell shows it."""
    return shown(verdict.message, verdict.credit)


def printable(text: str) -> str:
    """Return a name or text that others may have a hand in as one line that does nothing to a terminal:
    what controls one, turns the direction of writing or is not seen is written as an escape."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
