#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/client_id_reader.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Reads a V1 update from one end to the other: first its structs, block by block, then what it deletes.
/// Checks all of it but the syntax of JSON texts. update_reader_v2 does the same for the other form.
class update_reader_v1 {
public:
    update_reader_v1(bytes_view update, update_limits const& limits) noexcept : in_(update), limits_(limits) {
        blocks_ = in_.var_count(3);
        if (blocks_ > limits.clients)
            in_.fail(crdt_error::too_many_clients);
    }

    /// False behind the last struct, or when an error was met.
    bool next(struct_view& out) noexcept {
        while (left_ == 0) {
            if (blocks_ == 0 || !in_.ok())
                return false;
            begin_block();
        }
        --left_;
        read_struct_v1(in_, ids_, at_, limits_, out);
        at_.clock = out.end();
        return in_.ok();
    }

    /// How many blocks have not been begun, and how many there are in the beginning: one for each client.
    std::size_t clients() const noexcept { return static_cast<std::size_t>(blocks_); }

    /// How many structs the blocks have that were begun, as they say themselves.
    std::size_t structs() const noexcept { return static_cast<std::size_t>(structs_); }

    /// Reads what stands behind the structs: the ranges, in the order of the update. Errors: of any part.
    result<std::vector<delete_range>> finish() {
        std::vector<delete_range> ranges;
        read_delete_ranges(in_, limits_, ranges);
        if (in_.ok() && in_.remaining() > 0)
            in_.fail(codec_error::trailing_bytes);
        if (!in_.ok())
            return in_.error();
        return ranges;
    }

private:
    void begin_block() noexcept {
        --blocks_;
        struct_block const block = read_struct_block_v1(in_);
        if (block.count > limits_.structs - structs_)
            in_.fail(crdt_error::too_many_structs);
        structs_ += block.count;
        left_ = in_.ok() ? block.count : 0;
        at_ = {block.client, block.clock};
    }

    lib0_reader in_;
    client_id_reader ids_;
    update_limits limits_;
    std::uint64_t blocks_ = 0; // that are left
    std::uint64_t left_ = 0;   // structs of the block
    std::uint64_t structs_ = 0;
    id at_ = {.client = 0, .clock = 0};
};

} // namespace unisono::inline v0::yjs::detail
