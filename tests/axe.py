"""What keeps a page from some of its readers, as axe-core finds it in the browser."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def grave(page: Page) -> list[str]:
    """Return what is serious or critical: the rule, what it says, and where. Closed details are not seen."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {', '.join(' '.join(node['target']) for node in rule['nodes'][:5])}"
        for rule in found
        if rule["impact"] in GRAVE
    ]
