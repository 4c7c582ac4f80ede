#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Functions that want to hear of something. They may be added and removed while they are called.
template <class... Arguments>
class listener_list {
public:
    using function = std::function<void(Arguments...)>;

    std::uint64_t add(function listener) {
        listeners_.push_back({++last_, std::make_unique<function const>(std::move(listener))});
        ++count_;
        return last_;
    }
    void remove(std::uint64_t number) noexcept {
        auto const known = std::find_if(listeners_.begin(), listeners_.end(),
                                        [&](entry const& e) { return e.number == number; });
        if (known == listeners_.end())
            return;
        known->number = removed;
        --count_;
        if (calls_ == 0)
            tidy();
    }
    bool empty() const noexcept { return count_ == 0; }

    void call(Arguments... arguments) const {
        // A listener that goes while it is called has to stay until then, and those that come are not called
        // yet.
        struct calling {
            listener_list const& list;
            explicit calling(listener_list const& l) noexcept : list(l) { ++list.calls_; }
            ~calling() {
                if (--list.calls_ == 0 && list.listeners_.size() > list.count_)
                    list.tidy();
            }
        } const now{*this};
        for (std::size_t i = 0, end = listeners_.size(); i < end; ++i) {
            if (listeners_[i].number != removed)
                (*listeners_[i].call)(arguments...);
        }
    }

private:
    static constexpr std::uint64_t removed = 0;

    struct entry {
        std::uint64_t number;
        std::unique_ptr<function const> call; // stays where it is when the row grows
    };

    void tidy() const noexcept {
        std::erase_if(listeners_, [](entry const& e) { return e.number == removed; });
    }

    mutable std::vector<entry> listeners_;
    std::size_t count_ = 0; // of those that are not removed
    std::uint64_t last_ = 0;
    mutable unsigned calls_ = 0; // that are under way
};

} // namespace unisono::inline v0::yjs::detail
