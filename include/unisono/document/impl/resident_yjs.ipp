#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/document/detail/yjs_records.hpp>
#include <unisono/document/resident_yjs.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL yjs::document_options resident_options(yjs::document_options options) noexcept {
    options.waiting_bytes = SIZE_MAX;
    return options;
}

/// FNV-1a: the same number everywhere, now and later. Folded to the 32 bits of Yjs's own client ids.
UNISONO_DECL std::uint64_t client_id_for(bytes_view content) noexcept {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (std::byte const b : content)
        hash = (hash ^ std::to_integer<std::uint64_t>(b)) * 0x100'0000'01b3;
    return (hash ^ (hash >> 32)) & 0xffff'ffff;
}

} // namespace detail

UNISONO_DECL resident_yjs::resident_yjs(yjs::document_options options)
    : limits_(options.limits), document_(detail::resident_options(options)) {
    limits_.clock = std::min<std::uint64_t>(limits_.clock, 0xffff'ffff); // as the document has it
    document_.on_update([this](yjs::update_event const& event) {
        if (event.origin == this) // add()
            return;
        note(event.update);
        edits_.emplace_back(event.update.begin(), event.update.end());
    });
}

UNISONO_DECL record_format const& resident_yjs::format() const noexcept {
    return detail::yjs_records();
}

UNISONO_DECL result<bool> resident_yjs::is_new(bytes_view update) const {
    if (auto valid = yjs::validate_update(update, limits_); !valid)
        return valid.error();
    return known_.lack(update, [this](yjs::delete_range const& r) { return document_.has_deleted(r); });
}

UNISONO_DECL std::error_code resident_yjs::full() {
    constexpr std::size_t most_bytes = std::size_t{1} << 30; // far from what the engine can number
    auto const& store = document_.core().store;
    if (store.items.size() > limits_.structs)
        return crdt_error::too_many_structs;
    if (store.clients.size() > limits_.clients)
        return crdt_error::too_many_clients;
    if (bound_ > most_bytes) // there may be less than what has come
        bound_ = size();
    if (bound_ > most_bytes)
        return crdt_error::document_too_large;
    return {};
}

UNISONO_DECL void resident_yjs::note(bytes_view update) {
    known_.add(update);
    constexpr std::size_t most_per_byte = 128; // a deletion of two bytes cuts an item in three
    bound_ += update.size() * most_per_byte;
}

UNISONO_DECL void resident_yjs::add(payload update) {
    note(update.view());
    (void)document_.apply_update(update.view(), this); // is_new() has checked all that can go wrong
}

UNISONO_DECL payload resident_yjs::merge(std::vector<payload> const& updates) const {
    return detail::merge_yjs(updates, limits_).value_or(payload{});
}

UNISONO_DECL byte_buffer resident_yjs::state_vector() {
    return document_.state().encode();
}

UNISONO_DECL result<byte_buffer> resident_yjs::missing(bytes_view state_vector) {
    auto const theirs = yjs::state_vector::decode(state_vector, limits_);
    if (!theirs)
        return theirs.error();
    auto held = document_.encode_state_as_update(*theirs, yjs::waiting_part::left_out);
    // What of deletions waits harms nobody, and may be what empties a copy: see erasure().
    auto const deletions = document_.core().applier.waiting_deletions();
    if (deletions.empty())
        return held;
    std::vector<bytes_view> const parts{held, deletions};
    return yjs::merge_updates(parts, yjs::detail::unlimited());
}

UNISONO_DECL std::vector<payload> resident_yjs::split(byte_buffer update, std::size_t bytes) {
    return detail::split_yjs(update, bytes, limits_);
}

UNISONO_DECL result<payload> resident_yjs::whole() {
    return payload{document_.encode_state_as_update()};
}

UNISONO_DECL payload resident_yjs::take_edits() {
    auto const edits = std::exchange(edits_, {});
    if (edits.empty())
        return {};
    if (edits.size() == 1)
        return payload{edits.front()};
    std::vector<bytes_view> const views(edits.begin(), edits.end());
    return payload{yjs::merge_updates(views, yjs::detail::unlimited()).value()}; // we wrote them
}

UNISONO_DECL std::size_t resident_yjs::size() const noexcept {
    auto const& core = document_.core();
    std::size_t bytes = core.store.items.size() * sizeof(yjs::detail::item) + core.applier.waiting_bytes();
    for (yjs::detail::client_index c = 0; c < core.store.clients.size(); ++c)
        bytes += sizeof(yjs::detail::client_record) + core.store.clients[c].content.size();
    return bytes + known_.size();
}

UNISONO_DECL payload first_content(std::function<void(yjs::document&)> const& fill) {
    auto const written_by = [&](std::uint64_t client) {
        yjs::document made{{.client_id = client}};
        made.transact([&] { fill(made); });
        return made.encode_state_as_update();
    };
    return payload{written_by(detail::client_id_for(written_by(0)))};
}

} // namespace unisono::inline v0
