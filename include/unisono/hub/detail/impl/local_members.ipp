#pragma once

#include <unisono/core/config.hpp>
#include <unisono/hub/detail/local_members.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL membership& local_members::add(std::shared_ptr<subscriber> who) {
    auto m = std::make_unique<membership>(membership{std::move(who), this, row_.size()});
    membership& added = *m;
    row_.push_back(added.who.get());
    owners_.push_back(std::move(m));
    ++count_;
    return added;
}

UNISONO_DECL std::unique_ptr<membership> local_members::remove(membership& m) {
    --count_;
    if (!delivering_)
        return take_out(m.index);
    row_[m.index] = nullptr;
    gaps_.push_back(m.index);
    return nullptr;
}

UNISONO_DECL std::unique_ptr<membership> local_members::take_out(std::size_t index) {
    if (index != row_.size() - 1) {
        row_[index] = row_.back();
        std::swap(owners_[index], owners_.back());
        owners_[index]->index = index;
    }
    row_.pop_back();
    auto gone = std::move(owners_.back());
    owners_.pop_back();
    return gone;
}

UNISONO_DECL void local_members::close_gaps() {
    auto gaps = std::exchange(gaps_, {});
    std::vector<std::unique_ptr<membership>> gone; // go last: a subscriber on its way out may take out others
    gone.reserve(gaps.size());
    // From the back: what moves into a gap is then not a gap itself.
    std::sort(gaps.begin(), gaps.end(), std::greater<>{});
    for (std::size_t const index : gaps)
        gone.push_back(take_out(index));
}

UNISONO_DECL std::size_t local_members::deliver(message_ptr const& m, subscriber const* exclude,
                                                logger& log) {
    delivering_ = true;
    std::size_t const all = row_.size();
    std::size_t skipped = 0;
    for (std::size_t i = 0; i < all;) {
        try {
            for (; i < all; ++i) {
                if (subscriber* who = row_[i]; who && who != exclude)
                    who->deliver(m);
                else
                    ++skipped;
            }
        } catch (std::exception const& e) {
            log.write(severity::error, "hub", "a subscriber threw", {{"reason", e.what()}});
            ++i;
        } catch (...) {
            log.write(severity::error, "hub", "a subscriber threw");
            ++i;
        }
    }
    while (!gaps_.empty())
        close_gaps();
    delivering_ = false;
    return all - skipped;
}

} // namespace unisono::inline v0::detail
