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
    while (items_.size() > limits_.messages || (bytes_ > limits_.bytes && !items_.empty()))
        drop_oldest();
}

UNISONO_DECL std::optional<std::vector<message_ptr>> history::since(position const& from) const {
    if (from.epoch != epoch_ || from.offset > top_ || top_ - from.offset > items_.size())
        return std::nullopt;
    return last(static_cast<std::size_t>(top_ - from.offset));
}

UNISONO_DECL std::vector<message_ptr> history::last(std::size_t count) const {
    std::vector<message_ptr> result;
    count = std::min(count, items_.size());
    result.reserve(count);
    for (auto i = items_.size() - count; i < items_.size(); ++i)
        result.push_back(items_[i].message);
    return result;
}

UNISONO_DECL void history::expire(clock::time_point now) {
    while (!items_.empty() && now - items_.front().since > limits_.ttl)
        drop_oldest();
}

UNISONO_DECL void history::drop_oldest() {
    bytes_ -= items_.front().message->data.size();
    items_.pop_front();
}

} // namespace unisono::inline v0
