#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/outbox.hpp>

#include <unordered_map>

namespace unisono::inline v0 {

namespace detail {

/// Where, in the messages behind the first, one finds what may be replaced or dropped. Places are indices.
struct outbox_index {
    std::unordered_map<std::uint64_t, std::size_t> by_key = {}; ///< may name messages that have left
    std::size_t oldest = 0;                                     ///< nothing before this place can be dropped
    std::size_t holes = 0;                                      ///< dropped messages that still have a place
};

} // namespace detail

UNISONO_DECL outbox::outbox(std::size_t limit) noexcept
    : limit_(static_cast<std::uint32_t>(std::min<std::size_t>(limit, UINT32_MAX))) {}

UNISONO_DECL outbox::~outbox() = default;

UNISONO_DECL void outbox::append_behind(payload&& bytes, bool counts, overflow how, std::uint64_t key) {
    constexpr std::size_t usual_burst = 15;
    if (rest_.capacity() == 0)
        rest_.reserve(usual_burst);
    rest_.push_back({std::move(bytes), key, how, counts});
}

UNISONO_DECL void outbox::consume_part(std::size_t count) {
    set(bytes_, bytes() - count);
    while (count != 0) {
        std::size_t const left = first_.bytes.size() - written_;
        std::size_t const taken = std::min(count, left);
        if (first_.counts)
            set(counted_, counted_bytes() - taken);
        count -= taken;
        written_ += taken;
        if (taken == left)
            advance();
    }
    // Erasing half of the row at a time moves each message once on average.
    if (head_ > 64 && head_ > rest_.size() / 2)
        rebuild_index();
}

/// The first message is written: the next takes its place.
UNISONO_DECL void outbox::advance() {
    first_ = {};
    written_ = 0;
    while (head_ < rest_.size() && first_.bytes.empty())
        first_ = std::move(rest_[head_++]);
}

UNISONO_DECL void outbox::clear_rest() {
    std::vector<item>{}.swap(rest_);
    head_ = 0;
    if (index_)
        *index_ = {};
}

UNISONO_DECL void outbox::end_crowd() noexcept {
    index_.reset();
}

UNISONO_DECL bool outbox::push_crowded(payload&& bytes, overflow how, std::uint64_t key) {
    if (bytes.empty())
        return true;
    if (!index_) {
        index_ = std::make_unique<detail::outbox_index>();
        rebuild_index();
    }
    bool const keyed = how == overflow::conflate && key != 0;
    if (keyed && replace(bytes, key))
        return true;
    if (how == overflow::drop_oldest)
        while (!fits(bytes.size()) && drop_oldest()) {
        }
    if (!fits(bytes.size())) {
        bool const lossy = how == overflow::drop_newest || how == overflow::drop_oldest;
        dropped_ += lossy;
        return lossy;
    }
    if (index_->holes > 64 && index_->holes > (rest_.size() - head_) / 2)
        rebuild_index();
    bool const first = empty();
    append(std::move(bytes), true, how, key);
    if (keyed && !first)
        index_->by_key[key] = rest_.size() - 1;
    return true;
}

UNISONO_DECL bool outbox::replace(payload& bytes, std::uint64_t key) {
    auto const found = index_->by_key.find(key);
    if (found == index_->by_key.end() || found->second < head_)
        return false;
    payload& waiting = rest_[found->second].bytes;
    std::size_t const without = counted_bytes() - waiting.size();
    if (without + bytes.size() > limit_ && bytes.size() > waiting.size())
        return false;
    set(counted_, without + bytes.size());
    set(bytes_, this->bytes() - waiting.size() + bytes.size());
    waiting = std::move(bytes);
    ++conflated_;
    return true;
}

UNISONO_DECL bool outbox::drop_oldest() {
    for (std::size_t i = std::max<std::size_t>(index_->oldest, head_); i < rest_.size(); ++i)
        if (rest_[i].how == overflow::drop_oldest && !rest_[i].bytes.empty()) {
            remove(rest_[i], dropped_);
            ++index_->holes;
            index_->oldest = i + 1;
            return true;
        }
    index_->oldest = rest_.size();
    return false;
}

UNISONO_DECL void outbox::remove(item& what, std::uint32_t& counter) noexcept {
    set(bytes_, bytes() - what.bytes.size());
    set(counted_, counted_bytes() - what.bytes.size());
    what.bytes = {};
    ++counter;
}

/// Moves the messages behind the first together and, when crowded, finds out anew where they are. Of those
/// with the same key the latest stays.
UNISONO_DECL void outbox::rebuild_index() {
    if (index_) {
        *index_ = {};
        for (std::size_t i = rest_.size(); i-- > head_;)
            if (item& waiting = rest_[i]; waiting.how == overflow::conflate && waiting.key != 0 &&
                                          !waiting.bytes.empty() &&
                                          !index_->by_key.emplace(waiting.key, i).second)
                remove(waiting, conflated_);
    }
    std::size_t kept = 0;
    for (std::size_t i = head_; i < rest_.size(); ++i)
        if (!rest_[i].bytes.empty()) {
            if (kept != i)
                rest_[kept] = std::move(rest_[i]);
            if (index_ && rest_[kept].how == overflow::conflate && rest_[kept].key != 0)
                index_->by_key[rest_[kept].key] = kept;
            ++kept;
        }
    rest_.resize(kept);
    head_ = 0;
}

} // namespace unisono::inline v0
