// Whole or in pieces, the same stream must give the same events; and what was read can be written and read
// again.
#include <unisono/wire/sse_event.hpp>
#include <unisono/wire/sse_parser.hpp>

#include "require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using fuzz::require;

namespace {

unisono::sse_limits const limits{.line = 64, .data = 128};

void check_round_trip(unisono::sse_message const& message) {
    bool const writable = message.event.find('\0') == std::string_view::npos;
    auto const block =
        unisono::encode_sse({.event = message.event, .id = message.last_event_id, .data = message.data});
    require(block.has_value() == writable);
    if (!block)
        return;
    unisono::sse_parser parser;
    require(parser.feed(block->view()).status == unisono::sse_parse_status::event);
    require(parser.message().event == message.event);
    require(parser.message().data == message.data);
    require(parser.message().last_event_id == message.last_event_id);
}

/// Feeds `input` in pieces of at most `size` bytes and writes down everything that can be seen.
std::string trace(std::string_view input, std::size_t size) {
    std::string seen;
    unisono::sse_parser parser(limits);
    while (!input.empty()) {
        auto const [consumed, status] = parser.feed(unisono::as_bytes(input.substr(0, size)));
        input.remove_prefix(consumed);
        if (status == unisono::sse_parse_status::failed)
            return seen + parser.error().message();
        if (status != unisono::sse_parse_status::event)
            continue;
        auto const message = parser.message();
        check_round_trip(message);
        seen.append(message.event).append("|").append(message.data).append("|");
        seen.append(message.last_event_id).append(";");
    }
    auto const retry = parser.retry();
    return seen + parser.last_event_id() + (retry ? std::to_string(retry->count()) : "");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input(reinterpret_cast<char const*>(data), size);
    std::string const whole = trace(input, std::max<std::size_t>(size, 1));
    for (std::size_t piece : {1, 2, 3, 7})
        require(trace(input, piece) == whole);
    return 0;
}
