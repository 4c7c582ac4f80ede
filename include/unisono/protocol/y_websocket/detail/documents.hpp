#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/presence/awareness.hpp>
#include <unisono/protocol/y_websocket/options.hpp>
#include <unisono/wire/close_code.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace unisono::inline v0 {
class y_websocket_session;
}

namespace unisono::inline v0::detail {

/// The documents that y-websocket sessions have open, each on the shard where its name lives.
///
/// Sessions live on the shards of their connections: they come here through the hub's owner tasks, and
/// answers go back as tasks on their shards, in order.
class y_documents : public std::enable_shared_from_this<y_documents> {
public:
    using session_ptr = std::shared_ptr<y_websocket_session>;

    y_documents(std::vector<executor*> shards, document_store& store, y_websocket_options const& options);

    hub& relay() noexcept { return relay_; }
    y_websocket_options const& options() const noexcept { return options_; }
    std::uint64_t next_id() noexcept { return ids_.fetch_add(1, std::memory_order_relaxed); }

    // On the document's shard:
    void join(std::string const& name, session_ptr peer);
    void receive(std::string const& name, session_ptr const& peer, payload frame);
    void leave(std::string const& name, std::uint64_t peer);

    void tick(std::size_t index);

    /// Lets go of everything, sessions included: they hold this. While no shard works on it.
    void clear();
    std::size_t document_count(std::size_t index) const { return shards_[index].size(); }

private:
    struct open_document {
        std::shared_ptr<document_room> room;
        awareness who;
        std::map<std::uint64_t, session_ptr> peers;
        std::deque<std::pair<session_ptr, payload>>
            early;                                        ///< frames that came before the document was loaded
        std::map<std::uint64_t, std::size_t> early_bytes; ///< by peer
        clock::time_point idle_since{};
        bool leaving = false; ///< being put away

        open_document(std::shared_ptr<document_room> r, awareness_limits const& limits)
            : room(std::move(r)), who(limits) {}
    };
    using document_ptr = std::shared_ptr<open_document>;

    std::unordered_map<std::string, document_ptr>& documents_of(std::string const& name) {
        return shards_[relay_.owner_of(name)];
    }
    document_ptr find(std::string const& name);
    document_ptr open(std::string const& name);
    void on_loaded(document_ptr const& d, std::error_code error);
    void greet(open_document& d, session_ptr const& peer);
    void handle(document_ptr const& d, session_ptr const& peer, payload const& frame);
    void on_sync(document_ptr const& d, session_ptr const& peer, lib0_reader& in);
    void on_update(document_ptr const& d, session_ptr const& peer, bytes_view update);
    void on_awareness(document_ptr const& d, session_ptr const& peer, bytes_view update);
    void give_up(document_ptr const& d, std::string_view why);
    void broadcast(open_document& d, message_kind kind, payload data, subscriber const* exclude);
    void put_away(document_ptr const& d);
    void answer(session_ptr const& peer, payload frame);
    void dismiss(session_ptr const& peer, close_code code, std::string_view why);

    y_websocket_options options_;
    document_store& store_;
    hub relay_;
    std::vector<std::unordered_map<std::string, document_ptr>> shards_;
    std::atomic<std::uint64_t> ids_{1};
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/y_websocket/detail/impl/documents.ipp>
#endif
