#include <unisono/wire/mime.hpp>

#include "support/catch.hpp"

using unisono::content_type;

TEST_CASE("a file's extension tells its content type") {
    CHECK(content_type("index.html") == "text/html; charset=utf-8");
    CHECK(content_type("web/app.min.mjs") == "text/javascript; charset=utf-8");
    CHECK(content_type("APP.JS") == "text/javascript; charset=utf-8");
    CHECK(content_type("app.js.map") == "application/json");
    CHECK(content_type("logo.svg") == "image/svg+xml");
    CHECK(content_type("core.wasm") == "application/wasm");
    CHECK(content_type("font.woff2") == "font/woff2");
    CHECK(content_type("favicon.ico") == "image/x-icon");
}

TEST_CASE("an unknown file is only bytes") {
    for (auto name : {"", "html", ".", "a.", "a.html2", "dir.html/file", "a.exe"})
        CHECK(content_type(name) == "application/octet-stream");
}
