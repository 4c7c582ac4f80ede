#pragma once

#include <unisono/core/logger.hpp>
#include <unisono/hub/detail/room_identity.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/subscriber.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace unisono::inline v0::detail {

/// One subscriber in one room. Lives on the subscriber's shard.
struct membership {
    std::shared_ptr<subscriber> who;
    std::shared_ptr<room_identity const> room;
    std::uint32_t where;     ///< the subscriber's shard
    std::uint32_t index = 0; ///< place in that shard's row
};

/// The subscribers of a room on one shard.
class local_members {
public:
    void add(std::unique_ptr<membership> m);

    /// O(1). In the middle of a delivery it takes effect at once as well: who left is not delivered to. Then
    /// nothing is returned and `m` stays until the delivery is over, for it may be the one that is being
    /// delivered to.
    std::unique_ptr<membership> remove(membership& m);

    /// Delivers to everybody but `exclude`, and returns to how many. What a subscriber throws is logged.
    std::size_t deliver(message_ptr const& m, subscriber const* exclude, logger& log);

    std::size_t count() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }
    bool delivering() const noexcept { return delivering_; }

private:
    void close_gaps();
    std::unique_ptr<membership> take_out(std::size_t index);

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
