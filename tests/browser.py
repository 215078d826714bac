"""The Chromium that the tests drive: found on the system, else installed (`make test` runs this file)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache


@cache
def chromium_path() -> str | None:
    """Return the executable of a Chromium that starts, or None: the system's, else Playwright's own."""
    return _system_chromium() or _downloaded_chromium()


def ensure() -> str:
    """Return the path of Chromium, after installing what the tests need of it and the machine lacks."""
    needs = {"chromium": _system_chromium, "fonts-noto-cjk": _chinese_font, "libatomic1": _driver}
    lacking = [package for package, find in needs.items() if not find()]
    as_root = os.geteuid() == 0 and shutil.which("apt-get") is not None
    if lacking and as_root:
        print("Installing", *lacking, "...", flush=True)
        _runs("apt-get", "-qq", "update")
        _runs("apt-get", "-qq", "install", "-y", "--no-install-recommends", *lacking, quiet=False)
    if not _driver():
        sys.exit("Playwright does not start here: on Debian and Ubuntu it needs the package libatomic1.")
    if chromium_path() is None:
        print("Downloading Chromium ...", flush=True)
        dependencies = ["--with-deps"] if as_root else []
        _runs(sys.executable, "-m", "playwright", "install", *dependencies, "chromium", quiet=False)
        chromium_path.cache_clear()
    if (path := chromium_path()) is None:
        sys.exit("The tests need a browser, and none could be installed: install chromium or google-chrome.")
    if not _chinese_font():
        print("No Chinese font is installed (fonts-noto-cjk is one): screenshots will show boxes instead.")
    return path


def _system_chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = filter(None, map(shutil.which, names))
    # On Ubuntu the command may be there although its snap is not: it has to start.
    return next((path for path in found if _runs(path, "--version")), None)


def _downloaded_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) and _runs(path, "--version") else None


def _chinese_font() -> bool:
    fonts = shutil.which("fc-list")
    return fonts is not None and subprocess.check_output([fonts, ":lang=zh"]) != b""


def _driver() -> bool:
    return _runs(sys.executable, "-m", "playwright", "--version")


def _runs(*command: str, quiet: bool = True) -> bool:
    """Run a command without its output (and without its errors, if quiet), and tell whether it worked."""
    result = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if quiet else None,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )
    return result.returncode == 0


if __name__ == "__main__":
    print("Browser:", ensure())
