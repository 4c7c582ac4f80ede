#pragma once

#include <unisono/hub/hub.hpp>
#include <unisono/protocol/native/carrier.hpp>
#include <unisono/protocol/native/close.hpp>
#include <unisono/protocol/native/detail/core.hpp>
#include <unisono/protocol/native/error.hpp>
#include <unisono/protocol/native/options.hpp>
#include <unisono/wire/http_request.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

class native_session;

/// What became of commands that came apart from their session.
enum class native_delivery : std::uint8_t {
    taken,   ///< they have had their turn
    busy,    ///< not taken: earlier ones still wait for theirs
    unknown, ///< not taken: there is no such session (any more)
};

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
    /// the result until native_session::on_closed(). `request` is what opened the connection, for
    /// native_hooks::authenticate; it is let go of when the client was admitted.
    std::shared_ptr<native_session> open(std::size_t shard, std::unique_ptr<native_carrier> carrier,
                                         std::shared_ptr<http_request const> request = nullptr);

    /// Closes every connection of `user` that has been admitted: they logged out, or are not welcome any
    /// more. With a terminal `code`, as it is by default, clients stay away. From any thread.
    void disconnect(std::string_view user, close_code code = native_close::forced_off,
                    std::string_view reason = "forced off");

    /// Ends the subscriptions of `user` to `channel`. From any thread.
    void unsubscribe(std::string_view user, std::string_view channel,
                     native_unsubscribe code = native_unsubscribe::kicked,
                     std::string_view reason = "kicked");

    /// Feeds commands, one a line, to the session that was given the id `session` in its reply to connect:
    /// for carriers whose way up is a request of its own. `done` runs on some shard, when there is room for
    /// more; until then a client sends no more. From any thread.
    void deliver(std::string_view session, std::string commands, std::function<void(native_delivery)> done);

    /// Lets go of those in shard `shard`'s channels whose grace window is over, and tells what waits to be
    /// told. Call on that shard, several times a second.
    void on_tick(std::size_t shard) {
        core_.rooms.run_on(shard, [this, shard] { core_.channels.advance(shard); });
    }

    /// Records kept on shard `shard` for channels with presence and with aliases. Call on that shard.
    std::size_t channel_count(std::size_t shard) const { return core_.channels.size(shard); }

    native_options const& options() const noexcept { return core_.options; }

private:
    /// Runs `work(native_session&)` for every session of `user`, on its shard.
    template <class Work>
    void for_each(std::string_view user, Work work);

    detail::native_core core_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// Its definitions need both classes, whichever header comes first.
#include <unisono/protocol/native/session.hpp>
#endif
