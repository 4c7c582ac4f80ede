#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>
#include <unisono/document/detail/known_elements.hpp>

#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// Calls `insertion` and `deletion` with (client, from, to) for all that a valid update names.
template <class Insertion, class Deletion>
void for_each_range(bytes_view update, Insertion&& insertion, Deletion&& deletion) {
    auto const limits = yjs::detail::unlimited();
    lib0_reader in{update};
    for (auto blocks = in.var_uint(); blocks != 0; --blocks) {
        auto const block = yjs::read_struct_block_v1(in);
        yjs::struct_reader_v1 structs{block, limits};
        for (yjs::struct_view s; structs.next(s);) {
            if (s.kind != yjs::struct_kind::skip)
                insertion(block.client, s.clock, s.end());
            if (s.kind == yjs::struct_kind::gc) // forgotten, so deleted
                deletion(block.client, s.clock, s.end());
        }
        in.bytes(block.bytes.size() - structs.input().remaining());
    }
    std::vector<yjs::delete_range> ranges;
    yjs::read_delete_ranges(in, limits, ranges);
    for (auto const& r : ranges)
        deletion(r.client, r.clock, r.end());
}

UNISONO_DECL bool
known_elements::lack(bytes_view update,
                     std::function<bool(yjs::delete_range const&)> const& is_deleted) const {
    bool anything = false;
    auto const holds = [](ranges const& held, std::uint64_t client, std::uint64_t from, std::uint64_t to) {
        auto const found = held.find(client);
        return found != held.end() && found->second.contains(from, to);
    };
    for_each_range(
        update,
        [&](std::uint64_t client, std::uint64_t from, std::uint64_t to) {
            anything = anything || !holds(inserted_, client, from, to);
        },
        [&](std::uint64_t client, std::uint64_t from, std::uint64_t to) {
            anything = anything || !(holds(deleted_, client, from, to) ||
                                     (is_deleted && is_deleted({client, from, to - from})));
        });
    return anything;
}

UNISONO_DECL void known_elements::add(bytes_view update) {
    auto const put_into = [this](ranges& held) {
        return [this, &held](std::uint64_t client, std::uint64_t from, std::uint64_t to) {
            auto& of_client = held[client];
            ranges_held_ -= of_client.count();
            of_client.add(from, to);
            ranges_held_ += of_client.count();
        };
    };
    for_each_range(update, put_into(inserted_), put_into(deleted_));
}

UNISONO_DECL byte_buffer known_elements::erasure() const {
    std::vector<yjs::delete_range> all;
    for (ranges const* held : {&inserted_, &deleted_})
        for (auto const& [client, clocks] : *held)
            clocks.for_each([&, c = client](std::uint64_t from, std::uint64_t to) {
                all.push_back({c, from, to - from});
            });
    byte_buffer update{std::byte{0}}; // no structs
    yjs::delete_set{std::move(all)}.encode_to(update);
    return update;
}

} // namespace unisono::inline v0::detail
