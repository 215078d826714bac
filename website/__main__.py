"""`python -m website`: build the site and say what was made."""

import argparse
import sys
from pathlib import Path

from website.build import build


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m website", description="Build the course as a static site."
    )
    parser.add_argument("--release", type=Path, default=Path("release"), help="where the assignments are")
    parser.add_argument("--site", type=Path, default=Path("site"), help="the folder to write (it is emptied)")
    parser.add_argument("--lite", action="store_true", help="link to the JupyterLite that `make lite` builds")
    options = parser.parse_args()
    try:
        pages = build(options.release, options.site, options.lite)
    except ValueError as error:
        sys.exit(f"website: {error}")
    for page in pages:
        print(page)
    print(f"To look at it: python3 -m http.server --directory {options.site}")


if __name__ == "__main__":
    main()
