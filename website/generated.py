"""Reference pages that nobody writes by hand: the API of the checks from its docstrings, and all commands as
`--help` shows them. Both are Markdown, for website.guides."""

from __future__ import annotations

import importlib
import inspect
import re
from types import FunctionType

import click


def api(module_name: str) -> str:
    """Return what a package's `__all__` names: signatures and docstrings."""
    module = importlib.import_module(module_name)
    names = ", ".join(module.__all__)
    parts = [
        "# The API of the checks",
        f"```python\nfrom {module_name} import {names}\n```",
        _paragraphs(inspect.getdoc(module) or "", ()),
    ]
    for name in module.__all__:
        thing = getattr(module, name)
        parts += [f"## {name}", *_described(name, thing)]
        if inspect.isclass(thing):
            for method, function in _methods(thing):
                title = name if method == "__call__" else f"{name}.{method}"
                parts += [
                    f"### {title}(…)",
                    *_described(title.lower() if title == name else method, function),
                ]
    return "\n\n".join(parts) + "\n"


def commands(group: click.Group) -> str:
    """Return the help text of every command."""
    name = "nbexaminer"
    top = click.Context(group, info_name=name, max_content_width=88, terminal_width=88)
    parts = ["# All commands", f"```text\n{group.get_help(top)}\n```"]
    for word in group.list_commands(top):
        command = group.get_command(top, word)
        assert command
        context = click.Context(command, info_name=word, parent=top, max_content_width=88, terminal_width=88)
        parts += [f"## {name} {word}", f"```text\n{command.get_help(context)}\n```"]
    return "\n\n".join(parts) + "\n"


def _methods(kind: type) -> list[tuple[str, FunctionType]]:
    """Return what a class defines itself and says something about, `__call__` first."""
    own = {name: value for name, value in vars(kind).items() if isinstance(value, FunctionType)}
    public = [name for name in own if name == "__call__" or not name.startswith("_")]
    return [(name, own[name]) for name in sorted(public) if own[name].__doc__]


def _described(name: str, thing: type | FunctionType) -> list[str]:
    signature = inspect.signature(thing)
    shown = [
        parameter.replace(annotation=_Word(parameter.annotation), default=_default(parameter.default))
        for parameter in signature.parameters.values()
        if parameter.name != "self"
    ]
    lines = "".join(f"    {parameter},\n" for parameter in shown)
    result = "" if inspect.isclass(thing) else f" -> {signature.return_annotation}"
    text = _paragraphs(inspect.getdoc(thing) or "", tuple(signature.parameters))
    return [f"```python\n{name}(\n{lines}){result}\n```", text]


class _Word:
    """An annotation, or a default, as a signature shows it: without quotes."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _default(value: object) -> object:
    """Return a default, or `...` for one that is made anew each time."""
    return _Word("...") if "factory" in repr(value) else value


def _paragraphs(text: str, parameters: tuple[str, ...]) -> str:
    """Return a docstring as Markdown: lines that begin with a parameter's name and a colon make a list."""
    items: list[str] = []
    for name in parameters:  # two in one line
        text = text.replace(f"; {name}: ", f".\n{name}: ")
    for line in text.split("\n"):
        found = re.match(r"((?:\w+, )*\w+): (.*)", line)
        if found and {*found[1].split(", ")} <= {*parameters}:
            items.append(f"- **{found[1].replace('_', '&#95;')}**: {found[2]}")
        elif items and items[-1].startswith(("- ", "  ")) and line.strip():
            items.append(f"  {line}")
        else:
            items.append(line)
    return "\n".join(items)
