#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/detail/http_grammar.hpp>
#include <unisono/wire/http_request_parser.hpp>
#include <unisono/wire/url.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL http_request_parser::progress http_request_parser::feed(bytes_view bytes) {
    std::string_view input = as_text(bytes);
    if (state_ == state::body_start)
        state_ = chunked_ ? state::chunk_size : state::sized_body;
    while (!input.empty() && status() == http_parse_status::need_more) {
        if (state_ == state::request_line || state_ == state::fields)
            feed_line(input);
        else if (state_ == state::sized_body)
            append_body(input, state::complete);
        else
            feed_chunked(input);
    }
    return {bytes.size() - input.size(), status()};
}

UNISONO_DECL http_request http_request_parser::take() {
    assert(state_ == state::complete);
    http_request done = std::move(request_);
    *this = http_request_parser(limits_);
    line_.shrink_to_fit(); // a connection at rest, of which there are many, holds no buffer
    return done;
}

UNISONO_DECL http_parse_status http_request_parser::status() const noexcept {
    switch (state_) {
    case state::complete:
        return http_parse_status::complete;
    case state::failed:
        return http_parse_status::failed;
    case state::body_start:
        return http_parse_status::expects_continue;
    default:
        return http_parse_status::need_more;
    }
}

UNISONO_DECL void http_request_parser::fail(std::error_code error) noexcept {
    error_ = error;
    state_ = state::failed;
}

// Head

UNISONO_DECL void http_request_parser::feed_line(std::string_view& input) {
    auto const end = input.find('\n');
    bool const whole = end != std::string_view::npos;
    std::string_view line = input.substr(0, end);
    // Judged before the content, so that a line too long fails alike whether its end is at hand or not.
    if (line_too_long(line_.size() + line.size()))
        return fail(state_ == state::request_line ? wire_error::line_too_long
                                                  : wire_error::headers_too_large);
    input.remove_prefix(whole ? end + 1 : input.size());
    if (!whole) {
        line_.append(line);
        return;
    }
    if (!line_.empty()) {
        line_.append(line);
        line = line_;
    }
    if (state_ == state::fields)
        header_bytes_ += line.size() + 1;
    if (auto const parsed = parse_line(line); !parsed)
        fail(parsed.error());
    line_.clear();
}

UNISONO_DECL bool http_request_parser::line_too_long(std::size_t length_before_lf) const noexcept {
    if (state_ == state::request_line)
        return length_before_lf > limits_.request_line + 1;
    return header_bytes_ + length_before_lf + 1 > limits_.header_bytes;
}

UNISONO_DECL result<void> http_request_parser::parse_line(std::string_view line) {
    bool const first = state_ == state::request_line;
    if (!line.ends_with('\r'))
        return first ? wire_error::bad_request_line : wire_error::bad_header;
    line.remove_suffix(1);
    if (first)
        return parse_request_line(line);
    return line.empty() ? finish_head() : parse_field(line);
}

UNISONO_DECL result<void> http_request_parser::parse_request_line(std::string_view line) {
    std::string_view const method = detail::next_part(line, ' ');
    std::string_view const target = detail::next_part(line, ' ');
    std::string_view const version = line;
    if (!detail::is_token(method) || target.empty() || version.size() != 8 || !version.starts_with("HTTP/") ||
        !detail::is_digit(version[5]) || version[6] != '.' || !detail::is_digit(version[7]))
        return wire_error::bad_request_line;
    if (version[5] != '1' || version[7] > '1')
        return wire_error::unsupported_version;
    request_.method = method;
    request_.minor_version = version[7] - '0';
    state_ = state::fields;
    return parse_target(target);
}

UNISONO_DECL result<void> http_request_parser::parse_target(std::string_view target) {
    request_.target = target;
    if (target == "*" && request_.method == "OPTIONS") {
        request_.path = target;
        return {};
    }
    // A tunnel is nothing this server opens, in whatever form its target comes.
    if (!target.starts_with('/') || !detail::is_request_target(target) || request_.method == "CONNECT")
        return wire_error::bad_target;
    auto path = decode_path(detail::next_part(target, '?'));
    if (!path)
        return wire_error::bad_target;
    request_.path = *std::move(path);
    request_.query = target;
    return {};
}

UNISONO_DECL result<void> http_request_parser::parse_field(std::string_view line) {
    auto const colon = line.find(':');
    if (colon == std::string_view::npos)
        return wire_error::bad_header;
    if (request_.headers.size() == limits_.fields)
        return wire_error::headers_too_large;
    // A space before the colon, and one that continues the line above, end up inside the name: no token.
    if (!request_.headers.try_add(line.substr(0, colon), detail::trim(line.substr(colon + 1))))
        return wire_error::bad_header;
    return {};
}

UNISONO_DECL result<void> http_request_parser::finish_head() {
    auto const host = request_.headers.sole("Host");
    bool const may_lack = request_.minor_version == 0 && !request_.headers.contains("Host");
    if (host ? !detail::is_host(*host) : !may_lack)
        return wire_error::bad_host;
    if (auto const framing = settle_framing(); !framing)
        return framing;
    if (auto const expectation = settle_expectation(); !expectation)
        return expectation;

    if (!chunked_ && remaining_ == 0)
        state_ = state::complete;
    else if (wants_continue_)
        state_ = state::body_start;
    else
        state_ = chunked_ ? state::chunk_size : state::sized_body;
    return {};
}

UNISONO_DECL result<void> http_request_parser::settle_framing() {
    http_headers const& headers = request_.headers;
    auto const lengths = headers.count("Content-Length");
    auto const codings = headers.count("Transfer-Encoding");
    if (lengths + codings > 1 || (codings == 1 && request_.minor_version == 0))
        return wire_error::bad_framing;
    if (lengths == 1) {
        auto const length = detail::parse_content_length(headers.get("Content-Length"));
        if (!length)
            return wire_error::bad_framing;
        remaining_ = *length;
    }
    if (codings == 0 && remaining_ == 0)
        return {};

    if (request_.method == "GET" || request_.method == "HEAD" || headers.contains("Upgrade"))
        return wire_error::unexpected_body;
    if (remaining_ > limits_.body)
        return wire_error::body_too_large;
    if (codings == 0)
        return {};
    std::string_view const coding = headers.get("Transfer-Encoding");
    if (!detail::ends_in_chunked(coding))
        return wire_error::bad_framing;
    if (!detail::equals_ignoring_case(coding, "chunked"))
        return wire_error::unsupported_coding;
    chunked_ = true;
    return {};
}

UNISONO_DECL result<void> http_request_parser::settle_expectation() {
    http_headers const& headers = request_.headers;
    // HTTP/1.0 has no interim answers; there the field means nothing (RFC 9110, 10.1.1).
    if (request_.minor_version == 0 || !headers.contains("Expect"))
        return {};
    if (!detail::equals_ignoring_case(headers.sole("Expect").value_or(""), "100-continue"))
        return wire_error::unmet_expectation;
    wants_continue_ = true;
    return {};
}

// Body

UNISONO_DECL void http_request_parser::append_body(std::string_view& input, state when_done) {
    auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, input.size()));
    request_.body.append(input.substr(0, size));
    input.remove_prefix(size);
    remaining_ -= size;
    if (remaining_ == 0)
        state_ = when_done;
}

UNISONO_DECL void http_request_parser::feed_chunked(std::string_view& input) {
    switch (state_) {
    case state::chunk_size:
        return feed_chunk_size(input);
    case state::chunk_size_end:
        if (skip_crlf(input))
            state_ = remaining_ == 0 ? state::last_chunk_end : state::chunk_data;
        return;
    case state::chunk_data:
        return append_body(input, state::chunk_end);
    case state::chunk_end:
        if (skip_crlf(input))
            state_ = state::chunk_size;
        return;
    default: // Only the empty line may follow the last chunk: trailers could pose as fields already judged.
        if (skip_crlf(input))
            state_ = state::complete;
        return;
    }
}

UNISONO_DECL void http_request_parser::feed_chunk_size(std::string_view& input) {
    constexpr std::uint8_t most_digits = 16; // as many as 64 bits hold; more could only be padding
    while (!input.empty()) {
        int const digit = detail::hex_value(input.front());
        if (digit < 0 && matched_ > 0) {
            matched_ = 0;
            state_ = state::chunk_size_end;
            return;
        }
        if (digit < 0 || matched_ == most_digits)
            return fail(wire_error::bad_chunk);
        ++matched_;
        remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
        if (remaining_ > limits_.body - request_.body.size())
            return fail(wire_error::body_too_large);
        input.remove_prefix(1);
    }
}

UNISONO_DECL bool http_request_parser::skip_crlf(std::string_view& input) {
    while (!input.empty() && state_ != state::failed) {
        if (input.front() != "\r\n"[matched_]) {
            fail(wire_error::bad_chunk);
        } else {
            input.remove_prefix(1);
            if (++matched_ == 2) {
                matched_ = 0;
                return true;
            }
        }
    }
    return false;
}

UNISONO_DECL int http_status(std::error_code error) noexcept {
    if (error == wire_error::unsupported_version)
        return 505;
    if (error == wire_error::unsupported_coding)
        return 501;
    if (error == wire_error::unmet_expectation)
        return 417;
    if (error == wire_error::line_too_long)
        return 414;
    if (error == wire_error::headers_too_large)
        return 431;
    if (error == wire_error::body_too_large)
        return 413;
    return 400;
}

} // namespace unisono::inline v0
