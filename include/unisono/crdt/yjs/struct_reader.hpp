#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/detail/client_id_reader.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstdint>

namespace unisono::inline v0::yjs {

/// The structs of one client in a V1 update; their clocks follow each other without a gap.
struct struct_block {
    std::uint64_t client = 0;
    std::uint64_t clock = 0; ///< of the first struct
    std::uint64_t count = 0; ///< structs
    bytes_view bytes;        ///< the structs; what follows them may be included
};

/// Reads the head of the next block. Errors are left in the reader.
struct_block read_struct_block_v1(lib0_reader& in) noexcept;

/// Reads the struct at `at`, which refers to clients by ids that `ids` reads, and checks all of it but the
/// syntax of JSON texts, which must be UTF-8 and stay opaque. Errors are left in the reader: codec_error and
/// crdt_error. Fills `out` in place, because reading a struct is quicker than copying it.
void read_struct_v1(lib0_reader& in, detail::client_id_reader& ids, id at, update_limits const& limits,
                    struct_view& out) noexcept;

/// Reads the structs of one block, one at a time.
class struct_reader_v1 {
public:
    struct_reader_v1() noexcept : struct_reader_v1(struct_block{}, update_limits{}) {}
    struct_reader_v1(struct_block const& block, update_limits const& limits) noexcept
        : in_(block.bytes), at_{block.client, block.clock}, left_(block.count), limits_(limits) {}

    /// False at the end of the block, or when an error was met.
    bool next(struct_view& out) noexcept {
        if (left_ == 0 || !in_.ok())
            return false;
        --left_;
        read_struct_v1(in_, ids_, at_, limits_, out);
        at_.clock = out.end();
        return in_.ok();
    }

    /// What has been read so far, and the first error.
    lib0_reader const& input() const noexcept { return in_; }

private:
    lib0_reader in_;
    detail::client_id_reader ids_;
    id at_;
    std::uint64_t left_;
    update_limits limits_;
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/struct_reader.ipp>
#endif
