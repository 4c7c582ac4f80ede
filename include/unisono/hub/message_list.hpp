#pragma once

#include <unisono/hub/message.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace unisono::inline v0 {

/// Messages read from a room's history. Copies share one row, and so do all who read the same stretch.
///
/// Thread safety: distinct objects may be used from any thread, also when they share a row.
class message_list {
public:
    message_list() noexcept = default;
    message_list(message_list const&) noexcept =
        default; // and no move: it would leave a view of nothing behind
    message_list& operator=(message_list const&) noexcept = default;
    explicit message_list(std::vector<message_ptr> messages)
        : row_(std::make_shared<std::vector<message_ptr> const>(std::move(messages))), part_(*row_) {}

    /// `count` of them from `first` on. Precondition: that many are there.
    message_list part(std::size_t first, std::size_t count) const {
        message_list result{*this};
        result.part_ = part_.subspan(first, count);
        return result;
    }

    auto begin() const noexcept { return part_.begin(); }
    auto end() const noexcept { return part_.end(); }
    std::size_t size() const noexcept { return part_.size(); }
    bool empty() const noexcept { return part_.empty(); }
    message_ptr const& operator[](std::size_t index) const { return part_[index]; }
    message_ptr const& front() const { return part_.front(); }
    message_ptr const& back() const { return part_.back(); }

private:
    std::shared_ptr<std::vector<message_ptr> const> row_;
    std::span<message_ptr const> part_;
};

} // namespace unisono::inline v0
