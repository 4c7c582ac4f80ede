#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

/// One value of a parsed text, 24 bytes; offsets instead of pointers, so that a tape moves freely.
struct json_node {
    std::uint32_t raw_begin = 0; ///< where the value's text begins in `json_tape::source`
    std::uint32_t raw_end = 0;
    std::uint32_t next = 0;  ///< index of the node after this value and everything in it
    std::uint32_t count = 0; ///< elements of an array, members of an object, bytes of an unescaped string
    std::uint32_t text_begin = 0; ///< where an unescaped string begins in `json_tape::unescaped`
    json_kind kind = json_kind::null;
    bool escaped = false; ///< a string with escapes: its characters are not the source's
};

/// A parsed text: its values in the order of the text. An object's members are pairs of nodes, key before
/// value.
struct json_tape {
    std::string source;
    std::string unescaped; ///< the characters of all strings with escapes, one after the other
    std::vector<json_node> nodes;

    std::string_view raw(json_node const& node) const noexcept {
        return std::string_view{source}.substr(node.raw_begin, node.raw_end - node.raw_begin);
    }
    /// The characters of a string node.
    std::string_view text(json_node const& node) const noexcept {
        if (node.escaped)
            return std::string_view{unescaped}.substr(node.text_begin, node.count);
        return std::string_view{source}.substr(node.raw_begin + 1, node.raw_end - node.raw_begin - 2);
    }
};

} // namespace unisono::inline v0::detail
