#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/hub/message.hpp>

#include <cstdint>
#include <optional>

namespace unisono::inline v0::detail {

/// What a binary message is, and, but for the first, what `payload.kind` of an `update` says.
enum class native_op : std::uint8_t {
    message = 1, ///< a publication of bytes
    update = 2,  ///< a change of the document
    sync1 = 3,   ///< a state vector: what do I lack?
    sync2 = 4,   ///< the answer: an update
    awareness = 5,
};

/// A client's binary message: version, op, alias, id, offset, and the rest is the body.
struct native_binary {
    std::uint8_t op = 0; ///< perhaps none of native_op
    std::uint64_t alias = 0;
    std::optional<std::uint64_t> id = {};
    bytes_view body = {};
};

/// Empty when it is malformed or of another version.
std::optional<native_binary> decode_native_binary(bytes_view message) noexcept;

/// As a whole WebSocket frame.
payload encode_native_binary(native_op op, std::uint64_t alias, std::optional<std::uint64_t> id,
                             std::uint64_t offset, bytes_view body);

/// What every subscriber of a binary message gets who takes binary messages; encoded on first use. `alias` is
/// the same for all of them. Precondition: `m` is a publication, an update or awareness.
payload const& native_binary_of(message const& m, std::uint64_t alias);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/detail/impl/binary_frame.ipp>
#endif
