#pragma once

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
        listeners_.push_back({++last_, std::make_shared<function const>(std::move(listener))});
        return last_;
    }
    void remove(std::uint64_t number) noexcept {
        std::erase_if(listeners_, [&](entry const& e) { return e.number == number; });
    }
    bool empty() const noexcept { return listeners_.empty(); }

    void call(Arguments... arguments) const {
        // By number: the row changes while listeners come and go. Those that come now are not called yet.
        std::uint64_t const last = last_;
        std::uint64_t called = 0;
        for (;;) {
            std::shared_ptr<function const> next;
            for (entry const& e : listeners_) {
                if (e.number > called) {
                    called = e.number;
                    next = e.call;
                    break;
                }
            }
            if (next == nullptr || called > last)
                return;
            (*next)(arguments...);
        }
    }

private:
    struct entry {
        std::uint64_t number;
        std::shared_ptr<function const> call;
    };
    std::vector<entry> listeners_;
    std::uint64_t last_ = 0;
};

} // namespace unisono::inline v0::yjs::detail
