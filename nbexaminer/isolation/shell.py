"""IPython without a kernel: runs a cell and returns its outputs as a notebook keeps them.

The student's process and the examiner both use it; so magics, plots, tracebacks and the value of a last
line look as they do in Jupyter.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import functools
import importlib.util
import io
import sys
from dataclasses import dataclass, field
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from nbexaminer.isolation.replies import plain

MAX_OUTPUT = 1_000_000  # characters of text of one cell; what comes after is left out


@dataclass
class CellResult:
    """outputs: in nbformat's form; error: the exception that ended the cell, if any; value: of its last
    line."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    error: BaseException | None = None
    value: Any = None


class Shell:
    """One namespace in which cells run, one after the other."""

    def __init__(self, keep_results: bool = True) -> None:
        """keep_results: whether `_` and `Out` keep them, which makes `reset` slow."""
        config = Config()
        config.InteractiveShell.cache_size = 1000 if keep_results else 0
        config.HistoryManager.enabled = False  # no file in a home folder
        self._ipython = _Capturing.instance(config=config)
        self.namespace: dict[str, Any] = self._ipython.user_ns

    @property
    def module(self) -> Any:
        """The module that cells are: `__main__`, to them."""
        return self._ipython.user_module

    def warm_up(self) -> None:
        """Do once what is slow the first time in a process: imports behind magics, figures and errors."""
        if self._ipython.is_warmed_up:
            return
        self._ipython.is_warmed_up = True
        if importlib.util.find_spec("matplotlib"):
            self.run("%matplotlib inline\n%config InlineBackend.figure_formats")
            self.run(
                "import matplotlib.pyplot\nmatplotlib.pyplot.figure().add_subplot().imshow([[0.5]], 'gray')"
            )
            self.run("matplotlib.pyplot.show()")
        self.run("1 / 0")
        self.reset()

    def reset(self) -> None:
        """Forget all names, as a new kernel has."""
        self._ipython.reset()  # type: ignore[no-untyped-call]

    def prepare(self, source: str) -> None:
        """Parse a cell that will be run, here or in forks of this process."""
        with contextlib.suppress(SyntaxError):
            text = self._ipython.transform_cell(source)
            self._ipython.should_run_async(source, transformed_cell=text, preprocessing_exc_tuple=None)
            self._ipython.compile.ast_parse(text)

    def run(self, source: str) -> CellResult:
        """Run a cell. Whatever goes wrong in it is an output, not an exception (KeyboardInterrupt too)."""
        result = CellResult()
        self._ipython.outputs = result.outputs
        self._ipython.written = 0
        streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self._ipython, "stdout"), _Stream(self._ipython, "stderr")
        try:
            ran = self._ipython.run_cell(source, True, False)  # type: ignore[no-untyped-call]
            result.error = ran.error_before_exec or ran.error_in_exec
            result.value = ran.result
        finally:
            sys.stdout, sys.stderr = streams
        for output in result.outputs:
            if "parts" in output:
                output["text"] = plain("".join(output.pop("parts")), colours=True)
        if result.error and not any(output["output_type"] == "error" for output in result.outputs):
            result.outputs.append(error_output(result.error))
        return result


def error_output(error: BaseException) -> dict[str, Any]:
    """Return an error output that shows the kind and text of an exception, and nothing else."""
    name = type(error).__name__
    return {"output_type": "error", "ename": name, "evalue": str(error), "traceback": [f"{name}: {error}"]}


def _as_json(data: dict[str, Any]) -> dict[str, Any]:
    """Return what is shown as a notebook keeps it: pictures as text, as a kernel sends them."""
    return {
        name: base64.b64encode(content).decode() if isinstance(content, bytes) else content
        for name, content in data.items()
    }


class _Publisher(DisplayPublisher):
    def publish(  # type: ignore[override]  # what else IPython passes is of no use here
        self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        self.shell.outputs.append(
            {"output_type": "display_data", "data": _as_json(data), "metadata": metadata or {}}
        )

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _DisplayHook(DisplayHook):
    shell: Any

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self.shell.outputs.append(
            {
                "output_type": "execute_result",
                "data": _as_json(format_dict),
                "metadata": md_dict or {},
                "execution_count": self.prompt_count,
            }
        )

    def log_output(self, format_dict: dict[str, Any]) -> None:
        pass

    def finish_displayhook(self) -> None:
        pass


class _Compiler(CachingCompiler):
    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> ast.AST:
        """Parse a text once; what is made of the tree leaves it as it is."""
        try:
            return self._parsed(source, symbol, self.flags)
        except SyntaxError:  # it is to name the file
            return super().ast_parse(source, filename, symbol)

    @functools.lru_cache(1000)  # noqa: B019  there is one shell, as long as the process lives
    def _parsed(self, source: str, symbol: str, flags: int) -> ast.AST:
        return super().ast_parse(source, symbol=symbol)


class _Capturing(InteractiveShell):
    compiler_class = Type(_Compiler)
    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_DisplayHook)
    outputs: list[dict[str, Any]]
    written: int
    is_warmed_up = False

    def enable_gui(self, gui: str | None = None) -> None:
        pass

    @functools.lru_cache(1000)  # noqa: B019  there is one shell, as long as the process lives
    def transform_cell(self, raw_cell: str) -> str:
        """Turn magics into Python, once for the same text."""
        text: str = super().transform_cell(raw_cell)  # type: ignore[no-untyped-call]
        return text

    @functools.lru_cache(1000)  # noqa: B019
    def should_run_async(self, raw_cell: str, **transformed: Any) -> bool:
        """Return whether a cell awaits something, which IPython compiles it for, once for the same text."""
        awaits: bool = super().should_run_async(raw_cell, **transformed)
        return awaits

    def ask_exit(self) -> None:
        """`exit` in a cell: there is nothing to leave."""

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.outputs.append(
            {"output_type": "error", "ename": etype.__name__, "evalue": str(evalue), "traceback": list(stb)}
        )


class _Stream(io.TextIOBase):
    """Standard output or error of a cell; neighbouring texts become one output, as in Jupyter."""

    encoding = "utf-8"

    def __init__(self, shell: _Capturing, name: str) -> None:
        self.shell, self.name = shell, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        shell, length = self.shell, len(text)
        text = text[: max(0, MAX_OUTPUT - shell.written)]
        shell.written += length
        if shell.written > MAX_OUTPUT >= shell.written - length:
            text += "\n... (more output is left out)\n"
        if text:
            last = shell.outputs[-1] if shell.outputs else {}
            if last.get("output_type") == "stream" and last["name"] == self.name:
                last["parts"].append(text)
            else:
                shell.outputs.append({"output_type": "stream", "name": self.name, "parts": [text]})
        return length
