// libFuzzer entry: any bytes as one of lib0's "any" values, and as JSON.
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/any_value_fuzz.cpp
#include <unisono/codec/any_json.hpp>
#include <unisono/codec/lib0_any.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

using fuzz::require;

namespace {

unisono::byte_buffer written(unisono::any_value const& value) {
    unisono::byte_buffer bytes;
    unisono::write_any(bytes, value);
    return bytes;
}

/// What is written is read back, and written the same again.
void check(unisono::any_value const& value) {
    auto const bytes = written(value);
    unisono::lib0_reader in{bytes};
    require(written(unisono::read_any(in)) == bytes);
    require(in.ok() && in.remaining() == 0);

    std::string json;
    if (!unisono::append_json(json, value)) {
        require(json.empty());
        return;
    }
    std::string again;
    require(unisono::append_json(again, unisono::parse_any_json(json).value()).has_value());
    require(again == json);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    unisono::bytes_view const input{reinterpret_cast<std::byte const*>(data), size};

    unisono::lib0_reader skipped{input}, read{input};
    unisono::skip_any(skipped);
    auto const value = unisono::read_any(read);
    require(skipped.error() == read.error() && skipped.remaining() == read.remaining());
    if (read.ok())
        check(value);
    if (auto const parsed = unisono::parse_any_json(unisono::as_text(input)))
        check(*parsed);
    return 0;
}
