#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/wire/http_request_parser.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace http_parsing {

/// What a connection saw: its requests, and how it ended.
struct outcome {
    std::vector<unisono::http_request> requests;
    std::size_t continues = 0;
    std::error_code error;

    /// Everything a difference could hide in, as text.
    std::string trace() const {
        std::string text = "continues " + std::to_string(continues) + '\n';
        for (auto const& r : requests) {
            text += r.method + ' ' + r.target + " [" + r.path + "] [" + r.query + "] 1." +
                    std::to_string(r.minor_version) + '\n';
            for (auto const& field : r.headers)
                text.append(field.name).append(": ").append(field.value).append("\n");
            text += '{' + r.body + "}\n";
        }
        return text + error.message();
    }
};

/// Plays the connection: feeds one piece after another, and what a request leaves over to the next one.
inline outcome parse(std::vector<std::string_view> const& pieces, unisono::http_limits const& limits = {}) {
    outcome seen;
    unisono::http_request_parser parser(limits);
    for (std::string_view piece : pieces) {
        while (!piece.empty()) {
            auto const [consumed, status] = parser.feed(unisono::as_bytes(piece));
            piece.remove_prefix(consumed);
            if (status == unisono::http_parse_status::complete)
                seen.requests.push_back(parser.take());
            else if (status == unisono::http_parse_status::expects_continue)
                ++seen.continues;
            else if (status == unisono::http_parse_status::failed)
                break;
        }
    }
    seen.error = parser.error();
    return seen;
}

/// Parses `input` whole, cut in two at every place, and byte by byte; all must agree.
inline outcome parse_every_way(std::string_view input, unisono::http_limits const& limits = {}) {
    outcome const whole = parse({input}, limits);
    std::string const expected = whole.trace();
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < input.size(); ++i) {
        bytes.push_back(input.substr(i, 1));
        INFO("cut at " << i);
        REQUIRE(parse({input.substr(0, i), input.substr(i)}, limits).trace() == expected);
    }
    INFO("byte by byte");
    REQUIRE(parse(bytes, limits).trace() == expected);
    return whole;
}

} // namespace http_parsing
