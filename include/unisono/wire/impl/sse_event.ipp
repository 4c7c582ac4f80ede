#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/sse_event.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>

namespace unisono::inline v0 {

namespace detail {

/// Calls `visit(line)` for every line of `text`, whichever of CRLF, CR and LF ends it; at least once.
template <class Visitor>
void visit_lines(std::string_view text, Visitor&& visit) {
    while (true) {
        auto const end =
            std::find_if(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; });
        auto const length = static_cast<std::size_t>(end - text.begin());
        visit(text.substr(0, length));
        if (length == text.size())
            return;
        text.remove_prefix(length);
        text.remove_prefix(text.starts_with("\r\n") ? 2 : 1);
    }
}

/// Calls `write(piece)` for every piece of the block, in order. Run twice: to measure, then to copy.
template <class Writer>
void write_sse(sse_event const& event, std::string_view retry, Writer&& write) {
    // The space after the colon is always there: a parser takes one away, so a value may begin with its own.
    auto const line = [&](std::string_view name, std::string_view value) {
        write(name);
        write(": ");
        write(value);
        write("\n");
    };
    if (event.comment)
        visit_lines(*event.comment, [&](std::string_view text) { line("", text); });
    if (event.event)
        line("event", *event.event);
    if (event.id)
        line("id", *event.id);
    if (!retry.empty())
        line("retry", retry);
    if (event.data)
        visit_lines(*event.data, [&](std::string_view text) { line("data", text); });
    write("\n");
}

} // namespace detail

UNISONO_DECL result<payload> encode_sse(sse_event const& event) {
    using namespace std::string_view_literals;
    for (auto const& field : {event.event, event.id})
        if (field && field->find_first_of("\r\n\0"sv) != std::string_view::npos)
            return wire_error::forbidden_character;
    bool any = event.retry.has_value();
    for (auto const& text : {event.event, event.id, event.data, event.comment}) {
        if (text && !is_valid_utf8(*text))
            return wire_error::invalid_utf8;
        any = any || text;
    }
    if (!any)
        return payload();

    char digits[20];
    std::string_view retry;
    if (event.retry) {
        auto const milliseconds = std::max<std::chrono::milliseconds::rep>(event.retry->count(), 0);
        char* const end = std::to_chars(std::begin(digits), std::end(digits), milliseconds).ptr;
        retry = {digits, static_cast<std::size_t>(end - digits)};
    }
    std::size_t size = 0;
    detail::write_sse(event, retry, [&](std::string_view piece) { size += piece.size(); });
    return payload::build(size, [&](mutable_bytes out) {
        detail::write_sse(event, retry, [&](std::string_view piece) {
            std::copy(piece.begin(), piece.end(), reinterpret_cast<char*>(out.data()));
            out = out.subspan(piece.size());
        });
    });
}

} // namespace unisono::inline v0
