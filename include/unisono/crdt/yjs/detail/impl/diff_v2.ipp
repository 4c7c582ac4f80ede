#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/diff_v2.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL diff_v2::diff_v2(bytes_view update, state_vector const& known, update_limits const& limits)
    : in_(update), out_(0), known_(known), limits_(limits) {}

UNISONO_DECL result<std::optional<byte_buffer>> diff_v2::run() {
    lib0_reader& rest = in_.rest();
    std::uint64_t const blocks = rest.var_count(2);
    if (blocks > limits_.clients)
        rest.fail(crdt_error::too_many_clients);
    std::uint64_t structs = 0;
    std::optional<std::uint64_t> before;
    for (std::uint64_t i = 0; i < blocks && rest.ok(); ++i) {
        std::uint64_t const count = rest.var_uint();
        if (count > limits_.structs - structs)
            rest.fail(crdt_error::too_many_structs);
        structs += count;
        std::uint64_t const client = in_.client();
        if (rest.ok() && before && *before <= client)
            return std::optional<byte_buffer>{};
        before = client;
        read_block(client, count);
    }
    std::vector<delete_range> ranges;
    read_delete_ranges_v2(rest, limits_, ranges);
    if (rest.ok() && rest.remaining() > 0)
        rest.fail(codec_error::trailing_bytes);
    if (!rest.ok())
        return rest.error();
    byte_buffer result = out_.finish(written_);
    delete_set{std::move(ranges)}.encode_v2_to(result);
    return std::optional{std::move(result)};
}

UNISONO_DECL void diff_v2::read_block(std::uint64_t client, std::uint64_t count) {
    lib0_reader& rest = in_.rest();
    std::uint64_t const have = known_.get(client);
    id at{client, rest.var_uint()};
    bool writing = false;
    for (; count > 0 && rest.ok(); --count) {
        v1_.clear();
        std::uint64_t const length = reader_.next(at);
        if (!rest.ok())
            return;
        // Columns repeat a key as often as they like.
        expanded_ += v1_.size();
        if (expanded_ > limits_.expanded_bytes)
            rest.fail(codec_error::too_large);
        if (writing || at.clock + length > have) {
            lib0_reader v1{v1_.view()};
            struct_view s;
            read_struct_v1(v1, at, limits_, s);
            // A gap at the front says nothing: the receiver knows where it stands.
            std::error_code problem = v1.error();
            if (!problem && writing)
                problem = writer_.write(s);
            else if (!problem && s.kind != struct_kind::skip) {
                problem = write_first(s, have, count);
                writing = true;
            }
            if (problem)
                rest.fail(problem);
        }
        at.clock += length;
    }
}

/// Begins the block of what is missing, which has `count` structs, with what is missing of the first one.
UNISONO_DECL std::error_code diff_v2::write_first(struct_view s, std::uint64_t have, std::uint64_t count) {
    lib0_writer rest{out_.rest()};
    rest.var_uint(count);
    out_.client(s.client);
    rest.var_uint(std::max(s.clock, have));
    ++written_;
    if (s.clock >= have)
        return writer_.write(s);

    // Writing it as V1 puts what is left of it together, and decides about its mark.
    s.drop_front(have - s.clock);
    struct_writer_v1 cut;
    cut.write(s);
    byte_buffer const bytes = cut.finish({}, limits_).value();
    lib0_reader in{bytes};
    in.var_uint();
    struct_reader_v1 reader{read_struct_block_v1(in), limits_};
    reader.next(s);
    return struct_v1_to_v2{out_, key_marks::kept, invalid_json::refused}.write(s);
}

} // namespace unisono::inline v0::yjs::detail
