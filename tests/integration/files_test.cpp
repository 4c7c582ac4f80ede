#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"
#include "support/temporary_directory.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <system_error>

using namespace unisono;
using client = test::loopback_client;
namespace fs = std::filesystem;

namespace {

struct fixture : test::running_server {
    test::temporary_directory root;

    fixture() {
        write("secret.txt", "SECRET");
        write("web/index.html", "<h1>home</h1>");
        write("web/app.js", "let x");
        write("web/docs/index.html", "docs");
        write("web/with space.txt", "spaced");
        write("web/.env", "SECRET");
        write("web/.git/config", "SECRET");
        write("web/empty", "");
        fs::create_directory(root / "web/bare");
        fs::create_directory(root / "outside");
        write("outside/secret.txt", "SECRET");
        fs::create_symlink(root / "secret.txt", root / "web/link.txt");
        fs::create_symlink("app.js", root / "web/inside.js");
        fs::create_directory_symlink(root / "outside", root / "web/out");
        ::mkfifo((root / "web/pipe").c_str(), 0600);
        app.files("/", (root / "web").string(), {.headers = {}});
        app.files("/assets", (root / "web").string());
    }
    void write(std::string const& name, std::string_view text) {
        fs::create_directories((root / name).parent_path());
        std::ofstream{root / name} << text;
    }
};

} // namespace

TEST_CASE("files are served with their type, and folders by their index") {
    fixture f;
    auto c = f.connect();
    auto const home = c.get("/");
    CHECK(home.status == 200);
    CHECK(home.body == "<h1>home</h1>");
    CHECK(home.field("Content-Type").starts_with("text/html"));
    CHECK(home.field("X-Content-Type-Options") == "nosniff");
    CHECK(home.field("Cache-Control") == "no-cache");
    CHECK(c.get("/app.js").field("Content-Type").starts_with("text/javascript"));
    CHECK(c.get("/docs").body == "docs");
    CHECK(c.get("/docs/").body == "docs");
    CHECK(c.get("/with%20space.txt").body == "spaced");
    CHECK(c.get("/assets/app.js").body == "let x");
    CHECK(c.get("/assets/").body == "<h1>home</h1>");
    CHECK(c.get("/empty").status == 200);
    CHECK(c.get("/app.js?v=1").body == "let x");
}

TEST_CASE("threat A10: nothing outside the folder is served, nor what is hidden or no file") {
    fixture f;
    auto c = f.connect();
    for (std::string_view const path : {
             "/../secret.txt",
             "/../../secret.txt",
             "/docs/../../secret.txt",
             "/docs/../app.js",
             "/./app.js",
             "/%2e%2e/secret.txt",
             "/%2E%2E/secret.txt",
             "/.%2e/secret.txt",
             "/%2e./secret.txt",
             "/..%2fsecret.txt",
             "/..%2Fsecret.txt",
             "/%2e%2e%2fsecret.txt",
             "/docs%2f..%2f..%2fsecret.txt",
             "/..%5csecret.txt",
             "/..%5Csecret.txt",
             "/..\\secret.txt",
             "/docs\\..\\..\\secret.txt",
             "/%5c..%5csecret.txt",
             "/%252e%252e/secret.txt",
             "/%252e%252e%252fsecret.txt",
             "/..%252fsecret.txt",
             "/..%255csecret.txt",
             "/%25252e%25252e/secret.txt",
             "/..%c0%afsecret.txt",
             "/%c0%ae%c0%ae/secret.txt",
             "/..%e0%80%afsecret.txt",
             "/%c0%2e%c0%2e/secret.txt",
             "/..%ef%bc%8fsecret.txt",
             "/%uff0e%uff0e/secret.txt",
             "/%u002e%u002e/secret.txt",
             "/....//secret.txt",
             "/....\\/secret.txt",
             "/..;/secret.txt",
             "/..%3b/secret.txt",
             "/.../secret.txt",
             "/ ../secret.txt",
             "/..%20/secret.txt",
             "/..%09/secret.txt",
             "/..%00/secret.txt",
             "/app.js%00",
             "/app.js%00.html",
             "/%00app.js",
             "/..%0d%0a/secret.txt",
             "/..%ff/secret.txt",
             "//../secret.txt",
             "///../secret.txt",
             "/docs//..//..//secret.txt",
             "/assets/../../secret.txt",
             "/assets/..%2f..%2fsecret.txt",
             "/assets../secret.txt",
             "/assets%2f..%2f..%2fsecret.txt",
             "/.env",
             "/%2eenv",
             "/docs/../.env",
             "/.git/config",
             "/.git%2fconfig",
             "/.",
             "/..",
             "/%2e",
             "/link.txt",
             "/inside.js",
             "/out/secret.txt",
             "/out%2fsecret.txt",
             "/pipe",
             "/bare",
             "/bare/",
             "/missing",
             "/app.js/x",
             "/app.js%2f..%2f",
             "/file:///etc/passwd",
             "/etc/passwd",
             "//etc/passwd",
             "/%2fetc%2fpasswd",
             "/C:%5cboot.ini",
             "/app.js:secret",
             "/proc/self/environ",
             "/~root/secret.txt",
         }) {
        INFO(path);
        auto fresh = f.connect();
        auto const r = fresh.get(path);
        CHECK((r.status == 404 || r.status == 400));
        CHECK(r.body.find("SECRET") == std::string::npos);
        CHECK(r.body.find("root:") == std::string::npos);
        CHECK(r.body.find("let x") == std::string::npos);
    }
    CHECK(c.get("/app.js").status == 200);
}

TEST_CASE("a client that has a file is told that it still holds") {
    fixture f;
    auto c = f.connect();
    auto const etag = c.get("/app.js").field("ETag");
    REQUIRE_FALSE(etag.empty());
    auto const again = c.get("/app.js", "If-None-Match: " + etag + "\r\n");
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    CHECK(again.field("ETag") == etag);
    CHECK(c.get("/app.js", "If-None-Match: \"x\", " + etag + "\r\n").status == 304);
    CHECK(c.get("/app.js", "If-None-Match: W/" + etag + "\r\n").status == 304);
    CHECK(c.get("/app.js", "If-None-Match: \"x\",W/\"y\" , W/" + etag + "\r\n").status == 304);
    CHECK(c.get("/app.js", "If-None-Match: \"x\"\r\nIf-None-Match: " + etag + "\r\n").status == 304);
    CHECK(c.get("/app.js", "If-None-Match: *\r\n").status == 304);
    CHECK(c.get("/app.js", "If-None-Match: w/" + etag + "\r\n").status == 200);
    CHECK(c.get("/app.js", "If-None-Match: " + etag.substr(1) + "\r\n").status == 200);
    CHECK(c.get("/app.js", "If-None-Match: \"other\"\r\n").status == 200);
    f.write("web/app.js", "let changed");
    CHECK(c.get("/app.js", "If-None-Match: " + etag + "\r\n").body == "let changed");
}

TEST_CASE("files are read, not written") {
    fixture f;
    auto c = f.connect();
    for (std::string_view const method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
        c.send(client::request("/app.js", {}, method));
        auto const r = c.read_response();
        CHECK(r.status == 405);
        CHECK(r.field("Allow") == "GET, HEAD");
    }
    c.send(client::request("/app.js", {}, "HEAD"));
    auto const head = c.read_response(false);
    CHECK(head.status == 200);
    CHECK(head.field("Content-Length") == "5");
    CHECK(c.get("/app.js").status == 200);
}

TEST_CASE("one file may stand behind a route with parameters") {
    fixture f;
    f.app.file("/edit/{name}", (f.root / "web/docs/index.html").string());
    auto c = f.connect();
    CHECK(c.get("/edit/anything").body == "docs");
}

TEST_CASE("a file larger than allowed is not served") {
    fixture f;
    f.app.files("/small", (f.root / "web").string(), {.max_size = 5});
    auto c = f.connect();
    CHECK(c.get("/small/app.js").status == 200);
    CHECK(c.get("/small/index.html").status == 404);
}

TEST_CASE("a folder that cannot be opened is told at once") {
    fixture f;
    CHECK_THROWS_AS(f.app.files("/x", (f.root / "nowhere").string()), std::system_error);
    CHECK_THROWS_AS(f.app.files("/x", (f.root / "secret.txt").string()), std::system_error);
}
