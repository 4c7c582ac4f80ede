#include <unisono/wire/detail/extension_list.hpp>

#include "support/catch.hpp"

#include <string>

namespace {

std::string read(std::string_view text) {
    std::string log;
    bool const good = unisono::detail::read_extension_list(
        text, [&](std::string_view name) { log += log.empty() ? name : " " + std::string{name}; },
        [&](unisono::detail::extension_parameter const& p) {
            log += ";" + std::string{p.name};
            if (p.value)
                log += "=" + *p.value;
        });
    return good ? log : "malformed";
}

} // namespace

TEST_CASE("a list of extensions is read by the grammar of RFC 6455, 9.1") {
    CHECK(read("foo") == "foo");
    CHECK(read("foo, bar; baz=2") == "foo bar;baz=2");
    CHECK(read(" foo ;\tone ; two = 2 ,bar") == "foo;one;two=2 bar");
    CHECK(read("foo; a=\"10\"") == "foo;a=10");
    CHECK(read("foo; a=\"1\\0\"") == "foo;a=10");
    CHECK(read("foo; a; a") == "foo;a;a"); // what repetition means is the extension's business

    for (char const* text : {"",
                             " ",
                             ",",
                             "foo,",
                             ",foo",
                             "foo,,bar",
                             "foo;",
                             "foo;;a",
                             "foo;=1",
                             "foo; a=",
                             "foo; a=\"\"",
                             "foo; a=\"",
                             "foo; a=\"1",
                             "foo; a=1\"",
                             "foo; a=\"1\\\"",
                             "foo; a=\"1 0\"",
                             "foo; a=b=c",
                             "foo bar",
                             "foo; a b",
                             "foo; a=\"b,c\"",
                             "foo; a=\"b;c\"",
                             "f\xc3\xb6o"}) {
        INFO(text);
        CHECK(read(text) == "malformed");
    }
}
