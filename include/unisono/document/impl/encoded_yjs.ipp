#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/document/encoded_yjs.hpp>

#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// Calls `insertion` and `deletion` with (client, from, to) for all that a valid update names.
template <class Insertion, class Deletion>
void for_each_range(bytes_view update, yjs::update_limits const& limits, Insertion&& insertion,
                    Deletion&& deletion) {
    lib0_reader in{update};
    for (auto blocks = in.var_uint(); blocks != 0; --blocks) {
        auto const block = yjs::read_struct_block_v1(in);
        yjs::struct_reader_v1 structs{block, limits};
        for (yjs::struct_view s; structs.next(s);)
            if (s.kind != yjs::struct_kind::skip)
                insertion(block.client, s.clock, s.end());
        in.bytes(block.bytes.size() - structs.input().remaining());
    }
    std::vector<yjs::delete_range> ranges;
    yjs::read_delete_ranges(in, limits, ranges);
    for (auto const& r : ranges)
        deletion(r.client, r.clock, r.end());
}

} // namespace detail

UNISONO_DECL record_format const& encoded_yjs::format() const noexcept {
    static record_format const format{"yjs", 1}; // a record is a V1 update
    return format;
}

UNISONO_DECL result<bool> encoded_yjs::is_new(bytes_view update) const {
    if (auto valid = yjs::validate_update(update, limits_); !valid)
        return valid.error();
    bool anything = false;
    auto const look_in = [&](auto const& held) {
        return [&](std::uint64_t client, std::uint64_t from, std::uint64_t to) {
            auto const found = held.find(client);
            anything = anything || found == held.end() || !found->second.contains(from, to);
        };
    };
    detail::for_each_range(update, limits_, look_in(inserted_), look_in(deleted_));
    if (anything && full_)
        return full_;
    return anything;
}

UNISONO_DECL void encoded_yjs::add(payload update) {
    auto const put_into = [](auto& held) {
        return
            [&](std::uint64_t client, std::uint64_t from, std::uint64_t to) { held[client].add(from, to); };
    };
    detail::for_each_range(update.view(), limits_, put_into(inserted_), put_into(deleted_));
    later_bytes_ += update.size();
    later_.push_back(std::move(update));
    // Merging costs time in proportion to the whole: often enough that memory stays within a factor of the
    // document.
    if (later_.size() >= 1024 && later_bytes_ > whole_.size())
        (void)fold(); // who asks for the whole is told
}

UNISONO_DECL result<void> encoded_yjs::fold() {
    if (full_ || later_.empty())
        return full_;
    std::vector<bytes_view> all{whole_.view()};
    for (auto const& update : later_)
        all.push_back(update.view());
    auto merged = yjs::compact_updates(all, limits_);
    if (!merged) // it stays in parts, and nothing is lost
        return full_ = merged.error();
    whole_ = payload{*merged};
    later_.clear();
    later_bytes_ = 0;
    return {};
}

UNISONO_DECL result<byte_buffer> encoded_yjs::missing(bytes_view state_vector) {
    if (auto const folded = fold(); !folded)
        return folded.error();
    return yjs::diff_update(whole_.view(), state_vector, limits_);
}

UNISONO_DECL byte_buffer encoded_yjs::state_vector() {
    (void)fold(); // without the rest it asks for more than it lacks
    auto vector = yjs::state_vector_from_update(whole_.view(), limits_);
    return vector ? *std::move(vector) : byte_buffer{std::byte{0}}; // the whole was written by us
}

UNISONO_DECL result<payload> encoded_yjs::whole() {
    if (auto const folded = fold(); !folded)
        return folded.error();
    return whole_;
}

} // namespace unisono::inline v0
