#include <unisono/core/line_logger.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;

namespace {

struct written {
    manual_clock time;
    std::vector<std::string> lines;
    std::size_t bytes = 0;

    line_logger_options options(severity least = severity::debug, std::uint32_t rate = 10) {
        return {.least = least, .lines_per_second = rate, .clock = &time};
    }
    std::function<void(std::string_view)> sink() {
        return [this](std::string_view line) {
            lines.emplace_back(line);
            bytes += line.size();
        };
    }
};

} // namespace

TEST_CASE("a line says when, how bad, who and what") {
    written w;
    line_logger log{w.sink(), w.options()};
    log.write(severity::warning, "net", "accepting pauses",
              {{"reason", "no files left"}, {"connection", -7}});
    REQUIRE(w.lines.size() == 1);
    CHECK(w.lines[0] == "time=2023-11-14T22:13:20.000Z level=warning component=net "
                        "message=\"accepting pauses\" reason=\"no files left\" connection=-7\n");
}

TEST_CASE("what weighs too little is not written") {
    written w;
    line_logger log{w.sink(), w.options(severity::warning)};
    CHECK_FALSE(log.enabled(severity::info));
    log.write(severity::info, "net", "hello");
    log.write(severity::warning, "net", "hello");
    CHECK(w.lines.size() == 1);
}

TEST_CASE("threat E9: what a peer sent can neither break nor forge a line, nor make it long") {
    written w;
    line_logger log{w.sink(), w.options()};
    log.write(
        severity::info, "net", "x",
        {{"reason", "a\r\ntime=0 level=error \"\\\x1b[2J\x7f\x9b"}, {"none", ""}, {"plain", "a-b/c:1"}});
    REQUIRE(w.lines.size() == 1);
    CHECK(
        w.lines[0].ends_with("message=x reason=\"a\\x0d\\x0atime=0 level=error \\\"\\\\\\x1b[2J\\x7f\\x9b\" "
                             "none=\"\" plain=a-b/c:1\n"));
    log.write(severity::info, "net", "y", {{"reason", std::string(100'000, 'x')}});
    CHECK(w.lines[1].size() < 700);
    CHECK(w.lines[1].ends_with("xxx...\"\n"));
}

TEST_CASE("threat E9: a flood of one kind is counted, others are still written") {
    written w;
    line_logger log{w.sink(), w.options(severity::debug, 3)};
    for (int i = 0; i < 1000; ++i)
        log.write(severity::error, "net", "a connection's handler threw", {{"connection", i}});
    CHECK(w.lines.size() == 3);
    log.write(severity::warning, "store", "writing failed");
    CHECK(w.lines.size() == 4);
    w.time.advance(1s);
    log.write(severity::warning, "store", "writing failed"); // any line brings the report
    REQUIRE(w.lines.size() == 6);
    CHECK(w.lines[4].ends_with(
        "level=error component=net message=\"a connection's handler threw\" left_out=997\n"));
    log.write(severity::error, "net", "a connection's handler threw", {{"connection", 1000}});
    CHECK(w.lines.back().ends_with("connection=1000\n"));
}

TEST_CASE("threat E9: a minute of flood stays below a megabyte") {
    written w;
    line_logger log{w.sink(), w.options()};
    for (int second = 0; second < 60; ++second) {
        for (int i = 0; i < 20'000; ++i)
            log.write(severity::error, "net", i % 2 == 0 ? "one" : "other", {{"reason", "the same again"}});
        w.time.advance(1s);
    }
    CHECK(w.bytes < 1024 * 1024);
    CHECK(w.lines.size() >= 60 * 2 * 10);
}

TEST_CASE("what was left out is reported at the end") {
    written w;
    {
        line_logger log{w.sink(), w.options(severity::debug, 1)};
        log.write(severity::info, "net", "again");
        log.write(severity::info, "net", "again");
    }
    REQUIRE(w.lines.size() == 2);
    CHECK(w.lines[1].ends_with("message=again left_out=1\n"));
}

TEST_CASE("a sink that throws does not reach those who log") {
    line_logger log{[](std::string_view) { throw std::runtime_error("disk full"); }};
    log.write(severity::error, "net", "hello");
}
