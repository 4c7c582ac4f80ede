#!/usr/bin/env python3
"""Fails when a delivery takes more user-space instructions than it may. Usage: instructions.py <probe> raw|native|feed

Times swing by a quarter from run to run; instructions do not. Two runs that differ only in the number of messages
give the price of one: their difference, divided by the deliveries between them. What the C library adds to the system
call, 25 instructions here and 42 there, is told apart: no server has a say in that.
"""

import re
import shutil
import subprocess
import sys

CONNECTIONS = 1000

# Raw: 150 was promised, with a system call of at least 15. The others are what they cost when this was last touched,
# and a tenth.
CEILING = {"raw": 135, "native": 340, "feed": 205}


def instructions(*command):
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *map(str, command)],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    counted = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not counted:
        sys.exit(f"the probe failed under valgrind:\n{run.stderr}")
    return int(counted[1])


def price(few, many, *command):
    """Of one more, of whatever the last argument of the command counts."""
    return (instructions(*command, many) - instructions(*command, few)) / (many - few)


def main():
    probe, room = sys.argv[1:]
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        sys.exit(77)
    sending = price(1000, 11000, probe, "call", "send")
    delivery = price(50, 250, probe, "deliver", room, CONNECTIONS) / CONNECTIONS - sending
    print(f"{room}: {delivery:.0f} instructions per delivery, at most {CEILING[room]} allowed, "
          f"and {sending:.0f} for the C library's send()")
    sys.exit(delivery > CEILING[room])


if __name__ == "__main__":
    main()
