#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/codec/json_document.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>

#include "support/options.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace benchmark {

using unisono::byte_buffer;
using unisono::bytes_view;

struct edit {
    std::uint32_t at = 0;
    std::uint32_t erased = 0;
    std::string_view inserted = {};
    std::vector<unisono::any_value> numbers = {}; ///< instead of text
};

inline std::string read_file(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    std::string content{std::istreambuf_iterator<char>{file}, {}};
    if (!file)
        die("cannot read " + path);
    return content;
}

/// Bytes behind each other, each with its length as lib0 writes it.
inline std::vector<byte_buffer> read_updates(std::string const& path) {
    std::string const content = read_file(path);
    std::vector<byte_buffer> updates;
    for (unisono::lib0_reader in{unisono::as_bytes(content)}; in.remaining() > 0;) {
        bytes_view const update = in.var_bytes();
        updates.emplace_back(update.begin(), update.end());
    }
    return updates;
}

/// Texts stay where they are in the JSON: copies would be more memory to go through than the engine needs.
inline std::vector<edit> read_edits(unisono::json::value const& list) {
    std::vector<edit> edits;
    for (auto e : list.elements()) {
        edit& made = edits.emplace_back();
        made.at = static_cast<std::uint32_t>(e[0].as_int64().value());
        made.erased = static_cast<std::uint32_t>(e[1].as_int64().value());
        if (auto const text = e[2].as_string())
            made.inserted = *text;
        else
            for (auto n : e[2].elements())
                made.numbers.emplace_back(n.as_int64().value());
    }
    return edits;
}

} // namespace benchmark
