// Whole or in pieces, the same bytes must give the same requests and the same verdict.
#include <unisono/wire/http_request_parser.hpp>

#include "require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

// Small enough for the fuzzer to reach.
unisono::http_limits const limits{.request_line = 64, .header_bytes = 256, .fields = 8, .body = 64};

/// Feeds `input` in pieces of at most `size` bytes and writes down everything that can be seen.
std::string trace(std::string_view input, std::size_t size) {
    std::string seen;
    unisono::http_request_parser parser(limits);
    while (!input.empty()) {
        auto const [consumed, status] = parser.feed(unisono::as_bytes(input.substr(0, size)));
        input.remove_prefix(consumed);
        if (status == unisono::http_parse_status::failed)
            return seen + parser.error().message();
        if (status == unisono::http_parse_status::expects_continue)
            seen += "continue\n";
        if (status != unisono::http_parse_status::complete)
            continue;
        auto const request = parser.take();
        seen += request.method + ' ' + request.path + '?' + request.query + '\n';
        for (auto const& field : request.headers)
            seen.append(field.name).append(":").append(field.value).append("\n");
        seen += request.body + '\n' + (request.keep_alive() ? "keep" : "close");
        seen += request.cookie("a").value_or("") == request.query_parameter("a") ? "=" : "!";
    }
    return seen + (parser.idle() ? "idle" : "open");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input(reinterpret_cast<char const*>(data), size);
    std::string const whole = trace(input, std::max<std::size_t>(size, 1));
    for (std::size_t piece : {1, 2, 3, 7})
        fuzz::require(trace(input, piece) == whole);
    return 0;
}
