#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/detail/struct_v1_to_v2.hpp>
#include <unisono/crdt/yjs/detail/struct_v2_to_v1.hpp>
#include <unisono/crdt/yjs/detail/update_decoder_v2.hpp>
#include <unisono/crdt/yjs/detail/update_encoder_v2.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <system_error>

namespace unisono::inline v0::yjs::detail {

/// The difference of a V2 update to a state, from column to column: each struct is V1 for a moment, and what
/// is known already goes no further. Says byte for byte what conversion, diff_update() and conversion back
/// say.
class diff_v2 {
public:
    diff_v2(bytes_view update, state_vector const& known, update_limits const& limits);

    /// The difference; nothing when the clients of the update are not in the order of the wire, which takes
    /// more than one pass. Errors: those of convert_update_v2_to_v1(). To be called once.
    result<std::optional<byte_buffer>> run();

private:
    void read_block(std::uint64_t client, std::uint64_t count);
    std::error_code write_first(struct_view s, std::uint64_t have, std::uint64_t count);

    update_decoder_v2 in_;
    update_encoder_v2 out_;
    state_vector const& known_;
    update_limits const& limits_;
    unisono::detail::byte_sink v1_; // one struct
    struct_v2_to_v1 reader_{in_, v1_, key_marks::dropped, limits_};
    struct_v1_to_v2 writer_{out_, key_marks::dropped, invalid_json::refused};
    std::size_t expanded_ = 0;
    std::uint64_t written_ = 0; // blocks
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/diff_v2.ipp>
#endif
