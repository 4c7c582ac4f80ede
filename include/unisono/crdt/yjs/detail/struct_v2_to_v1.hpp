#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/crdt/yjs/detail/update_decoder_v2.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/key_marks.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace unisono::inline v0::yjs::detail {

/// Reads structs from the columns of V2 and appends them to a buffer as V1. Checks what read_struct_v1()
/// checks.
class struct_v2_to_v1 {
public:
    struct_v2_to_v1(update_decoder_v2& in, unisono::detail::byte_sink& out, key_marks marks,
                    update_limits const& limits)
        : in_(in), buffer_(out), out_(out), marks_(marks), limits_(limits) {}

    /// Transcodes the struct at `at`. Returns its length. Errors are left in the decoder's rest().
    std::uint64_t next(id at);

private:
    void references(std::uint8_t info, id at);
    void reference(std::uint64_t client, std::uint64_t clock, id at);
    std::uint64_t content(struct_kind kind);
    void link();
    void type();
    void json_value();
    void any_value();
    std::uint64_t text(utf16_piece const& piece);

    update_decoder_v2& in_;
    unisono::detail::byte_sink& buffer_;
    basic_lib0_writer<unisono::detail::byte_sink> out_;
    key_marks marks_;
    update_limits const& limits_;
    std::string json_; // one value; kept for its memory
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/struct_v2_to_v1.ipp>
#endif
