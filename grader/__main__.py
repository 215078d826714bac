"""The command `grader`: what takes long to start is started first, then the rest is imported."""

import sys

from grader.nursery import nursery


def main() -> None:
    if {"autograde", "regrade"} & set(sys.argv[1:]) and not {"-h", "--help"} & set(sys.argv):
        nursery()
    from grader.cli import main as command

    command()


if __name__ == "__main__":
    main()
