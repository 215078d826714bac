"""The command `nbexaminer`: what takes long to start is started first, then the rest is imported.

All imports are inside, so that Ctrl-C is heard from the first moment on.
"""

import sys

_INTERRUPTED = 130  # exit code, as shells have it


def main() -> None:
    """Run the command that the arguments say."""
    words = {word.partition("=")[0] for word in sys.argv[1:]}
    try:
        if {"autograde", "regrade"} & words and not {"-h", "--help", "--scheduler"} & words:
            from nbexaminer.isolation.fork_server import fork_server

            fork_server()
        from nbexaminer.cli.commands import main as command
    except KeyboardInterrupt:
        print("\nStopped; run it again to go on.", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    command()


if __name__ == "__main__":
    main()
