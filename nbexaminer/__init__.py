"""Grades nbgrader's notebooks: students' code apart from the tests, one submission apart from the other."""

import sys

# jsonschema, which nbformat needs, would take a second at each start to build grammars of web addresses.
# None of the notebooks' schemas asks for them; jsonschema then leaves that check out.
sys.modules.setdefault("rfc3987_syntax", None)
