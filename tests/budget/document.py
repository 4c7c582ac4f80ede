#!/usr/bin/env python3
"""Fails when an edit of a document takes more instructions than it may. Usage: document.py <document_probe> typing|scattered

Two runs that differ only in the number of edits give the price of one, made and received. Typing may not cost more than
it did when this was last touched, and a seventh. An edit at a random place may cost more in a larger document, but not
more than the logarithm of the sizes says, and a half.
"""

import math
import re
import shutil
import subprocess
import sys

EDITS = (200, 1000)
SMALL, LARGE = 1000, 100_000
TYPING = 3350


def instructions(probe, kind, characters, edits):
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", probe, kind, str(characters), str(edits)],
        stderr=subprocess.PIPE, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not counted:
        sys.exit(f"the probe failed under valgrind:\n{run.stderr}")
    return int(counted[1])


def price(probe, kind, characters):
    few, many = (instructions(probe, kind, characters, edits) for edits in EDITS)
    return (many - few) / (EDITS[1] - EDITS[0])


def main():
    probe, kind = sys.argv[1:]
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        sys.exit(77)
    small = price(probe, kind, SMALL)
    if kind == "typing":
        print(f"{small:.0f} instructions for an edit made and received, at most {TYPING} allowed")
        sys.exit(small > TYPING)
    large = price(probe, kind, LARGE)
    allowed = 1.5 * math.log(LARGE) / math.log(SMALL)
    print(f"{small:.0f} instructions in {SMALL} characters, {large:.0f} in {LARGE}: {large / small:.2f} times, "
          f"at most {allowed:.2f} allowed")
    sys.exit(large / small > allowed)


if __name__ == "__main__":
    main()
