#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/detail/utf8_replace.hpp>
#include <unisono/wire/error.hpp>
#include <unisono/wire/sse_parser.hpp>

#include <algorithm>

namespace unisono::inline v0 {

UNISONO_DECL sse_parser::progress sse_parser::feed(bytes_view bytes) {
    if (reported_) {
        event_.clear();
        data_.clear();
        reported_ = false;
    }
    std::string_view input = as_text(bytes);
    while (!input.empty() && !error_ && !reported_)
        if (skip_byte_order_mark(input))
            feed_line(input);
    auto const status = error_      ? sse_parse_status::failed
                        : reported_ ? sse_parse_status::event
                                    : sse_parse_status::need_more;
    return {bytes.size() - input.size(), status};
}

UNISONO_DECL sse_message sse_parser::message() const noexcept {
    std::string_view data = data_;
    if (!data.empty())
        data.remove_suffix(1);
    return {event_.empty() ? std::string_view("message") : event_, data, last_event_id_};
}

UNISONO_DECL void sse_parser::fail() noexcept {
    error_ = wire_error::event_too_large;
}

/// True when the stream is past the place where a mark may stand.
UNISONO_DECL bool sse_parser::skip_byte_order_mark(std::string_view& input) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    while (mark_matched_ < mark.size()) {
        if (input.empty())
            return false;
        if (input.front() != mark[mark_matched_]) {
            line_.assign(mark.substr(0, mark_matched_)); // not a mark after all: the line begins with these
            mark_matched_ = mark.size();
            return true;
        }
        input.remove_prefix(1);
        ++mark_matched_;
    }
    return true;
}

UNISONO_DECL void sse_parser::feed_line(std::string_view& input) {
    if (after_cr_ && !input.empty()) {
        after_cr_ = false;
        if (input.front() == '\n')
            input.remove_prefix(1);
    }
    auto const end = std::find_if(input.begin(), input.end(), [](char c) { return c == '\r' || c == '\n'; });
    std::string_view line = input.substr(0, static_cast<std::size_t>(end - input.begin()));
    if (line.size() > limits_.line || line_.size() > limits_.line - line.size())
        return fail();
    if (end == input.end()) {
        line_.append(line);
        input = {};
        return;
    }
    after_cr_ = *end == '\r';
    input.remove_prefix(line.size() + 1);
    if (!line_.empty()) {
        line_.append(line);
        line = line_;
    }
    finish_line(line);
    line_.clear();
}

UNISONO_DECL void sse_parser::finish_line(std::string_view line) {
    if (line.empty())
        return finish_block();
    std::string_view value = line;
    std::string_view const name = detail::next_part(value, ':');
    if (value.starts_with(' '))
        value.remove_prefix(1);
    // A comment is a field without a name, and like every unknown one means nothing.
    set_field(name, value);
}

UNISONO_DECL void sse_parser::set_field(std::string_view name, std::string_view value) {
    if (name == "data") {
        detail::append_replacing_invalid(data_, value);
        data_ += '\n';
        if (data_.size() - 1 > limits_.data)
            fail();
    } else if (name == "event") {
        event_.clear();
        detail::append_replacing_invalid(event_, value);
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
        id_buffer_.clear();
        detail::append_replacing_invalid(id_buffer_, value);
    } else if (name == "retry" && !value.empty() &&
               std::all_of(value.begin(), value.end(), detail::is_digit)) {
        constexpr std::chrono::milliseconds longest = std::chrono::hours(1);
        std::chrono::milliseconds wait{0};
        for (char c : value)
            wait = std::min(longest, wait * 10 + std::chrono::milliseconds(c - '0'));
        retry_ = wait;
    }
}

UNISONO_DECL void sse_parser::finish_block() {
    last_event_id_ = id_buffer_;
    reported_ = !data_.empty();
    if (!reported_)
        event_.clear();
}

} // namespace unisono::inline v0
