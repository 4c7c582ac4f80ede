#include <unisono/codec/prometheus.hpp>

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <limits>

using namespace unisono;

TEST_CASE("samples of one metric stand below one head") {
    std::string page;
    prometheus_writer out{page};
    metric const requests{"app_requests_total", "Requests.", metric_type::counter};
    metric const rooms{"app_rooms", "Rooms.", metric_type::gauge};
    metric_label const ok[] = {{"code", "200"}};
    metric_label const gone[] = {{"code", "404"}, {"shard", "1"}};
    out.value(requests, ok, 3);
    out.value(requests, gone, 9'007'199'254'740'992.0);
    out.value(rooms, {}, 0.5);
    CHECK(page == "# HELP app_requests_total Requests.\n"
                  "# TYPE app_requests_total counter\n"
                  "app_requests_total{code=\"200\"} 3\n"
                  "app_requests_total{code=\"404\",shard=\"1\"} 9007199254740992\n"
                  "# HELP app_rooms Rooms.\n"
                  "# TYPE app_rooms gauge\n"
                  "app_rooms 0.5\n");
}

TEST_CASE("texts are escaped, and numbers that JSON lacks have names") {
    std::string page;
    prometheus_writer out{page};
    metric const odd{"odd", "back\\slash, \"quotes\"\nand a line", metric_type::gauge};
    metric_label const label[] = {{"text", "back\\slash, \"quotes\"\nand a line"}};
    out.value(odd, label, std::numeric_limits<double>::infinity());
    out.value(odd, {}, -std::numeric_limits<double>::infinity());
    out.value(odd, {}, std::nan(""));
    CHECK(page == "# HELP odd back\\\\slash, \"quotes\"\\nand a line\n"
                  "# TYPE odd gauge\n"
                  "odd{text=\"back\\\\slash, \\\"quotes\\\"\\nand a line\"} +Inf\n"
                  "odd -Inf\n"
                  "odd NaN\n");
}

TEST_CASE("a distribution is written as cumulated buckets, sum and count") {
    std::string page;
    prometheus_writer out{page};
    metric const lag{"lag_seconds", "Lag.", metric_type::histogram};
    std::array<std::uint64_t, duration_histogram::bounds.size() + 1> counts{};
    counts[0] = 2;
    counts[3] = 1;
    counts.back() = 1;
    out.distribution(lag, {}, counts, 0.25);
    CHECK(page.find("# TYPE lag_seconds histogram\n"
                    "lag_seconds_bucket{le=\"1e-05\"} 2\n"
                    "lag_seconds_bucket{le=\"2.5e-05\"} 2\n"
                    "lag_seconds_bucket{le=\"5e-05\"} 2\n"
                    "lag_seconds_bucket{le=\"1e-04\"} 3\n") != std::string::npos);
    CHECK(page.find("lag_seconds_bucket{le=\"2.5\"} 3\n"
                    "lag_seconds_bucket{le=\"+Inf\"} 4\n"
                    "lag_seconds_sum 0.25\n"
                    "lag_seconds_count 4\n") != std::string::npos);
}
