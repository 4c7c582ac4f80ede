#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/executor.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/presence/awareness.hpp>
#include <unisono/store/store.hpp>
#include <unisono/wire/close_code.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

namespace detail {
class y_documents;
}

struct y_websocket_options {
    document_room_options document = {};
    awareness_limits awareness = {};
    std::size_t name_bytes = 255;              ///< of a document's name
    std::size_t early_bytes = 4 * 1024 * 1024; ///< a peer may send before the document is loaded
    std::chrono::milliseconds keep_alive{
        15'000}; ///< without data for 30 s a client would reconnect; pings do not count
    std::chrono::milliseconds unload_after{
        30'000}; ///< a document that nobody has open stays in memory for so long
    unisono::clock* clock = &system_clock();
    logger* log = &null_logger();
};

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

/// What a session needs of its connection. Called on the session's shard.
class y_websocket_carrier {
public:
    virtual ~y_websocket_carrier() = default;

    /// Sends a WebSocket frame that answers the peer, whatever is queued.
    virtual void reply(payload frame) = 0;

    /// Sends a WebSocket frame that others caused; false when too much is queued.
    virtual bool relay(payload const& frame) = 0;

    virtual void close(close_code code, std::string_view reason) = 0;
};

/// One y-websocket conversation about one document.
///
/// Thread safety: all members on the session's shard. The carrier must live until on_closed().
class y_websocket_session final : public subscriber,
                                  public std::enable_shared_from_this<y_websocket_session> {
public:
    y_websocket_session(y_websocket_server& server, std::size_t where, std::string document,
                        y_websocket_carrier& carrier);

    /// Joins the document. Closes at once when its name is not acceptable.
    void start();

    void on_binary(bytes_view frame);
    void on_text();
    void on_tick(clock::time_point now);
    void on_closed();

    void deliver(message_ptr const& m) override;

private:
    friend class detail::y_documents;
    void send(payload frame);
    void refuse(close_code code, std::string_view reason);

    std::shared_ptr<detail::y_documents> documents_;
    std::size_t where_;
    std::string document_;
    y_websocket_carrier* carrier_;
    subscription subscription_;
    bool joined_ = false;
    std::vector<payload> early_; ///< frames that came before it had joined
    std::size_t early_bytes_ = 0;
    clock::time_point sent_{};
    std::uint64_t id_;
    std::atomic<bool> dismissed_{false}; ///< it is being closed: on its shard and the document's
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/impl/y_websocket.ipp>
#endif
