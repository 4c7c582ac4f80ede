#!/usr/bin/env python3
"""Fails when an idle connection takes more heap than it may. Usage: memory.py <probe> websocket|stream|feed"""

import subprocess
import sys

CONNECTIONS = 2000
# Bytes, malloc's own included: what they cost when this was last touched, and a twentieth. 700 was promised.
CEILING = {"websocket": 555, "stream": 455, "feed": 530}


def main():
    probe, kind = sys.argv[1:]
    run = subprocess.run([probe, "idle", kind, str(CONNECTIONS)], stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode == 77:
        print("skipped:", run.stdout.strip())
        sys.exit(77)
    if run.returncode != 0:
        sys.exit("the probe failed")
    size = int(run.stdout)
    print(f"{kind}: {size} bytes per idle connection, at most {CEILING[kind]} allowed")
    sys.exit(size > CEILING[kind])


if __name__ == "__main__":
    main()
