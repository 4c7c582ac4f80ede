#pragma once

#include <unisono/crdt/yjs/detail/update_index.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Walks the structs of one update in the order of a merge. Leaves out skips: they say nothing.
class struct_cursor {
public:
    struct_cursor(std::span<indexed_block const> blocks, update_limits const& limits)
        : blocks_(blocks), limits_(&limits) {
        next();
    }

    bool done() const noexcept { return done_; }
    struct_view const& current() const noexcept { return current_; }

    void next() {
        do {
            while (!reader_.next(current_)) {
                if (blocks_.empty()) {
                    done_ = true;
                    return;
                }
                reader_ = struct_reader_v1{blocks_.front(), *limits_};
                blocks_ = blocks_.subspan(1);
            }
        } while (current_.kind == struct_kind::skip);
    }

private:
    std::span<indexed_block const> blocks_;
    update_limits const* limits_;
    struct_reader_v1 reader_;
    struct_view current_;
    bool done_ = false;
};

/// The cursors that are not at their end, the one to go on with on top: highest client, then lowest clock.
class cursor_queue {
public:
    explicit cursor_queue(update_index const& updates) {
        cursors_.reserve(updates.size());
        heap_.reserve(updates.size());
        for (std::size_t i = 0; i < updates.size(); ++i) {
            cursors_.emplace_back(updates.blocks(i), updates.limits());
            if (!cursors_.back().done())
                heap_.push_back(make_entry(cursors_.back(), static_cast<std::int64_t>(i)));
        }
        std::make_heap(heap_.begin(), heap_.end(), after);
    }

    bool empty() const noexcept { return heap_.empty(); }
    struct_cursor& top() noexcept { return *heap_.front().cursor; }

    /// Puts the top cursor where it belongs after it moved.
    void requeue() {
        struct_cursor& moved = top();
        std::pop_heap(heap_.begin(), heap_.end(), after);
        heap_.pop_back();
        if (moved.done())
            return;
        heap_.push_back(make_entry(moved, --latest_));
        std::push_heap(heap_.begin(), heap_.end(), after);
    }

private:
    struct entry {
        std::uint64_t client;
        std::uint64_t clock;
        std::int64_t turn; // the lower, the earlier among equals
        bool gc;
        struct_cursor* cursor;
    };

    // Yjs keeps a list and sorts it again, stably, after it moved the first one. So of equals the one moved
    // last comes first, and those never moved come in the order given.
    static entry make_entry(struct_cursor& cursor, std::int64_t turn) noexcept {
        auto const& s = cursor.current();
        return {s.client, s.clock, turn, s.kind == struct_kind::gc, &cursor};
    }

    static bool after(entry const& a, entry const& b) noexcept {
        if (a.client != b.client)
            return a.client < b.client;
        if (a.clock != b.clock)
            return a.clock > b.clock;
        // Yjs leaves this to chance. Who forgot an element had seen its deletion.
        if (a.gc != b.gc)
            return b.gc;
        return a.turn > b.turn;
    }

    std::vector<struct_cursor> cursors_;
    std::vector<entry> heap_;
    std::int64_t latest_ = 0;
};

/// Writes the structs of all updates to `out`, each element once. Follows the loop of Yjs's mergeUpdates, as
/// the result must equal its result also where others would do as well.
template <class Writer>
void merge_structs(update_index const& updates, Writer& out) {
    struct_view pending; // written once it is known that nothing extends it
    bool have_pending = false;
    for (cursor_queue queue{updates}; !queue.empty(); queue.requeue()) {
        struct_cursor& cursor = queue.top();
        std::uint64_t const client = cursor.current().client;
        if (!have_pending || pending.client != client) {
            if (have_pending)
                out.write(pending);
            pending = cursor.current();
            have_pending = true;
            cursor.next();
        } else {
            bool skipped = false;
            while (!cursor.done() && cursor.current().client == client &&
                   cursor.current().end() <= pending.end()) {
                cursor.next();
                skipped = true;
            }
            // Behind what was skipped, another update may know what comes first.
            if (cursor.done() || cursor.current().client != client ||
                (skipped && cursor.current().clock > pending.end()))
                continue;
            struct_view current = cursor.current();
            if (current.clock > pending.end()) {
                out.write(pending);
                struct_view gap;
                gap.client = client;
                gap.clock = pending.end();
                gap.length = current.clock - gap.clock;
                gap.kind = struct_kind::skip;
                out.write(gap);
                pending = current;
                cursor.next();
            } else {
                if (current.clock < pending.end())
                    current.drop_front(pending.end() - current.clock);
                if (pending.kind == struct_kind::gc && current.kind == struct_kind::gc) {
                    pending.length += current.length;
                } else {
                    out.write(pending);
                    pending = current;
                    cursor.next();
                }
            }
        }
        while (!cursor.done() && cursor.current().client == client &&
               cursor.current().clock == pending.end()) {
            out.write(pending);
            pending = cursor.current();
            cursor.next();
        }
    }
    if (have_pending)
        out.write(pending);
}

} // namespace unisono::inline v0::yjs::detail
