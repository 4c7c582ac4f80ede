#pragma once

#include <unisono/core/config.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

namespace unisono::inline v0 {
class connection;
}

namespace unisono::inline v0::detail {

/// Connections in the order in which they were added. Keeps its room, so adding is a store.
class connection_row {
public:
    UNISONO_HOT void add(connection& c) {
        if (count_ == room_) [[unlikely]]
            grow();
        places_[count_++] = &c;
    }

    void remove(connection& c) noexcept {
        std::replace(places_.get(), places_.get() + count_, &c, static_cast<connection*>(nullptr));
    }

    void clear() noexcept { count_ = 0; }

    /// The one there is; null when there are none or more.
    connection* only() const noexcept { return count_ == 1 ? places_[0] : nullptr; }

    /// Calls `visit(connection&)` for each. It may neither add nor remove any.
    template <class Visit>
    UNISONO_HOT void for_each(Visit&& visit) {
        for (std::size_t i = 0; i < count_; ++i) {
            fetch(places_[i + 1]); // of one too many: any address will do
            if (connection* const c = places_[i])
                visit(*c);
        }
    }

private:
    /// Has what a delivery touches of `next` brought into the cache meanwhile: visiting the one before it
    /// takes a system call, waiting for memory as long as half of the rest.
    static void fetch([[maybe_unused]] connection const* next) noexcept {
#if defined(__GNUC__)
        auto const* const lines = reinterpret_cast<char const*>(next);
        __builtin_prefetch(lines + 64, 1);
        __builtin_prefetch(lines + 128, 1);
#endif
    }

    UNISONO_COLD void grow() {
        room_ = std::max<std::size_t>(2 * room_, 64);
        auto larger = std::make_unique<connection*[]>(room_ + 1);
        std::copy_n(places_.get(), count_, larger.get());
        places_ = std::move(larger);
    }

    std::unique_ptr<connection*[]> places_; ///< one more than there is room for; null: removed
    std::size_t count_ = 0;                 ///< how many of them are taken
    std::size_t room_ = 0;
};

} // namespace unisono::inline v0::detail
