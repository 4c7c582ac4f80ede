#!/usr/bin/env python3
"""Checks who includes whom: include_rules.py <repository>. Prints every violation and exits with 1 if there is one.

The table of allowed edges is tests/include_rules.txt of that repository.
"""

import re
import sys
from pathlib import Path

MAX_LINES = 800

# name in the table -> how the includes of that third party begin
THIRD_PARTIES = {
    "asio": ("asio/", "asio.hpp"),
    "rapidjson": ("rapidjson/",),
    "websocketpp": ("websocketpp/",),
    "sqlite3": ("sqlite3.h",),
    "zlib": ("zlib.h",),
    "openssl": ("openssl/",),
}

# Inside the folders that may use them, these stay behind one wrapper.
WRAPPERS = {
    "websocketpp": re.compile(r"wire/detail/websocketpp\.hpp"),
    "openssl": re.compile(r"tls/detail/openssl\.hpp"),
    "sqlite3": re.compile(r"store/(impl|detail)/\w*sqlite\w*\.[hi]pp"),
    "zlib": re.compile(r"wire/detail/zlib_stream\.hpp"),
}

# The one leaf among the pure folders that works on files.
FILE_LEAF = re.compile(r"store/(\w+/)?\w*sqlite\w*\.[hi]pp")

# What turns addresses into text and back, and knows no sockets: for one leaf of the pure folders.
ADDRESS_TEXT = "arpa/inet.h"
ADDRESS_LEAF = "core/impl/ip_address.ipp"

FORBIDDEN_EVERYWHERE = {
    "asio.hpp": "include the Asio headers you use",
    "rapidjson/document.h": "only RapidJSON's SAX reader and writer are safe with every version",
    "websocketpp/server.hpp": "does not compile as C++20",
    "websocketpp/config/core.hpp": "does not compile as C++20",
}

# The library never prints, and its pure folders have no threads, files or system calls.
FORBIDDEN_IN_LIBRARY = {"iostream", "cstdio", "stdio.h"}
FORBIDDEN_IN_PURE = {"thread", "fstream", "filesystem"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Rules:
    """The table: for each folder the folders and the third parties it may include."""

    def __init__(self, text):
        self.folders = {}
        self.third_parties = {}
        for line in text.splitlines():
            line = line.split("#")[0].strip()
            if not line:
                continue
            folder, _, allowed = line.partition(":")
            folders, _, parties = allowed.partition("|")
            self.folders[folder] = {folder, "core", *folders.split()}
            self.third_parties[folder] = set(parties.split())
        for folder in self.folders:
            for name in self.folders[folder] - self.folders.keys():
                raise ValueError(f"include_rules.txt: {folder} may include {name}, which has no line of its own")
            for name in self.third_parties[folder] - THIRD_PARTIES.keys():
                raise ValueError(f"include_rules.txt: {folder} uses {name}, which include_rules.py does not know")

    def is_pure(self, folder):
        return "asio" not in self.third_parties[folder]


def folder_of(path):
    """The folder of `a/b.hpp`, or of `a.hpp`, which stands for the whole folder a."""
    return path.split("/")[0].removesuffix(".hpp")


def third_party_of(include):
    for name, prefixes in THIRD_PARTIES.items():
        if include.startswith(prefixes):
            return name
    return None


def check_edge(rules, folder, place, quote, include):
    """Yields what is wrong with one include of the library; `place` is the file's path inside include/unisono."""
    if quote == '"':
        yield f'"{include}": write <unisono/...>'
        return
    if include.startswith("unisono/"):
        target = folder_of(include.removeprefix("unisono/"))
        if target not in rules.folders[folder]:
            yield f"<{include}>: {folder} may not include {target}"
        return

    party = third_party_of(include)
    if party:
        if party not in rules.third_parties[folder]:
            yield f"<{include}>: {folder} may not include {party}"
        elif party in WRAPPERS and not WRAPPERS[party].fullmatch(place):
            yield f"<{include}>: {party} stays inside {WRAPPERS[party].pattern}"
        return

    if include in FORBIDDEN_IN_LIBRARY:
        yield f"<{include}>: the library never prints"
    elif (rules.is_pure(folder) and not FILE_LEAF.fullmatch(place)
          and (include, place) != (ADDRESS_TEXT, ADDRESS_LEAF)
          and (include in FORBIDDEN_IN_PURE or include.endswith(".h") or "/" in include)):
        yield f"<{include}>: {folder} is pure: no threads, files or system calls"


def check_file(rules, root, path):
    lines = path.read_text(encoding="utf-8").splitlines()
    relative = path.relative_to(root)
    top = relative.parts[0]

    if len(lines) > MAX_LINES:
        yield 1, f"{len(lines)} lines; the limit is {MAX_LINES}"
    if path.suffix in (".hpp", ".ipp") and "#pragma once" not in lines:
        yield 1, "no #pragma once"

    folder = place = None
    if top == "include":
        place = relative.relative_to("include/unisono").as_posix()
        folder = folder_of(place)
    elif top == "src":
        place = relative.name
        folder = next((name for name in rules.folders if re.fullmatch(name + r"(_\w+)?", path.stem)), path.stem)
    if folder is not None and folder not in rules.folders:
        yield 1, f"folder {folder} has no line in include_rules.txt"
        folder = None

    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, include = match.groups()
        if include in FORBIDDEN_EVERYWHERE:
            yield number, f"<{include}>: {FORBIDDEN_EVERYWHERE[include]}"
        elif folder is not None:
            for problem in check_edge(rules, folder, place, quote, include):
                yield number, problem


def sources(root):
    for top in ("include", "src", "tests", "examples", "benchmarks"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".hpp", ".ipp", ".cpp") and "node_modules" not in path.parts:
                yield path


def definitions_left_out(root):
    """Yields the .ipp files that no source of the compiled library includes: they work header-only alone."""
    compiled = set()
    for source in (root / "src").glob("*.cpp"):
        for line in source.read_text(encoding="utf-8").splitlines():
            match = INCLUDE.match(line)
            if match:
                compiled.add(match.group(2))
    for path in sorted((root / "include").rglob("*.ipp")):
        name = path.relative_to(root / "include").as_posix()
        if name not in compiled:
            yield f"include/{name}:1: no src/*.cpp includes it"


def violations(root):
    rules = Rules((root / "tests" / "include_rules.txt").read_text(encoding="utf-8"))
    yield from definitions_left_out(root)
    for path in sources(root):
        for number, problem in check_file(rules, root, path):
            yield f"{path.relative_to(root)}:{number}: {problem}"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    found = list(violations(Path(sys.argv[1])))
    print("\n".join(found) if found else "every include is allowed")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
