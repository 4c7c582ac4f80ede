#pragma once

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
///
/// Structs that were not cut are copied byte by byte, so nothing of them can change on the way.
class struct_writer_v1 {
public:
    explicit struct_writer_v1(key_marks marks = key_marks::dropped) noexcept : marks_(marks) {}

    /// Precondition: structs of one client come in one go, each beginning where the one before ended.
    void write(struct_view const& s);

    /// Writes a struct whose content was put together elsewhere: `content` replaces that of `head`.
    void write(struct_view const& head, bytes_view content);

    /// Writes structs that are encoded already and begin where the last one of that client ended.
    void write_encoded(struct_block const& structs);

    /// The update. Errors: crdt_error, when it is larger than `limits` lets a reader accept.
    result<byte_buffer> finish(delete_set const& deleted, update_limits const& limits) const;

private:
    struct block {
        std::uint64_t client;
        std::uint64_t clock;
        std::uint64_t count;
        std::size_t begin; // in body_
    };

    /// Counts `count` structs from `clock` on to the block of `client`.
    void extend_block(std::uint64_t client, std::uint64_t clock, std::uint64_t count);
    void begin_struct(struct_view const& s);
    void write_references(struct_view const& s);

    // How many structs a block has stands before them and is known behind them, so heads wait in a list.
    std::vector<block> blocks_;
    byte_buffer body_;
    std::size_t structs_ = 0;
    key_marks marks_;
};

/// Appends the elements of `s` that are not cut, without their number: text for a string, one value after
/// the other for any and json. Precondition: `s.kind` is one of these three.
void append_elements(struct_view const& s, byte_buffer& to);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/struct_writer.ipp>
#endif
