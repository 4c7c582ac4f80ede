#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/clock.hpp>
#include <unisono/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace unisono::inline v0 {

struct awareness_limits {
    std::size_t state = 16 * 1024;     ///< bytes of one state's JSON
    std::size_t clients_per_peer = 32; ///< client ids one connection may introduce within two minutes
    std::size_t clients = 10'000;      ///< client ids in one document
};

/// Cursors, names and selections of those who edit a document: the server's side of y-protocols' awareness.
///
/// A state belongs to the connection that introduced its client id: it goes with it, and nobody else removes
/// it. Others may renew it, for the tabs of one browser pass on each other's states. States not renewed for
/// 30 seconds go, too. Nothing here is stored. Thread safety: none; lives on its document's shard.
class awareness {
public:
    using peer_id = std::uint64_t;

    explicit awareness(awareness_limits const& limits = {}) : limits_(limits) {}

    /// What to do with an update. Both are encoded awareness updates, empty when there is nothing to say.
    struct outcome {
        byte_buffer relay; ///< for everybody else
        byte_buffer reply; ///< for the sender: clocks of entries that came too late for what is known
    };

    /// Takes in what `from` sent. Refused whole when malformed, when a state is not JSON, or beyond a limit:
    /// codec_error. An entry that is older than what is known has no effect.
    ///
    /// A client that reconnects repeats its last clock, which everybody ignores because its state was removed
    /// under that clock meanwhile. The reply tells it the clock to overtake, and it announces itself at once.
    result<outcome> apply(bytes_view update, peer_id from, clock::time_point now);

    /// All states, for a newcomer. Empty when there are none.
    byte_buffer encode() const;

    /// Removes what `peer` introduced; returns the update that tells the others.
    byte_buffer remove_peer(peer_id peer, clock::time_point now);

    /// Removes what was not renewed in time; returns the update that tells everybody.
    byte_buffer expire(clock::time_point now);

    std::size_t present() const noexcept { return present_; } ///< clients with a state

private:
    struct client {
        std::uint64_t clock = 0;
        std::string state; ///< JSON; empty: removed, only the clock is remembered
        peer_id owner = 0;
        clock::time_point renewed{};
    };
    struct change {
        std::uint64_t id;
        std::uint64_t clock;
        std::string_view state;
    };

    template <class Leaves>
    byte_buffer remove_if(Leaves&& leaves, clock::time_point now);

    awareness_limits limits_;
    std::map<std::uint64_t, client> clients_;
    std::size_t present_ = 0;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/presence/impl/awareness.ipp>
#endif
