#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/decode_limits.hpp>
#include <unisono/crdt/delta_crdt.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace unisono::inline v0::crdt {

/// What encode() writes first.
inline constexpr std::uint8_t encoding_version = 1;

/// The bytes of a state or delta: version, type, contents. Equal states have equal bytes, everywhere.
template <delta_crdt T>
byte_buffer encode(T const& state) {
    byte_buffer bytes;
    state_writer out{bytes};
    out.uint(encoding_version);
    T::write_type(out);
    state.write(out);
    return bytes;
}

/// Reads exactly what encode() writes. Errors: crdt_error, codec_error::wrong_type for the bytes of another
/// type, other codec_errors.
template <delta_crdt T>
result<T> decode(bytes_view bytes, decode_limits const& limits = {}) {
    state_reader in{bytes, limits};
    if (in.uint() != encoding_version && in.ok())
        return crdt_error::unknown_version;
    byte_buffer type;
    state_writer expected{type};
    T::write_type(expected);
    in.expect(type, codec_error::wrong_type);
    T state = T::read(in);
    if (in.ok() && !in.at_end())
        in.fail(codec_error::trailing_bytes);
    if (!in.ok())
        return in.error();
    return state;
}

/// What people and other programs see of a state.
template <delta_crdt T>
std::string to_json(T const& state) {
    std::string text;
    json::writer json{text};
    state.write_json(json);
    return text;
}

} // namespace unisono::inline v0::crdt
