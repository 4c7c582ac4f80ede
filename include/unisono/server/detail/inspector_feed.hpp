#pragma once

#include <unisono/net/shard.hpp>
#include <unisono/server/detail/observer.hpp>
#include <unisono/transport/sse_stream.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace unisono::inline v0::detail {

/// Sends inspections to whoever looks. Looking costs nothing while nobody does. Lives on one shard.
class inspector_feed : public std::enable_shared_from_this<inspector_feed> {
public:
    inspector_feed(observer& from, shard& home, std::size_t index) noexcept
        : from_(from), home_(home), index_(index) {}

    /// Adds a viewer, who gets the present state at once. From any thread.
    void add(sse_stream viewer);

    /// Sends the present state to all. On its shard, once a second.
    void tick();

private:
    observer& from_;
    shard& home_;
    std::size_t index_; ///< of home_
    std::vector<sse_stream> viewers_;
    bool asking_ = false;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/server/detail/impl/inspector_feed.ipp>
#endif
