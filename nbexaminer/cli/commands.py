"""The command line: what `nbexaminer --help` shows. A command parses, calls, prints, and sets the code."""

from __future__ import annotations

import difflib
import errno
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DatabaseError, OperationalError

from nbexaminer.cli import author, grade, lab, lms, regrade, release, status
from nbexaminer.errors import NbexaminerError

INTERRUPTED = 130  # exit code, as shells have it
_WITHOUT_COURSE = ("quickstart",)


class Commands(click.Group):
    """A group that says in a sentence what went wrong, if it is something that can happen to a person."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
            if near:
                raise click.UsageError(
                    f"No such command '{args[0]}'. Did you mean {near[0]}?", ctx
                ) from error
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return their names in the order in which they are needed."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show each command's first sentence whole, where click would cut it short."""
        texts = {name: (command.help or "").split("\n\n")[0] for name, command in self.commands.items()}
        with formatter.section("Commands"):
            formatter.write_dl([(name, " ".join(text.split())) for name, text in texts.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nStopped; run it again to go on.", err=True)
            ctx.exit(INTERRUPTED)
        except NbexaminerError as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            if isinstance(error, BrokenPipeError):  # click sees to it
                raise
            raise click.ClickException(_without_traceback(error)) from error
        except DatabaseError as error:
            raise click.ClickException(_about_gradebook(error)) from error


def _without_traceback(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    advice = {
        errno.ENOSPC: " Make room, and run it again to go on.",
        errno.EROFS: " The folder is write-protected.",
        errno.EACCES: " You may not read or write there.",
        errno.EMFILE: " Raise the limit of open files (ulimit -n), or use fewer --jobs.",
    }.get(error.errno or 0, "")
    return f"{where}{error.strerror or error}.{advice}"


def _about_gradebook(error: DatabaseError) -> str:
    said = str(error.orig or error)
    if not isinstance(error, OperationalError):
        advice = "Put a copy of it back (nbexaminer regrade makes one each time)."
    elif "full" in said:
        advice = "Make room, and run it again to go on."
    else:
        advice = "Is it write-protected, or in use by another command?"
    return f"the gradebook can't be used: {said}. {advice}"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--course",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help="The course folder; by default the current one.",
)
@click.version_option(package_name="nbexaminer")
@click.pass_context
def main(context: click.Context, course: Path) -> None:
    """Release, grade and try out the assignments of a course built on nbgrader.

    ASSIGNMENT is the name of a folder in source/. Without it, a command goes through all of them, or asks
    for one where it must.
    """
    if not (course / "nbgrader_config.py").exists() and context.invoked_subcommand not in _WITHOUT_COURSE:
        message = f"{course.resolve()} is no course folder: it has no nbgrader_config.py."
        above = [parent for parent in course.resolve().parents if (parent / "nbgrader_config.py").exists()]
        advice = f"Did you mean --course {above[0]}?" if above else "nbexaminer quickstart makes it one."
        raise click.ClickException(f"{message} {advice}")
    context.obj = course


for command in (  # in the order of a term
    author.quickstart,
    author.doctor,
    author.new,
    author.lint,
    author.mistakes,
    release.release,
    lab.lab,
    lms.collect,
    grade.autograde,
    grade.report_command,
    regrade.regrade,
    lms.export,
    lms.return_feedback,
    status.status,
):
    main.add_command(command)
