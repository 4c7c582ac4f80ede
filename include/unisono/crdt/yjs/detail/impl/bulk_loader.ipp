#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/bulk_loader.hpp>
#include <unisono/crdt/yjs/detail/cleanup.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/integrate.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::yjs::detail {

UNISONO_FLAT UNISONO_DECL bool bulk_loader::add(struct_view const& s) {
    if (s.client != author_id_ || author_ == no_client) {
        if (!begin(s))
            return false;
    }
    if (s.clock != clock_)
        return false;
    clock_ = s.end();
    content_bytes_ += s.content.size();
    // Slots and places in a heap are numbers of 32 bits. Cuts make at most three items of one, a range two
    // more, and no byte becomes more than four.
    if (s.kind == struct_kind::skip || next_ > no_slot / 8 || content_bytes_ > no_slot / 8)
        return false;
    element origin;
    if (s.origin && !refer(*s.origin, origin))
        return false;
    element right_origin;
    if (s.right_origin && !refer(*s.right_origin, right_origin))
        return false;
    if (continues(s, origin, right_origin)) {
        join(s);
        return true;
    }
    auto const content = store_content(store_, author_, s);
    // Made before it is filled in, because copying what was just written in parts is slow.
    item& it = store_.items[store_.items.make({})];
    it.clock = static_cast<std::uint32_t>(s.clock);
    it.length = static_cast<std::uint32_t>(s.length);
    it.origin_clock = origin.clock;
    it.right_origin_clock = right_origin.clock;
    it.content = content.begin;
    it.client = author_ & no_client;
    it.kind = static_cast<std::uint32_t>(s.kind) & 0xf;
    it.deleted = s.kind <= struct_kind::deleted;
    it.wide = content.wide;
    it.origin_client = origin.client & no_client;
    it.right_origin_client = right_origin.client & no_client;
    ++next_;
    return !s.has_parent || note_parent(s, it);
}

/// Goes on with the structs of another client, which must be all that it wrote.
UNISONO_COLD UNISONO_DECL bool bulk_loader::begin(struct_view const& s) {
    end_author();
    author_ = intern(s.client);
    if (author_ == no_client || authors_[author_].wrote())
        return false;
    author_id_ = s.client;
    clock_ = 0;
    authors_[author_].first = authors_[author_].next = next_;
    store_.clients[author_].advanced = true;
    store_.changes.advanced.push_back({author_, 0});
    return true;
}

UNISONO_DECL void bulk_loader::end_author() {
    if (author_ == no_client)
        return;
    author& a = authors_[author_];
    a.end = next_;
    a.places.build(a.first, a.end, store_.items);
    a.state = store_.items[a.end - 1].end();
    store_.clients[author_].state = a.state;
    store_.clients[author_].structs.assign(a.first, a.end, store_.items);
}

/// no_client when there are more of them than have written something, so that one of them is missing.
UNISONO_COLD UNISONO_DECL client_index bulk_loader::intern(std::uint64_t id) {
    client_index const known = store_.clients.find(id);
    if (known != no_client || authors_.size() >= most_clients_)
        return known;
    authors_.emplace_back();
    return store_.clients.intern(id);
}

UNISONO_DECL bool bulk_loader::refer(id const& to, element& out) {
    out.client = to.client == author_id_ ? author_ : intern(to.client);
    out.clock = static_cast<std::uint32_t>(to.clock);
    return out.client != no_client;
}

UNISONO_COLD UNISONO_DECL bool bulk_loader::note_parent(struct_view const& s, item& it) {
    parent p;
    if (s.parent.is_root)
        p.root = store_.types.root(s.parent.root);
    else if (!refer(s.parent.owner, p.owner))
        return false;
    if (s.keyed)
        p.key = store_.types.texts().intern(s.parent.key);
    it.left = static_cast<slot>(parents_.size());
    parents_.push_back(p);
    return true;
}

/// Does the item go on where the one before ends, and was it written in one go?
///
/// Structs that do are apart in a saved document because something came between them, and making one run of
/// them would mean to cut it soon. In the log of an author most follow each other, and nothing comes between
/// most of them.
UNISONO_DECL bool bulk_loader::continues(struct_view const& s, element origin,
                                         element right_origin) noexcept {
    bool following = false;
    if (s.clock > 0) {
        item const& before = store_.items[next_ - 1];
        following = before.is(s.kind) && is_run(s.kind) && origin == before.last() &&
                    right_origin == before.right_origin();
    }
    ++(following ? following_ : others_);
    if (following && following_ > others_)
        return true;
    if (following || (s.clock > 0 && s.kind == struct_kind::gc))
        joinable_.push_back(next_);
    return false;
}

UNISONO_DECL void bulk_loader::join(struct_view const& s) {
    slot const last = next_ - 1;
    item& run = store_.items[last];
    auto const length = static_cast<std::uint32_t>(s.length);
    grow_content(store_.clients[author_].content, run, store_content(store_, author_, s), length);
    run.length += length;
    if (joined_.empty() || joined_.back() != last)
        joined_.push_back(last);
}

UNISONO_FLAT UNISONO_DECL bool bulk_loader::resolve(std::span<delete_range const> deleted) {
    end_author();
    if (std::any_of(authors_.begin(), authors_.end(), [](author const& a) { return !a.wrote(); }))
        return false;
    for (slot s = 0; s < next_; ++s) {
        if (!find_neighbours(s))
            return false;
    }
    return std::all_of(deleted.begin(), deleted.end(),
                       [this](delete_range const& r) { return find_range(r); });
}

UNISONO_DECL bool bulk_loader::find_neighbours(slot s) {
    item& it = store_.items[s];
    if (element const left = it.origin()) {
        if (!is_known(left))
            return false;
        // Most often that is the end of what the client wrote before.
        it.left = it.clock > 0 && left == store_.items[s - 1].last() ? s - 1 : find(left);
    }
    if (element const right = it.right_origin()) {
        if (!is_known(right))
            return false;
        it.right = find(right);
    }
    if (it.is(struct_kind::gc) || it.origin() || it.right_origin())
        return true;
    parent const& p = parents_[it.left];
    return p.root != no_index || is_known(p.owner);
}

UNISONO_DECL bool bulk_loader::find_range(delete_range const& range) {
    element_range const r{store_.clients.find(range.client), static_cast<std::uint32_t>(range.clock),
                          static_cast<std::uint32_t>(range.end())};
    // Ranges in the order in which they are written; others would have to be gone through time and again.
    if (r.client == no_client || range.end() > authors_[r.client].state ||
        range.clock < authors_[r.client].erased)
        return false;
    authors_[r.client].erased = r.end;
    if (r.clock == r.end)
        return true;
    // In a saved document most is deleted already: its content was forgotten.
    slot s = find({r.client, r.clock});
    while (store_.items[s].deleted && store_.items[s].end() < r.end)
        ++s;
    if (!store_.items[s].deleted)
        deleted_.push_back(r);
    return true;
}

UNISONO_DECL bool bulk_loader::link() {
    // In the order in which an update that is not loaded is taken in.
    for (client_index c : store_.clients.descending()) {
        if (!link_from(c))
            return false;
    }
    return true;
}

UNISONO_FLAT UNISONO_DECL bool bulk_loader::link_from(client_index first) {
    // Depth first to the clients that others wait for, and back as soon as the one item is there.
    stack_.assign(1, first);
    authors_[first].wanted = no_slot;
    while (!stack_.empty()) {
        author& a = authors_[stack_.back()];
        if (a.next == a.end || a.next > a.wanted) {
            a.waits = false;
            stack_.pop_back();
        } else if (element const missing = blocked_by(store_.items[a.next]); !missing) {
            if (!link_next(a.next++))
                return false;
        } else {
            a.waits = true;
            author& other = authors_[missing.client];
            other.wanted = find(missing);
            // The structs of a joined run come one by one where they are not loaded, and who waits for one of
            // them goes first then. That makes no difference to what a client would write.
            bool const whole = missing == store_.items[other.wanted].last() || !is_joined(other.wanted);
            if (other.waits || !whole)
                return false;
            stack_.push_back(missing.client);
        }
    }
    return true;
}

/// The element of another client that must come first. What its own client wrote stands before it.
UNISONO_DECL element bulk_loader::blocked_by(item const& it) const noexcept {
    auto const is_open = [&](element e) {
        author const& a = authors_[e.client];
        return e.client != it.client && a.next != a.end && e.clock >= store_.items[a.next].clock;
    };
    if (it.origin() && is_open(it.origin()))
        return it.origin();
    if (it.right_origin() && is_open(it.right_origin()))
        return it.right_origin();
    if (it.origin() || it.right_origin() || it.is(struct_kind::gc))
        return {};
    parent const& p = parents_[it.left];
    return p.root == no_index && is_open(p.owner) ? p.owner : element{};
}

/// As integrate_apart(), for an item that is there already.
UNISONO_DECL bool bulk_loader::link_next(slot s) {
    if (store_.items[s].is(struct_kind::gc))
        return true;
    element const origin = store_.items[s].origin();
    element const right_origin = store_.items[s].right_origin();
    slot const left = origin ? ending_at(store_.items[s].left, origin) : no_slot;
    slot const right = right_origin ? starting_at(store_.items[s].right, right_origin) : no_slot;
    item& it = store_.items[s]; // which stays where it is, now that the others are cut
    it.list = list_between(store_, left, right, [&] {
        parent const& p = parents_[it.left];
        return list_of(store_, p.root, p.owner, p.key);
    });
    if (it.list == no_index) {
        forget(store_, it);
        store_.changes.loose_ends = true;
        return true;
    }
    // The values of a key follow each other like a run, but each of them replaces the one before.
    if (it.length > 1 && store_.types.list(it.list).keyed() && is_joined(s))
        return false;
    place_item(store_, s, find_place(store_, it, left, right));
    return true;
}

/// As those of the store, for who knows where the element was before something was cut.
UNISONO_DECL slot bulk_loader::ending_at(slot s, element e) {
    item const& it = store_.items[s];
    return it.end() == e.clock + 1 || it.is(struct_kind::gc) ? s
                                                             : quietly([&] { return store_.ending_at(e); });
}

UNISONO_DECL slot bulk_loader::starting_at(slot s, element e) {
    item const& it = store_.items[s];
    return it.clock == e.clock || it.is(struct_kind::gc) ? s : quietly([&] { return store_.starting_at(e); });
}

UNISONO_DECL void bulk_loader::erase() {
    for (element_range const& range : deleted_)
        erase_range(store_, range);
}

UNISONO_DECL void bulk_loader::finish() {
    journal& changes = store_.changes;
    auto const joins = [this](slot s) { return store_.joins(s - 1, s); };
    if (changes.loose_ends || std::any_of(joinable_.begin(), joinable_.end(), joins)) {
        changes.loose_ends = true;
        return;
    }
    // A document that was saved has nothing to forget, and nothing to join but what was cut just now.
    journal cut;
    cut.cuts.swap(changes.cuts);
    join_runs(store_, cut);
}

} // namespace unisono::inline v0::yjs::detail
