"""Shows include_rules.py one small tree per rule and expects it to find exactly the violation in there."""

import tempfile
import unittest
from pathlib import Path

import include_rules

TABLE = """
core:
codec: | rapidjson
wire: codec | websocketpp
store: codec | sqlite3
net: | asio
"""


class IncludeRules(unittest.TestCase):
    def check(self, path, text, table=TABLE, more=None):
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            files = {"tests/include_rules.txt": table, path: text}
            if path.endswith(".ipp"):
                files["src/store.cpp"] = f"#include <{path.removeprefix('include/')}>\n"
            files.update(more or {})
            for name, content in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(content)
            return list(include_rules.violations(root))

    def header(self, path, *includes):
        lines = ["#pragma once", *(f"#include {include}" for include in includes)]
        return self.check("include/unisono/" + path, "\n".join(lines) + "\n")

    def assert_one(self, found, words):
        self.assertEqual(1, len(found), found)
        self.assertIn(words, found[0])

    def test_allowed(self):
        self.assertEqual([], self.header("wire/a.hpp", "<vector>", "<unisono/core/a.hpp>", "<unisono/codec/a.hpp>",
                                         "<unisono/wire/b.hpp>"))
        self.assertEqual([], self.header("wire/detail/websocketpp.hpp", "<websocketpp/frame.hpp>"))
        self.assertEqual([], self.header("store/impl/store_sqlite.ipp", "<sqlite3.h>", "<thread>"))
        self.assertEqual([], self.header("net/a.hpp", "<asio/post.hpp>", "<thread>", "<sys/socket.h>"))
        self.assertEqual([], self.header("wire.hpp", "<unisono/wire/a.hpp>", "<unisono/codec/a.hpp>"))
        self.assertEqual([], self.check("src/store_sqlite.cpp", "#include <unisono/codec/a.hpp>\n"))

    def test_folders(self):
        self.assert_one(self.header("codec/a.hpp", "<unisono/wire/a.hpp>"), "codec may not include wire")
        self.assert_one(self.header("core/a.hpp", "<unisono/codec/a.hpp>"), "core may not include codec")
        self.assert_one(self.header("core.hpp", "<unisono/codec.hpp>"), "core may not include codec")
        self.assert_one(self.check("src/codec.cpp", "#  include <unisono/net/a.hpp>\n"), "codec may not include net")
        self.assert_one(self.check("src/store_sqlite.cpp", "#include <unisono/net/a.hpp>\n"), "store may not")
        self.assert_one(self.header("extra/a.hpp"), "no line in include_rules.txt")

    def test_third_parties(self):
        self.assert_one(self.header("wire/a.hpp", "<asio/post.hpp>"), "wire may not include asio")
        self.assert_one(self.header("wire/a.hpp", "<rapidjson/reader.h>"), "wire may not include rapidjson")
        self.assert_one(self.header("wire/a.hpp", "<websocketpp/frame.hpp>"), "stays inside")
        self.assert_one(self.header("store/store_memory.hpp", "<sqlite3.h>"), "stays inside")
        self.assert_one(self.header("store/store_sqlite.hpp", "<sqlite3.h>"), "stays inside")

    def test_forbidden_headers(self):
        self.assert_one(self.header("net/a.hpp", "<asio.hpp>"), "<asio.hpp>")
        self.assert_one(self.header("codec/a.hpp", "<rapidjson/document.h>"), "<rapidjson/document.h>")
        self.assert_one(self.header("wire/detail/websocketpp.hpp", "<websocketpp/server.hpp>"), "C++20")
        self.assert_one(self.header("wire/detail/websocketpp.hpp", "<websocketpp/config/core.hpp>"), "C++20")
        self.assert_one(self.check("tests/unit/a_test.cpp", "#include <asio.hpp>\n"), "<asio.hpp>")

    def test_pure(self):
        self.assert_one(self.header("codec/a.hpp", "<thread>"), "pure")
        self.assert_one(self.header("store/store_memory.hpp", "<filesystem>"), "pure")
        self.assertEqual([], self.header("store/store_sqlite.hpp", "<filesystem>"))
        self.assertEqual([], self.header("core/impl/ip_address.ipp", "<arpa/inet.h>"))
        self.assert_one(self.header("core/impl/ip_address.ipp", "<sys/socket.h>"), "pure")
        self.assert_one(self.header("core/bytes.hpp", "<arpa/inet.h>"), "pure")
        self.assert_one(self.header("codec/a.hpp", "<sys/socket.h>"), "pure")
        self.assert_one(self.header("net/a.hpp", "<iostream>"), "never prints")

    def test_form(self):
        self.assert_one(self.header("wire/a.hpp", '"b.hpp"'), "write <unisono/...>")
        self.assert_one(self.check("include/unisono/wire/a.hpp", "\n"), "no #pragma once")
        self.assert_one(self.check("tests/a.cpp", "\n" * 801), "801 lines")

    def test_definitions_left_out(self):
        self.assert_one(self.check("include/unisono/store/impl/a.ipp", "#pragma once\n", more={"src/store.cpp": ""}),
                        "no src/*.cpp includes it")

    def test_table(self):
        for table in ("core:\ncodec: crdt\n", "core:\ncodec: | boost\n"):
            with self.assertRaises(ValueError):
                self.check("src/codec.cpp", "", table)


if __name__ == "__main__":
    unittest.main()
