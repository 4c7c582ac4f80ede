#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/history.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL history::history(std::string epoch, history_limits limits)
    : epoch_(std::move(epoch)), limits_(limits) {}

UNISONO_DECL void history::append(message_ptr m, clock::time_point now) {
    assert(m->offset == next_offset());
    top_ = m->offset;
    if (limits_.messages == 0)
        return;
    bytes_ += m->data.size();
    items_.push_back({std::move(m), now});
    expire(now);
    while (size() > limits_.messages || (bytes_ > limits_.bytes && !empty()))
        drop_oldest();
}

/// How many came after `from`; nothing when not all of them are kept.
UNISONO_DECL std::optional<std::size_t> history::missed(position const& from) const noexcept {
    if (from.epoch != epoch_ || from.offset > top_ || top_ - from.offset > size())
        return std::nullopt;
    return static_cast<std::size_t>(top_ - from.offset);
}

UNISONO_DECL std::optional<message_list> history::since(position const& from, std::size_t limit) const {
    auto const count = missed(from);
    if (!count || *count > limit)
        return std::nullopt;
    return stretch(size() - *count, *count);
}

UNISONO_DECL std::optional<message_list> history::after(position const& from, std::size_t count) const {
    auto const all = missed(from);
    if (!all)
        return std::nullopt;
    return stretch(size() - *all, std::min(count, *all));
}

UNISONO_DECL message_list history::last(std::size_t count) const {
    count = std::min(count, size());
    return stretch(size() - count, count);
}

UNISONO_DECL message_list history::stretch(std::size_t first, std::size_t count) const {
    if (count == 0)
        return {};
    if (first < read_first_ || first + count > read_first_ + read_.size()) {
        std::vector<message_ptr> row;
        row.reserve(count);
        for (std::size_t i = first_ + first; row.size() < count; ++i)
            row.push_back(items_[i].message);
        read_ = message_list{std::move(row)};
        read_first_ = first;
    }
    return read_.part(first - read_first_, count);
}

UNISONO_DECL void history::expire(clock::time_point now) {
    while (!empty() && now - items_[first_].since >= limits_.ttl)
        drop_oldest();
}

UNISONO_DECL std::optional<clock::time_point> history::next_expiry() const {
    if (empty())
        return std::nullopt;
    return later(items_[first_].since, limits_.ttl);
}

UNISONO_DECL void history::drop_oldest() {
    read_ = {}; // it would keep what is let go of, and its places are no longer right
    bytes_ -= items_[first_].message->data.size();
    items_[first_++].message.reset();
    if (empty()) {
        std::vector<item>{}.swap(items_);
        first_ = 0;
    } else if (first_ > items_.size() / 2) {
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(first_));
        first_ = 0;
    }
}

} // namespace unisono::inline v0
