#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/outbox.hpp>

#include <unordered_map>
#include <vector>

namespace unisono::inline v0 {

namespace detail {

/// Where, in the messages behind the first, one finds what may be replaced or dropped. Places are indices.
struct outbox_index {
    std::unordered_map<std::uint64_t, std::size_t> by_key = {}; ///< may name messages that have left
    std::size_t oldest = 0;                                     ///< nothing before this place can be dropped
    std::size_t holes = 0;                                      ///< dropped messages that still have a place
};

/// What waits behind the first message.
struct outbox_row {
    std::vector<outbox_item> items = {}; ///< from head on
    std::size_t head = 0;
    std::unique_ptr<outbox_index> index = {}; ///< from the first lack of room until low water
};

} // namespace detail

UNISONO_DECL outbox::outbox(std::size_t limit) noexcept
    : limit_(static_cast<std::uint32_t>(std::min<std::size_t>(limit, UINT32_MAX))) {}

UNISONO_DECL outbox::~outbox() = default;

UNISONO_DECL bool outbox::push_behind(payload&& bytes, overflow how, std::uint64_t key) {
    if ((row_ && row_->index) || !fits(bytes.size()))
        return push_crowded(std::move(bytes), how, key);
    append(std::move(bytes), true, how, key);
    return true;
}

UNISONO_DECL void outbox::append(payload&& bytes, bool counts, overflow how, std::uint64_t key) {
    constexpr std::size_t usual_burst = 15;
    if (empty())
        return put_first(std::move(bytes), counts);
    count(bytes.size(), counts);
    if (!row_)
        row_ = std::make_unique<detail::outbox_row>();
    if (row_->items.capacity() == 0)
        row_->items.reserve(usual_burst);
    row_->items.push_back({std::move(bytes), key, how, counts});
}

UNISONO_DECL bool outbox::push_joined(payload const& bytes, overflow how, std::uint64_t key,
                                      detail::payload_joiner& joiner) {
    if (!row_ && about_first_.counts && how == overflow::refuse && key == 0 && fits(bytes.size()) &&
        joiner.join(first_, bytes)) {
        count(bytes.size(), true);
        about_first_.room = 0;
        return true;
    }
    return push_behind(payload{bytes}, how, key);
}

UNISONO_DECL void outbox::count(std::size_t size, bool counts) noexcept {
    std::size_t const total = bytes() + size;
    set(bytes_, total);
    if (counts)
        set(counted_, counted_bytes() + size);
    high_water_ = std::max(high_water_, total);
}

/// The place for `size` more bytes behind the first message, in memory that small ones share. Null when
/// others wait already, or there is no room.
UNISONO_DECL std::byte* outbox::extend_first(std::size_t size) {
    constexpr std::size_t shared = 2000;
    if (row_ || !about_first_.counts || size == 0 || !fits(size))
        return nullptr;
    if (about_first_.room < size) {
        std::size_t const total = first_.size() + size;
        if (about_first_.room != 0 || total > shared)
            return nullptr;
        auto const copy = [&](mutable_bytes out) { std::copy_n(first_.data(), first_.size(), out.data()); };
        payload larger = payload::build_with_room(shared, first_.size(), copy);
        first_ = std::move(larger);
        about_first_.room = shared - first_.size();
    }
    about_first_.room -= size;
    count(size, true);
    return first_.extend(size);
}

UNISONO_DECL std::span<detail::outbox_item const> outbox::behind() const noexcept {
    return row_ ? std::span<item const>{row_->items}.subspan(row_->head) : std::span<item const>{};
}

UNISONO_DECL void outbox::consume(std::size_t count) {
    if (count == bytes())
        return clear();
    set(bytes_, bytes() - count);
    while (count != 0) {
        std::size_t const left = first_.size() - written_;
        std::size_t const taken = std::min(count, left);
        if (about_first_.counts)
            set(counted_, counted_bytes() - taken);
        count -= taken;
        written_ += taken;
        if (taken == left)
            advance();
    }
    // Erasing half of the row at a time moves each message once on average.
    if (row_ && row_->head > 64 && row_->head > row_->items.size() / 2)
        rebuild_row();
}

/// The first message is written: the next takes its place. There is one.
UNISONO_DECL void outbox::advance() {
    first_.reset();
    written_ = 0;
    while (first_.empty()) {
        item& next = row_->items[row_->head++];
        first_ = std::move(next.bytes);
        about_first_ = {next.counts, 0};
    }
}

UNISONO_DECL bool outbox::take_low_water() {
    if (!row_ || !row_->index || counted_bytes() > limit_ / 2)
        return false;
    row_->index.reset();
    if (empty())
        row_.reset();
    return true;
}

UNISONO_DECL void outbox::clear() {
    first_.reset();
    written_ = 0;
    set(bytes_, 0);
    set(counted_, 0);
    // A burst must not cost memory for the rest of the connection's life.
    if (row_ && row_->index)
        *row_ = {.index = std::make_unique<detail::outbox_index>()};
    else
        row_.reset();
}

UNISONO_DECL bool outbox::push_crowded(payload&& bytes, overflow how, std::uint64_t key) {
    if (bytes.empty())
        return true;
    if (!row_)
        row_ = std::make_unique<detail::outbox_row>();
    if (!row_->index) {
        row_->index = std::make_unique<detail::outbox_index>();
        rebuild_row();
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
    if (row_->index->holes > 64 && row_->index->holes > (row_->items.size() - row_->head) / 2)
        rebuild_row();
    bool const first = empty();
    append(std::move(bytes), true, how, key);
    if (keyed && !first)
        row_->index->by_key[key] = row_->items.size() - 1;
    return true;
}

UNISONO_DECL bool outbox::replace(payload& bytes, std::uint64_t key) {
    auto const found = row_->index->by_key.find(key);
    if (found == row_->index->by_key.end() || found->second < row_->head)
        return false;
    payload& waiting = row_->items[found->second].bytes;
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
    for (std::size_t i = std::max<std::size_t>(row_->index->oldest, row_->head); i < row_->items.size(); ++i)
        if (row_->items[i].how == overflow::drop_oldest && !row_->items[i].bytes.empty()) {
            remove(row_->items[i], dropped_);
            ++row_->index->holes;
            row_->index->oldest = i + 1;
            return true;
        }
    row_->index->oldest = row_->items.size();
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
UNISONO_DECL void outbox::rebuild_row() {
    if (row_->index) {
        *row_->index = {};
        for (std::size_t i = row_->items.size(); i-- > row_->head;)
            if (item& waiting = row_->items[i]; waiting.how == overflow::conflate && waiting.key != 0 &&
                                                !waiting.bytes.empty() &&
                                                !row_->index->by_key.emplace(waiting.key, i).second)
                remove(waiting, conflated_);
    }
    std::size_t kept = 0;
    for (std::size_t i = row_->head; i < row_->items.size(); ++i)
        if (!row_->items[i].bytes.empty()) {
            if (kept != i)
                row_->items[kept] = std::move(row_->items[i]);
            if (row_->index && row_->items[kept].how == overflow::conflate && row_->items[kept].key != 0)
                row_->index->by_key[row_->items[kept].key] = kept;
            ++kept;
        }
    row_->items.resize(kept);
    row_->head = 0;
}

} // namespace unisono::inline v0
