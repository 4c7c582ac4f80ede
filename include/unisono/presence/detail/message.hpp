#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/causal_context.hpp>
#include <unisono/crdt/dot.hpp>
#include <unisono/presence/detail/entry.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// What one node says about one client. The texts belong to the message.
struct presence_claim {
    std::uint64_t dot = 0; ///< of the node that says so
    std::uint64_t stamp = 0;
    std::chrono::milliseconds since{};
    bool absent = false; ///< it is not here
    std::string_view channel, user, client;
    std::string_view state; ///< empty: null
};

/// What nodes tell each other; see docs/presence.md. One byte of version, one of `what`, then the fields in
/// the order they stand here, as crdt::state_writer writes them.
struct presence_message {
    enum class kind : std::uint8_t {
        share = 1, ///< what changed, or a sign of life
        ask,       ///< what do I lack of yours?
        leave,     ///< this node is going
    };
    kind what = kind::share;
    crdt::replica_id from = 0;
    std::uint64_t number = 0; ///< of this message, so that an old copy is no sign of life
    // share
    std::uint64_t clock = 0;         ///< the latest change `from` made
    crdt::causal_context seen = {};  ///< changes that this tells
    crdt::causal_context alive = {}; ///< those of them that still stand; the others were taken back
    crdt::causal_context dead = {};  ///< and these, of earlier messages
    std::vector<presence_claim> claims =
        {}; ///< what the receiver may not know, ascending; perhaps only a part
    // ask
    crdt::replica_id to = 0;
    crdt::causal_context have = {}; ///< changes of `to` that are known
};

/// Texts refer to `bytes`. Fails unless it is exactly one message that can be right, whoever sent it.
result<presence_message> decode_presence_message(bytes_view bytes);

/// Without `claims`.
void begin_presence_message(byte_buffer& out, presence_message const& m, std::size_t claims);
void append_presence_claim(byte_buffer& out, presence_entry const& e);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/presence/detail/impl/message.ipp>
#endif
