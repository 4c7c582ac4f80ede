#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// Objects that are costly to make and are used for a moment at a time: as many exist as were ever in use at
/// once. Thread safety: all members, from any thread.
template <class T>
class idle_pool {
public:
    /// Calls `use(T&)` with an idle object, or with a new one made by `make()`.
    template <class Make, class Use>
    auto with(Make&& make, Use&& use) {
        std::unique_ptr<T> object = take();
        if (!object)
            object = make();
        struct returner {
            idle_pool& pool;
            std::unique_ptr<T>& object;
            ~returner() { pool.give_back(std::move(object)); }
        } const back{*this, object};
        return use(*object);
    }

private:
    std::unique_ptr<T> take() {
        std::lock_guard const lock{mutex_};
        if (idle_.empty()) {
            idle_.reserve(++made_); // so that giving back cannot fail
            return nullptr;
        }
        auto object = std::move(idle_.back());
        idle_.pop_back();
        return object;
    }
    void give_back(std::unique_ptr<T> object) noexcept {
        std::lock_guard const lock{mutex_};
        idle_.push_back(std::move(object));
    }

    std::mutex mutex_;
    std::vector<std::unique_ptr<T>> idle_;
    std::size_t made_ = 0;
};

} // namespace unisono::inline v0::detail
