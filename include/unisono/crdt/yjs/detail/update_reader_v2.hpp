#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/update_decoder_v2.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Reads a V2 update from one end to the other: first its structs, block by block, then what it deletes.
/// Checks what update_reader_v1 checks, and how much the columns expand to.
///
/// A struct may refer to memory of the reader, where content is put that looks different in V1; it lasts
/// until the next one is read.
class update_reader_v2 {
public:
    update_reader_v2(bytes_view update, update_limits const& limits);

    /// False behind the last struct, or when an error was met.
    bool next(struct_view& out);

    /// How many blocks have not been begun, and how many there are in the beginning: one for each client.
    std::size_t clients() const noexcept { return static_cast<std::size_t>(blocks_); }

    /// How many structs the blocks have that were begun, as they say themselves.
    std::size_t structs() const noexcept { return static_cast<std::size_t>(structs_); }

    /// Reads what stands behind the structs: the ranges, in the order of the update. Errors: of any part.
    result<std::vector<delete_range>> finish();

private:
    using writer = basic_lib0_writer<unisono::detail::byte_sink>;

    void begin_block();
    id reference(std::uint64_t client, std::uint64_t clock) noexcept;
    void references(std::uint8_t info, struct_view& out);
    void content(struct_view& out);
    void value(struct_kind kind, writer& out);
    void type(writer& out);
    void json_text(writer& out);
    void copy_any(writer& out);
    std::string_view text(utf16_piece const& piece);

    update_decoder_v2 in_;
    update_limits limits_;
    std::uint64_t blocks_ = 0; // that are left
    std::uint64_t left_ = 0;   // structs of the block
    std::uint64_t structs_ = 0;
    std::size_t expanded_ = 0; // bytes that what was read takes as V1, or less
    id at_ = {.client = 0, .clock = 0};
    unisono::detail::byte_sink v1_;    // content of the struct that was read last
    std::deque<std::string> repaired_; // texts of it that were cut inside of a surrogate pair
    std::string json_;                 // one value; kept for its memory
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/update_reader_v2.ipp>
#endif
