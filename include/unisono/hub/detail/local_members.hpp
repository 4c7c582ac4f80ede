#pragma once

#include <unisono/core/logger.hpp>
#include <unisono/hub/detail/room_identity.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/subscriber.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

class hub_core;
class local_members;

/// One subscriber in one room. Lives on the subscriber's shard.
struct membership {
    std::shared_ptr<subscriber> who;
    local_members* place = nullptr;
    std::size_t index = 0; ///< in the row there
};

/// The subscribers of a room on one shard.
class local_members {
public:
    /// Keeps `core` while it exists, which is while anybody is in it.
    local_members(std::shared_ptr<hub_core> core, std::shared_ptr<room_identity const> room,
                  std::size_t where) noexcept
        : core_(std::move(core)), room_(std::move(room)), where_(where) {}
    local_members(local_members const&) = delete;
    local_members& operator=(local_members const&) = delete;

    /// Lives until remove().
    membership& add(std::shared_ptr<subscriber> who);

    /// O(1). In the middle of a delivery it takes effect at once as well: who left is not delivered to. Then
    /// nothing is returned and `m` stays until the delivery is over, for it may be the one that is being
    /// delivered to.
    std::unique_ptr<membership> remove(membership& m);

    /// Delivers to everybody but `exclude`, and returns to how many. What a subscriber throws is logged.
    std::size_t deliver(message_ptr const& m, subscriber const* exclude, logger& log);

    std::size_t count() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }
    bool delivering() const noexcept { return delivering_; }
    std::shared_ptr<hub_core> const& core() const noexcept { return core_; }
    std::shared_ptr<room_identity const> const& room() const noexcept { return room_; }
    std::size_t where() const noexcept { return where_; } ///< the shard

private:
    void close_gaps();
    std::unique_ptr<membership> take_out(std::size_t index);

    std::shared_ptr<hub_core> core_;
    std::shared_ptr<room_identity const> room_;
    std::size_t where_;
    // What the fan-out reads is a bare row of pointers; what keeps them alive stands apart.
    std::vector<subscriber*> row_; ///< null: left during the delivery that is under way
    std::vector<std::unique_ptr<membership>> owners_;
    std::vector<std::size_t> gaps_; ///< places that are null, in no order
    std::size_t count_ = 0;
    bool delivering_ = false;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/detail/impl/local_members.ipp>
#endif
