"""Guards "no student can cheat" where the instructor is no administrator.

Root gives each worker's students a user of their own; an ordinary user's students run as that user, so that
files, processes and limits are guarded by other walls. The attacks on these are tried once more.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from attacks import ATTACKS

ROOT = Path(__file__).parents[1]
NOBODY = 65534
ON_LIMITS = re.compile(
    "bomb|process|daemon|fork|disk|full|descriptor|signal|memory|files|folder|exit|privileges"
)


def test_attacks_gain_nothing_from_an_ordinary_user(tmp_path):
    attacks = [attack for attack in ATTACKS if attack.refused or ON_LIMITS.search(attack.name)]
    nodes = [f"tests/test_attacks.py::test_attack_gains_nothing[{attack}]" for attack in attacks]
    command = [sys.executable, "-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider"]
    environment = os.environ | dict.fromkeys(("HOME", "TMPDIR"), str(tmp_path))
    if os.geteuid() == 0:  # may read what root may, since Python itself may lie in root's home folder
        os.chown(tmp_path, NOBODY, NOBODY)
        capability = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
        user = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        command = ["setpriv", *user, *capability, *command]

    ran = subprocess.run([*command, *nodes], cwd=ROOT, env=environment, capture_output=True, text=True)

    assert f"{len(attacks)} passed" in ran.stdout, ran.stdout[-5000:] + ran.stderr[-2000:]
