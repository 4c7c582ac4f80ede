#!/usr/bin/env python3
"""Prints the headers that include each other by way of their definitions: include_cycles.py <repository>.

Header-only, such headers must be complete whichever of them a program names first.
"""

import sys
from pathlib import Path

from include_rules import INCLUDE


def edges(include):
    """path inside `include` -> the library's files that it includes"""
    files = {path.relative_to(include).as_posix(): path for path in include.rglob("*.[hi]pp")}
    matches = {name: map(INCLUDE.match, path.read_text(encoding="utf-8").splitlines()) for name, path in files.items()}
    return {name: [m.group(2) for m in found if m and m.group(2) in files] for name, found in matches.items()}


def reachable(graph, start):
    seen, left = set(), [start]
    while left:
        for name in graph[left.pop()]:
            if name not in seen:
                seen.add(name)
                left.append(name)
    return seen


def headers_in_cycles(graph):
    """Headers that reach another header from which they are reached in turn; a header and its .ipp are no cycle."""
    reach = {name: reachable(graph, name) for name in graph}
    headers = {name for name in graph if name.endswith(".hpp")}
    return sorted(a for a in headers if any(b != a and a in reach[b] for b in reach[a] & headers))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print("\n".join(headers_in_cycles(edges(Path(sys.argv[1]) / "include"))))


if __name__ == "__main__":
    main()
