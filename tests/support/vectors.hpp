#pragma once

#include <unisono/codec/json_document.hpp>
#include <unisono/core/bytes.hpp>

#include "support/hex.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace unisono::test {

/// A file of test vectors from tests/vectors/. Throws when it cannot be read.
inline json::document load_vectors(std::string const& name) {
    std::ifstream file{std::string{UNISONO_TEST_DATA} + "/" + name, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    return json::parse(text, {.size = 16 << 20, .depth = 64, .values = 1 << 20}).value();
}

/// The bytes a vector gives as a hexadecimal string.
inline byte_buffer bytes_of(json::value v) {
    return from_hex(v.as_string().value());
}

/// The bytes of every string of an array.
inline std::vector<byte_buffer> all_bytes_of(json::value array) {
    std::vector<byte_buffer> result;
    for (json::value v : array.elements())
        result.push_back(bytes_of(v));
    return result;
}

} // namespace unisono::test
