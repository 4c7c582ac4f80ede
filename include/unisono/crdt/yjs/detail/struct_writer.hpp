#pragma once

#include <unisono/codec/detail/byte_sink.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/key_marks.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Builds a V1 update from structs that come client by client.
class struct_writer_v1 {
public:
    explicit struct_writer_v1(key_marks marks = key_marks::dropped) noexcept : marks_(marks) {}

    /// Begins a block when `s` does not follow on the struct before. Precondition: structs of one client come
    /// in one go.
    void write(struct_view const& s);

    /// Writes structs that are encoded already and end at `end`.
    void write_encoded(struct_block const& structs, std::uint64_t end);

    /// Bytes of structs so far.
    std::size_t size() const noexcept { return body_.size(); }

    /// The update. Errors: crdt_error, when it is larger than `limits` lets a reader accept.
    result<byte_buffer> finish(delete_set const& deleted, update_limits const& limits) const;

private:
    struct block {
        std::uint64_t client;
        std::uint64_t clock;
        std::uint64_t end; // of the last struct
        std::uint64_t count;
        std::size_t begin; // in body_
    };

    /// Counts `count` structs of `client` with clocks in [clock, end).
    void extend_block(std::uint64_t client, std::uint64_t clock, std::uint64_t end, std::uint64_t count);

    // How many structs a block has stands before them and is known behind them, so heads wait in a list.
    std::vector<block> blocks_;
    unisono::detail::byte_sink body_;
    std::size_t structs_ = 0;
    key_marks marks_;
};

/// Appends a struct in V1 form. With `key_marks::dropped` the mark is written only where the key is.
void write_struct_v1(struct_view const& s, key_marks marks, unisono::detail::byte_sink& out);

/// The content of `s` without what was cut off, which is put together in `memory` if need be.
bytes_view remaining_content(struct_view const& s, byte_buffer& memory);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/struct_writer.ipp>
#endif
