#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/presence/awareness.hpp>
#include <unisono/protocol/documents/request.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace unisono::inline v0 {
class document_session;
}

namespace unisono::inline v0::detail {

/// What a request that has to wait costs, roughly: an empty one costs something, too.
inline std::size_t cost_of(document_request const& r) noexcept {
    return 16 + r.data.size();
}

struct document_peer;

/// A request, and where its answer goes.
struct document_question {
    std::shared_ptr<document_session> from;
    std::shared_ptr<document_peer> peer;
    document_request what;
    document_done done;
    bool counted = false; ///< in `waiting_bytes` of the peer
};

/// A session, where its document lives.
struct document_peer {
    std::weak_ptr<document_session> session;
    std::size_t waiting_bytes = 0; ///< of what it sent and that has not had its turn
    bool asking = false;           ///< the host looks at a change of it; what comes waits, to stay in order
    bool resuming = false;         ///< what waits has its turn; what comes stands behind it
    std::list<document_question> waiting = {}; ///< without `peer`, or they would keep each other

    bool is_held_up() const noexcept { return asking || resuming || !waiting.empty(); }
    void hold_up(document_question q) {
        q.peer.reset();
        waiting.push_back(std::move(q));
    }
};

/// A document that is being loaded or is in memory, with all who have to do with it. On its shard.
struct open_document {
    enum class phase : std::uint8_t {
        loading,  ///< also while the host's hooks see it first
        starting, ///< what came early has its turn
        serving,
        gone, ///< removed, or could not be loaded: whoever still holds this does nothing with it
    };

    std::string name;
    std::shared_ptr<document_room> room;
    awareness who;
    phase now = phase::loading;
    bool served = false; ///< at some time
    std::map<std::uint64_t, std::shared_ptr<document_peer>> peers = {};
    /// What waits until the document is served; called with an error when it will not be.
    std::list<std::function<void(std::error_code)>> early = {};
    /// What came in this turn of the loop: changes, and awareness behind them.
    std::vector<document_question> gathered = {};
    std::size_t busy = 0; ///< pieces of the host's work under way; while there are any it stays
    bool leaving = false; ///< being put away
    clock::time_point idle_since{};
    std::optional<clock::time_point> changed_since = {}; ///< what document_hooks::on_change was not told
    std::optional<clock::time_point> changed = {};       ///< last

    open_document(std::string n, awareness_limits const& limits) : name(std::move(n)), who(limits) {}

    /// Nobody would miss it.
    bool is_idle() const noexcept {
        return peers.empty() && gathered.empty() && busy == 0 && !leaving && now == phase::serving &&
               room->at_rest();
    }
};

using open_document_ptr = std::shared_ptr<open_document>;

} // namespace unisono::inline v0::detail
