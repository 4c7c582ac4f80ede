#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/protocol/y_websocket/options.hpp>
#include <unisono/store/store.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace unisono::inline v0 {

namespace detail {
class y_documents;
}

/// The server's side of y-websocket (the wire protocol of y-protocols over WebSocket binary frames), for all
/// its documents and sessions.
///
/// Serves unmodified y-websocket clients: sync, awareness, queryAwareness. A document is created when it is
/// first opened. A change reaches others, and is part of what a newcomer gets, only once it is stored.
/// Received updates are relayed as the bytes that came in.
///
/// Thread safety: constructed and destroyed while no shard works on it; tick() on the shard it names.
class y_websocket_server {
public:
    /// `shards` and `store` must outlive it.
    y_websocket_server(std::vector<executor*> shards, document_store& store,
                       y_websocket_options options = {});
    ~y_websocket_server();

    /// Expires cursors and puts away documents that nobody has open. Call every second or so on shard
    /// `index`.
    void tick(std::size_t index);

    /// Documents in memory on shard `index`. Call on that shard.
    std::size_t document_count(std::size_t index) const;

    y_websocket_options const& options() const noexcept { return options_; }

private:
    friend class y_websocket_session;
    y_websocket_options options_;
    std::shared_ptr<detail::y_documents> documents_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/y_websocket/impl/server.ipp>
#endif
