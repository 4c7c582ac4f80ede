#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/detail/bulk_load.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/integrate.hpp>
#include <unisono/crdt/yjs/detail/received_keystroke.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/detail/update_applier.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL bool update_applier::follow(document_store& store, keystroke const& k) {
    if (waits() || !follow_keystroke(store, k, limits_))
        return false;
    store.cursor = {};
    return true;
}

UNISONO_DECL result<void> update_applier::apply(document_store& store, bytes_view update) {
    store.cursor = {};
    // Read again, if it was read before: who heard that the transaction begins may have changed the clients.
    if (keystroke k;
        !waits() && read_keystroke(update, store.clients, k) && apply_keystroke(store, k, limits_))
        return {};
    return apply_any(store, update);
}

UNISONO_DECL result<void> update_applier::apply_any(document_store& store, bytes_view update) {
    if (!waits() && load(store, update, limits_))
        return {};
    index_.clear();
    if (auto checked = index_.add(update); !checked)
        return checked;
    if (auto const room = check_room(store, update); !room)
        return room;
    store.items.reserve(index_.structs());

    integrate_all(store, index_);
    bool const retry = !waiting_.empty() && has_come(store);
    erase_all(store, index_);
    if (retry) {
        // Something that was waited for is here: everything that waits gets another chance.
        byte_buffer const waiting = waiting_structs();
        waiting_.clear();
        waiting_size_ = 0;
        missing_.clear();
        update_index index{unlimited()};
        [[maybe_unused]] auto const checked = index.add(waiting);
        assert(checked && "was checked when it came");
        integrate_all(store, index);
        erase_all(store, index);
    }
    index_.clear();
    return {};
}

UNISONO_DECL result<void> update_applier::apply_v2(document_store& store, bytes_view update) {
    if (!waits() && load_v2(store, update, limits_))
        return {};
    auto const v1 = convert_update_v2_to_v1(update, limits_, key_marks::kept);
    return v1 ? apply(store, *v1) : v1.error();
}

UNISONO_DECL result<void> update_applier::check_room(document_store const& store,
                                                     bytes_view update) const noexcept {
    // Slots, clients and places in a heap are numbers of 32 or fewer bits. A struct makes at most three
    // items, a range cuts two, and no byte becomes more than four.
    std::size_t const coming = update.size() + waiting_size_;
    bool room = store.items.size() + 3 * coming < no_slot &&
                store.clients.size() + index_.blocks(0).size() + coming / 4 < no_client;
    for (auto const& block : index_.blocks(0)) {
        client_index const c = store.clients.find(block.client);
        room = room && 4 * coming + (c == no_client ? 0 : store.clients[c].content.size()) < no_slot;
    }
    return room ? result<void>{} : crdt_error::document_too_large;
}

UNISONO_DECL void update_applier::integrate_all(document_store& store, update_index const& index) {
    queues_.clear();
    auto const blocks = index.blocks(0);
    if (blocks.size() == 1 && blocks[0].count == 1 && integrate_next(store, index.last_struct()))
        return;
    if (blocks.size() == 1 && blocks[0].count > 1 && integrate_block(store, blocks[0]))
        return;
    for (std::size_t i = 0; i < blocks.size();) {
        std::size_t end = i + 1;
        while (end < blocks.size() && blocks[end].client == blocks[i].client)
            ++end;
        queue& q = queues_.emplace_back();
        q.client = blocks[i].client;
        q.blocks = blocks.subspan(i, end - i);
        advance(q);
        i = end;
    }
    for (std::size_t i = 0; i < queues_.size(); ++i)
        integrate_from(store, i);

    if (std::none_of(queues_.begin(), queues_.end(), [](queue const& q) { return q.parked; }))
        return;
    struct_writer_v1 rest;
    for (queue& q : queues_) {
        if (q.parked)
            park(q, rest);
    }
    byte_buffer waiting = rest.finish({}, unlimited()).value();
    if (waiting.size() > most_waiting_ - std::min(waiting_size_, most_waiting_))
        return; // see document_options::waiting_bytes
    waiting_size_ += waiting.size();
    waiting_.push_back(std::move(waiting));
}

UNISONO_DECL bool update_applier::integrate_next(document_store& store, struct_view const& s) {
    client_index const c = store.clients.find(s.client);
    std::uint64_t const state = c == no_client ? 0 : store.clients[c].state;
    if (s.kind == struct_kind::skip)
        return true;
    if (s.clock > state || unmet_dependency(store, s))
        return false;
    if (s.end() <= state)
        cut_at_references(store, s);
    else
        integrate(store, c == no_client ? store.clients.intern(s.client) : c, s);
    return true;
}

UNISONO_DECL bool update_applier::integrate_block(document_store& store, indexed_block const& block) {
    struct_reader_v1 reader{block, limits_};
    for (struct_view s; reader.next(s);) {
        if (!integrate_next(store, s))
            return false;
    }
    return true;
}

UNISONO_DECL void update_applier::integrate_from(document_store& store, std::size_t first) {
    // Depth first to the clients that others wait for, and back as soon as the one element is there.
    stack_.assign(1, first);
    queues_[first].wanted = UINT64_MAX;
    while (!stack_.empty()) {
        queue& q = queues_[stack_.back()];
        client_index c = store.clients.find(q.client);
        std::uint64_t const state = c == no_client ? 0 : store.clients[c].state;
        if (q.parked || !q.open || state > q.wanted) {
            q.busy = false;
            stack_.pop_back();
            continue;
        }
        q.busy = true;
        struct_view const& s = q.current;
        if (s.kind == struct_kind::skip) {
            advance(q);
            continue;
        }
        if (s.clock > state) {
            miss(q.client, s.clock - 1);
            park_stack();
            return;
        }
        if (auto const unmet = unmet_dependency(store, s)) {
            queue* const next = find_queue(unmet->client);
            if (next == nullptr || next->busy || next->parked || !next->open) {
                client_index const other = store.clients.find(unmet->client);
                miss(unmet->client, other == no_client ? 0 : store.clients[other].state);
                park_stack();
                return;
            }
            next->wanted = unmet->clock;
            stack_.push_back(static_cast<std::size_t>(next - queues_.data()));
            continue;
        }
        if (s.end() <= state)
            cut_at_references(store, s);
        else
            integrate(store, store.clients.intern(q.client), s);
        advance(q);
    }
}

UNISONO_DECL void update_applier::advance(queue& q) noexcept {
    q.open = q.reader.next(q.current);
    while (!q.open && !q.blocks.empty()) {
        q.reader = struct_reader_v1{q.blocks.front(), limits_};
        q.blocks = q.blocks.subspan(1);
        q.open = q.reader.next(q.current);
    }
}

UNISONO_DECL update_applier::queue* update_applier::find_queue(std::uint64_t client) noexcept {
    auto const place = std::lower_bound(queues_.begin(), queues_.end(), client,
                                        [](queue const& q, std::uint64_t c) { return q.client > c; });
    return place != queues_.end() && place->client == client ? &*place : nullptr;
}

UNISONO_DECL void update_applier::park_stack() {
    for (std::size_t i : stack_) {
        queues_[i].parked = true;
        queues_[i].busy = false;
    }
    stack_.clear();
}

UNISONO_DECL void update_applier::park(queue& q, struct_writer_v1& out) {
    std::uint64_t end = q.current.clock;
    for (; q.open; advance(q)) {
        if (q.current.end() <= end)
            continue; // blocks of one client may overlap
        if (q.current.clock < end) {
            q.current.drop_front(end - q.current.clock);
        } else if (q.current.clock > end) {
            struct_view gap;
            gap.client = q.client;
            gap.clock = end;
            gap.length = q.current.clock - end;
            gap.kind = struct_kind::skip;
            out.write(gap);
        }
        out.write(q.current);
        end = q.current.end();
    }
}

UNISONO_DECL void update_applier::miss(std::uint64_t client, std::uint64_t clock) {
    for (id& m : missing_) {
        if (m.client == client) {
            m.clock = std::min(m.clock, clock);
            return;
        }
    }
    missing_.push_back({client, clock});
}

UNISONO_DECL bool update_applier::has_come(document_store const& store) const noexcept {
    return std::any_of(missing_.begin(), missing_.end(), [&](id const& m) {
        client_index const c = store.clients.find(m.client);
        return c != no_client && store.clients[c].state > m.clock;
    });
}

UNISONO_DECL void update_applier::erase_all(document_store& store, update_index const& index) {
    if (index.ranges().empty() && waiting_ranges_.empty())
        return;
    auto const waited = std::exchange(waiting_ranges_, {});
    erase_known(store, index.ranges());
    erase_known(store, waited);
    if (!waiting_ranges_.empty()) {
        delete_set const left{std::move(waiting_ranges_)};
        auto const kept = left.ranges().first(std::min(left.ranges().size(), limits_.delete_ranges));
        waiting_ranges_.assign(kept.begin(), kept.end());
    }
}

UNISONO_DECL void update_applier::erase_known(document_store& store, std::span<delete_range const> ranges) {
    for (delete_range const& r : ranges) {
        client_index const c = store.clients.find(r.client);
        std::uint64_t const state = c == no_client ? 0 : store.clients[c].state;
        std::uint64_t const known = std::min(r.end(), state);
        if (r.clock < known)
            erase_range(store, {c, static_cast<std::uint32_t>(r.clock), static_cast<std::uint32_t>(known)});
        std::uint64_t const begin = std::max(r.clock, state);
        if (begin < r.end())
            waiting_ranges_.push_back({r.client, begin, r.end() - begin});
    }
}

UNISONO_DECL byte_buffer update_applier::waiting_structs() const {
    if (waiting_.empty())
        return {};
    if (waiting_.size() == 1)
        return waiting_.front();
    std::vector<bytes_view> const parts(waiting_.begin(), waiting_.end());
    return merge_updates(parts, unlimited()).value();
}

UNISONO_DECL byte_buffer update_applier::waiting_deletions() const {
    if (waiting_ranges_.empty())
        return {};
    byte_buffer update{std::byte{0}};
    delete_set{waiting_ranges_}.encode_to(update);
    return update;
}

} // namespace unisono::inline v0::yjs::detail
