#!/usr/bin/env python3
"""Fails when a delivery takes more user-space instructions than it may. Usage: instructions.py <probe> raw|native|feed

Times swing by a quarter from run to run; instructions do not. Two runs that differ only in the number of messages
give the price of one: their difference, divided by the deliveries between them.
"""

import re
import shutil
import subprocess
import sys

CONNECTIONS = 1000
MESSAGES = (50, 250)

# Raw is what was promised; the others are what they cost when this was last touched, and a tenth.
CEILING = {"raw": 150, "native": 350, "feed": 229}


def instructions(probe, room, messages):
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
         probe, "deliver", room, str(CONNECTIONS), str(messages)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not counted:
        sys.exit(f"the probe failed under valgrind:\n{run.stderr}")
    return int(counted[1])


def main():
    probe, room = sys.argv[1:]
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        sys.exit(77)
    few, many = (instructions(probe, room, messages) for messages in MESSAGES)
    price = (many - few) / (CONNECTIONS * (MESSAGES[1] - MESSAGES[0]))
    print(f"{room}: {price:.0f} instructions per delivery, at most {CEILING[room]} allowed")
    sys.exit(price > CEILING[room])


if __name__ == "__main__":
    main()
