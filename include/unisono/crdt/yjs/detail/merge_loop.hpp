#pragma once

#include <unisono/crdt/yjs/detail/update_index.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>
#include <unisono/crdt/yjs/struct_view.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
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

/// The updates that are not at their end, the one to go on with on top: highest client, then lowest clock.
///
/// Most logs come in that order, each update behind the one before. So those not begun wait in a sorted row,
/// opened one at a time; only the others, which were left in the middle, are in a heap.
class cursor_queue {
public:
    explicit cursor_queue(update_index const& updates) : updates_(updates) {
        waiting_.reserve(updates.size());
        for (std::size_t i = 0; i < updates.size(); ++i)
            add_waiting(i);
        auto earlier = [](entry const& a, entry const& b) { return after(b, a); };
        if (!std::is_sorted(waiting_.begin(), waiting_.end(), earlier))
            std::sort(waiting_.begin(), waiting_.end(), earlier);
        find_top();
    }

    bool empty() const noexcept { return !top_ && !unopened_; }
    struct_cursor& top() {
        if (unopened_) {
            auto const update = static_cast<std::size_t>(unopened_->turn);
            top_.emplace(updates_.blocks(update), updates_.limits());
            unopened_.reset();
        }
        return *top_;
    }

    /// The block on top, if it is all that its update has.
    indexed_block const* lone_block() const noexcept {
        if (!unopened_)
            return nullptr;
        auto const blocks = updates_.blocks(static_cast<std::size_t>(unopened_->turn));
        return blocks.size() == 1 ? &blocks.front() : nullptr;
    }

    /// Takes away the update on top.
    void pop() {
        top_.reset();
        unopened_.reset();
        find_top();
    }

    /// Puts the top cursor where it belongs after it moved.
    void requeue() {
        if (!top_->done()) {
            auto const& s = top_->current();
            begun_.push_back({{s.client, s.clock, --latest_, s.kind == struct_kind::gc}, std::move(*top_)});
            std::push_heap(begun_.begin(), begun_.end(), after);
        }
        pop();
    }

private:
    struct entry {
        std::uint64_t client;
        std::uint64_t clock;
        std::int64_t turn; // the lower, the earlier among equals; of one not begun the number of its update
        bool gc;
    };
    struct begun_entry : entry {
        struct_cursor cursor;
    };

    // Yjs keeps a list and sorts it again, stably, after it moved the first one. So of equals the one moved
    // last comes first, and those never moved come in the order given.
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

    void add_waiting(std::size_t update) {
        for (indexed_block const& block : updates_.blocks(update)) {
            if (block.first == block.end)
                continue; // nothing but skips
            waiting_.push_back(
                {block.client, block.first, static_cast<std::int64_t>(update), block.first_is_gc});
            return;
        }
    }

    void find_top() {
        bool const waits = next_ < waiting_.size();
        if (!begun_.empty() && (!waits || after(waiting_[next_], begun_.front()))) {
            std::pop_heap(begun_.begin(), begun_.end(), after);
            top_ = std::move(begun_.back().cursor);
            begun_.pop_back();
        } else if (waits) {
            unopened_ = waiting_[next_++];
        }
    }

    update_index const& updates_;
    std::vector<entry> waiting_;
    std::size_t next_ = 0; // in waiting_
    std::vector<begun_entry> begun_;
    std::optional<entry> unopened_;    // what is on top, before
    std::optional<struct_cursor> top_; // and after it was opened
    std::int64_t latest_ = 0;
};

/// What a merge has written so far. The last gc is held back: the next one of another update may extend it.
template <class Writer>
class merged_structs {
public:
    explicit merged_structs(Writer& out) noexcept : out_(out) {}

    bool ends_in(std::uint64_t client) const noexcept { return begun_ && client_ == client; }

    /// Of what was written last.
    std::uint64_t end() const noexcept { return end_; }

    void add(struct_view const& s) {
        flush();
        if (s.kind == struct_kind::gc)
            gc_ = s;
        else
            out_.write(s);
        moved(s.client, s.end());
    }

    void add_gap(std::uint64_t length) {
        struct_view gap;
        gap.client = client_;
        gap.clock = end_;
        gap.length = length;
        gap.kind = struct_kind::skip;
        add(gap);
    }

    /// False when writers of this kind must see each struct.
    bool add_encoded(indexed_block const& block) {
        if constexpr (requires { out_.write_encoded(block, block.end); }) {
            flush();
            out_.write_encoded(block, block.end);
            moved(block.client, block.end);
            return true;
        }
        return false;
    }

    /// Joins `s` with a gc before it. False when they do not join.
    bool extend(struct_view const& s) noexcept {
        if (gc_.length == 0 || s.kind != struct_kind::gc)
            return false;
        gc_.length += s.length;
        end_ += s.length;
        return true;
    }

    void flush() {
        if (gc_.length > 0)
            out_.write(gc_);
        gc_.length = 0;
    }

private:
    void moved(std::uint64_t client, std::uint64_t end) noexcept {
        begun_ = true;
        client_ = client;
        end_ = end;
    }

    Writer& out_;
    struct_view gc_; // length 0: none
    bool begun_ = false;
    std::uint64_t client_ = 0;
    std::uint64_t end_ = 0;
};

/// Writes the structs of all updates to `out`, each element once. Follows the loop of Yjs's mergeUpdates, as
/// the result must equal its result also where others would do as well.
template <class Writer>
void merge_structs(update_index const& updates, Writer& out) {
    merged_structs<Writer> merged{out};
    for (cursor_queue queue{updates}; !queue.empty();) {
        // Once it was its turn, an update goes on as long as its structs follow each other; so a block that
        // fits behind what is there comes whole, and needs no second look.
        if (auto const* block = queue.lone_block();
            block != nullptr && block->verbatim &&
            (!merged.ends_in(block->client) || merged.end() == block->clock) && merged.add_encoded(*block)) {
            queue.pop();
            continue;
        }
        struct_cursor& cursor = queue.top();
        std::uint64_t const client = cursor.current().client;
        if (!merged.ends_in(client)) {
            merged.add(cursor.current());
            cursor.next();
        } else {
            bool skipped = false;
            while (!cursor.done() && cursor.current().client == client &&
                   cursor.current().end() <= merged.end()) {
                cursor.next();
                skipped = true;
            }
            // Behind what was skipped, another update may know what comes first.
            if (cursor.done() || cursor.current().client != client ||
                (skipped && cursor.current().clock > merged.end())) {
                queue.requeue();
                continue;
            }
            struct_view current = cursor.current();
            if (current.clock > merged.end()) {
                merged.add_gap(current.clock - merged.end());
                merged.add(current);
                cursor.next();
            } else {
                if (current.clock < merged.end())
                    current.drop_front(merged.end() - current.clock);
                if (!merged.extend(current)) {
                    merged.add(current);
                    cursor.next();
                }
            }
        }
        while (!cursor.done() && cursor.current().client == client &&
               cursor.current().clock == merged.end()) {
            merged.add(cursor.current());
            cursor.next();
        }
        queue.requeue();
    }
    merged.flush();
}

} // namespace unisono::inline v0::yjs::detail
