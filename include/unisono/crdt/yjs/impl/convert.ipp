#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/struct_v1_to_v2.hpp>
#include <unisono/crdt/yjs/detail/struct_v2_to_v1.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs {

namespace detail {

/// Notes in `in` that a count is beyond its limit.
UNISONO_DECL void check_count(lib0_reader& in, std::uint64_t count, std::uint64_t limit,
                              crdt_error error) noexcept {
    if (count > limit)
        in.fail(error);
}

/// Transcodes all blocks; returns how many of them hold structs.
UNISONO_DECL std::uint64_t blocks_v2_to_v1(update_decoder_v2& in, unisono::detail::byte_sink& out,
                                           key_marks marks, update_limits const& limits) {
    lib0_reader& rest = in.rest();
    basic_lib0_writer writer{out};
    struct_v2_to_v1 transcoder{in, out, marks, limits};
    std::uint64_t const blocks = rest.var_count(2);
    check_count(rest, blocks, limits.clients, crdt_error::too_many_clients);
    std::uint64_t written = 0;
    std::uint64_t structs = 0;
    for (std::uint64_t i = 0; i < blocks && rest.ok(); ++i) {
        std::uint64_t const count = rest.var_uint();
        check_count(rest, count, limits.structs - structs, crdt_error::too_many_structs);
        structs += count;
        id at{in.client(), rest.var_uint()};
        if (count == 0)
            continue;
        writer.var_uint(count);
        writer.var_uint(at.client);
        writer.var_uint(at.clock);
        for (std::uint64_t k = 0; k < count && rest.ok(); ++k)
            at.clock += transcoder.next(at);
        ++written;
    }
    return written;
}

/// Transcodes all blocks; returns how many of them hold structs.
UNISONO_DECL std::uint64_t blocks_v1_to_v2(lib0_reader& in, update_encoder_v2& out, key_marks marks,
                                           invalid_json json, update_limits const& limits) {
    lib0_writer rest{out.rest()};
    struct_v1_to_v2 transcoder{out, marks, json};
    std::uint64_t const blocks = in.var_count(3);
    check_count(in, blocks, limits.clients, crdt_error::too_many_clients);
    std::uint64_t written = 0;
    std::uint64_t structs = 0;
    for (std::uint64_t i = 0; i < blocks && in.ok(); ++i) {
        struct_block const block = read_struct_block_v1(in);
        check_count(in, block.count, limits.structs - structs, crdt_error::too_many_structs);
        structs += block.count;
        if (block.count == 0 || !in.ok())
            continue;
        rest.var_uint(block.count);
        out.client(block.client);
        rest.var_uint(block.clock);
        struct_reader_v1 reader{block, limits};
        std::error_code problem;
        for (struct_view current; !problem && reader.next(current);)
            problem = transcoder.write(current);
        in = reader.input();
        if (problem)
            in.fail(problem);
        ++written;
    }
    return written;
}

UNISONO_DECL result<byte_buffer> v1_to_v2(bytes_view update, update_limits limits, key_marks marks,
                                          invalid_json json) {
    limits.clock = std::min(limits.clock, std::uint64_t{1} << 52); // columns hold twice the difference of two
    lib0_reader in{update};
    update_encoder_v2 out{update.size()};
    std::uint64_t const count = blocks_v1_to_v2(in, out, marks, json, limits);
    std::vector<delete_range> ranges;
    read_delete_ranges(in, limits, ranges);
    if (in.ok() && in.remaining() > 0)
        in.fail(codec_error::trailing_bytes);
    if (!in.ok())
        return in.error();
    byte_buffer result = out.finish(count);
    delete_set{std::move(ranges)}.encode_v2_to(result);
    return result;
}

UNISONO_DECL byte_buffer held_update_to_v2(bytes_view update) {
    update_limits limits;
    limits.structs = limits.clients = limits.delete_ranges = SIZE_MAX;
    limits.clock = UINT64_MAX;
    return v1_to_v2(update, limits, key_marks::kept, invalid_json::null).value();
}

} // namespace detail

UNISONO_DECL result<byte_buffer> convert_update_v2_to_v1(bytes_view update, update_limits const& limits,
                                                         key_marks marks) {
    detail::update_decoder_v2 in{update};
    unisono::detail::byte_sink blocks;
    blocks.reserve(std::min(2 * update.size(), limits.expanded_bytes));
    std::uint64_t const count = detail::blocks_v2_to_v1(in, blocks, marks, limits);
    std::vector<delete_range> ranges;
    read_delete_ranges_v2(in.rest(), limits, ranges);
    if (in.rest().ok() && in.rest().remaining() > 0)
        in.rest().fail(codec_error::trailing_bytes);
    if (!in.rest().ok())
        return in.rest().error();

    byte_buffer result;
    result.reserve(blocks.size() + 16 * ranges.size() + 16);
    lib0_writer{result}.var_uint(count);
    append(result, blocks.view());
    delete_set{std::move(ranges)}.encode_to(result);
    return result;
}

UNISONO_DECL result<byte_buffer> convert_update_v1_to_v2(bytes_view update, update_limits const& limits,
                                                         key_marks marks) {
    return detail::v1_to_v2(update, limits, marks, detail::invalid_json::refused);
}

} // namespace unisono::inline v0::yjs
