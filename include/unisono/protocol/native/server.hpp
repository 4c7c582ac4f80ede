#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/protocol/native/carrier.hpp>
#include <unisono/protocol/native/detail/channels.hpp>
#include <unisono/protocol/native/options.hpp>

#include <cstddef>
#include <memory>

namespace unisono::inline v0 {

class native_session;

/// The native protocol (docs/protocol.md) over a hub: what its sessions share.
///
/// The hub must outlive it; it must outlive its sessions and whatever they posted to the hub's shards.
/// Thread safety: as said at each member.
class native_server {
public:
    explicit native_server(hub& rooms, native_options options = {});
    native_server(native_server const&) = delete;
    native_server& operator=(native_server const&) = delete;

    /// A conversation over `carrier`, whose calls come on shard `shard`. Call on that shard. The caller keeps
    /// the result until native_session::on_closed().
    std::shared_ptr<native_session> open(std::size_t shard, std::unique_ptr<native_carrier> carrier);

    /// Lets go of what has expired on shard `shard`. Call on that shard, every minute or so.
    void sweep(std::size_t shard) { channels_.sweep(shard); }

    /// Channels for which anything is kept on shard `shard`. Call on that shard.
    std::size_t channel_count(std::size_t shard) const { return channels_.size(shard); }

    native_options const& options() const noexcept { return options_; }

private:
    hub& rooms_;
    native_options options_;
    detail::native_channels channels_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/impl/server.ipp>
#endif
