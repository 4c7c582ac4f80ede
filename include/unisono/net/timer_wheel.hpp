#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/detail/list_link.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace unisono::inline v0 {

/// Deadlines for many connections at the price of one timer: setting, moving and clearing one touches a few
/// pointers and allocates nothing (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", scheme 6).
///
/// Deadlines are kept to one tick and never fire early. Thread safety: none; lives on one shard.
class timer_wheel {
public:
    static constexpr std::chrono::milliseconds tick{50};

    /// Something with a deadline. Clears itself when destroyed; must not outlive the wheel while set.
    class entry : detail::list_link<timer_wheel> {
    public:
        entry() noexcept = default;
        entry(entry const&) = delete;
        entry& operator=(entry const&) = delete;

        /// Called once when the deadline has passed. May set it anew, or destroy the entry.
        virtual void on_deadline() = 0;

        bool is_set() const noexcept { return is_linked(); }

    protected:
        ~entry() { unlink(); }

    private:
        friend class timer_wheel;
        std::uint64_t due_ = 0; ///< in ticks
    };

    explicit timer_wheel(clock::time_point start) noexcept : start_(start) {}
    timer_wheel(timer_wheel const&) = delete;
    timer_wheel& operator=(timer_wheel const&) = delete;

    /// Sets or moves the deadline of `e`.
    void set(entry& e, clock::time_point deadline) noexcept {
        clear(e);
        // Rounded up and past the tick in hand: a deadline never fires early, nor again in the same turn.
        auto const until = deadline - start_;
        auto const due = until <= clock::duration{0}
                             ? 0
                             : static_cast<std::uint64_t>((until - clock::duration{1}) / tick + 1);
        e.due_ = due > now_ ? due : now_ + 1;
        e.link_before(slots_[e.due_ % slots_.size()]);
    }

    void clear(entry& e) noexcept { e.unlink(); }

    /// The time that was last fed, up to a tick earlier: for what happens too often to read a clock.
    clock::time_point last_tick() const noexcept { return start_ + now_ * tick; }

    /// Fires everything due by `now`.
    void advance(clock::time_point now) {
        auto const target = now <= start_ ? 0 : static_cast<std::uint64_t>((now - start_) / tick);
        if (target > now_ + slots_.size()) // after a long sleep one round over all slots is enough
            now_ = target - slots_.size();
        while (now_ < target)
            fire(slots_[++now_ % slots_.size()]);
    }

private:
    void fire(detail::list_head<timer_wheel>& slot) {
        // Moved aside first, so that handlers may set, clear and destroy any entry meanwhile.
        detail::list_head<timer_wheel> due;
        for (auto* link = slot.next; link != &slot;) {
            auto* const next = link->next;
            if (static_cast<entry*>(link)->due_ <= now_) {
                link->unlink();
                link->link_before(due);
            }
            link = next;
        }
        while (!due.empty()) {
            auto& e = static_cast<entry&>(*due.next);
            e.unlink();
            e.on_deadline();
        }
    }

    clock::time_point start_;
    std::uint64_t now_ = 0;
    std::array<detail::list_head<timer_wheel>, 512> slots_;
};

} // namespace unisono::inline v0
