#pragma once

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/detail/any_builder.hpp>
#include <unisono/codec/detail/any_walk.hpp>
#include <unisono/codec/detail/json_any_writer.hpp>
#include <unisono/codec/detail/json_fill.hpp>
#include <unisono/codec/detail/json_number.hpp>
#include <unisono/codec/detail/json_prescan.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/core/config.hpp>

#include <charconv>
#include <cstddef>
#include <vector>

namespace unisono::inline v0 {

namespace detail {

static_assert(lib0_max_depth <= 64, "json_any_writer has one bit for each level");

/// Replaces escapes of single surrogates, which JavaScript writes and UTF-8 has no room for, by that of
/// U+FFFD. What is not JSON stays so.
UNISONO_DECL void repair_surrogate_escapes(std::string& text) {
    // The number of an escape \uXXXX at `at`; 0, which is no surrogate, where there is none.
    auto const unit = [&](std::size_t at) {
        unsigned number = 0;
        if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u')
            return number;
        auto const [end, error] = std::from_chars(&text[at + 2], &text[at] + 6, number, 16);
        return error == std::errc{} && end == &text[at] + 6 ? number : 0;
    };
    for (std::size_t at = text.find('\\'); at != text.npos; at = text.find('\\', at)) {
        unsigned const first = unit(at);
        if (first < 0xD800 || first > 0xDFFF) {
            at += 2; // an escaped backslash begins no escape
            continue;
        }
        unsigned const second = unit(at + 6);
        if (first < 0xDC00 && second >= 0xDC00 && second <= 0xDFFF) {
            at += 12;
        } else {
            text.replace(at + 2, 4, "fffd");
            at += 6;
        }
    }
}

/// The value of a parsed text.
UNISONO_DECL any_value value_of(json_tape const& tape) {
    struct container {
        std::size_t end; // the node after it
        bool keyed;
    };
    std::vector<container> open;
    any_builder builder;
    for (std::size_t i = 0; i < tape.nodes.size(); ++i) {
        if (!open.empty() && open.back().keyed)
            builder.key(tape.text(tape.nodes[i++]));
        json_node const& node = tape.nodes[i];
        switch (node.kind) {
        case json_kind::null:
            builder.null();
            break;
        case json_kind::boolean:
            builder.boolean(tape.raw(node).front() == 't');
            break;
        case json_kind::number:
            builder.number(json_number(tape.raw(node)));
            break;
        case json_kind::string:
            builder.string(tape.text(node));
            break;
        case json_kind::array:
            builder.open_array(node.count);
            open.push_back({node.next, false});
            break;
        case json_kind::object:
            builder.open_object(node.count);
            open.push_back({node.next, true});
            break;
        }
        for (; !open.empty() && open.back().end == i + 1; open.pop_back())
            builder.close();
    }
    return builder.take();
}

} // namespace detail

UNISONO_DECL result<void> append_json(std::string& out, any_value const& value) {
    std::size_t const before = out.size();
    detail::json_any_writer writer{out};
    bool const shallow = detail::walk_any(value, writer);
    if (shallow && writer.complete())
        return {};
    out.resize(before);
    return shallow ? codec_error::wrong_type : codec_error::too_deep;
}

UNISONO_DECL result<any_value> parse_any_json(std::string_view text) {
    if (auto scanned = detail::json_prescan(text, lib0_max_depth); !scanned)
        return scanned.error();
    detail::json_tape tape;
    tape.source = text;
    detail::repair_surrogate_escapes(tape.source);
    // Every value takes a byte of the text.
    if (auto filled = detail::json_fill(tape, text.size(), detail::duplicate_keys::kept); !filled)
        return filled.error();
    return detail::value_of(tape);
}

} // namespace unisono::inline v0
