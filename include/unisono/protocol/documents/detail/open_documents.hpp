#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/document/document_room.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/presence/awareness.hpp>
#include <unisono/protocol/documents/options.hpp>
#include <unisono/protocol/documents/request.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
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

/// The documents of a service, each on the shard where its name lives.
///
/// Sessions live on the shards of their connections: they come here through the hub's owner tasks, and
/// answers go back as tasks on their shards, in order.
class open_documents : public std::enable_shared_from_this<open_documents> {
public:
    using session_ptr = std::shared_ptr<document_session>;

    open_documents(std::vector<executor*> shards, document_store& store,
                   document_service_options const& options);

    hub& relay() noexcept { return relay_; }
    document_service_options const& options() const noexcept { return options_; }
    std::uint64_t next_id() noexcept { return ids_.fetch_add(1, std::memory_order_relaxed); }

    // On the document's shard:
    /// Also opens the document, and lets the session in.
    void receive(session_ptr const& from, document_request request, document_done done);
    void leave(std::string const& name, std::uint64_t peer);

    void tick(std::size_t index);

    /// Lets go of everything, sessions included: they hold this. While no shard works on it.
    void clear();
    std::size_t document_count(std::size_t index) const { return shards_[index].size(); }

private:
    struct question {
        session_ptr from;
        document_request what;
        document_done done;
    };
    struct open_document {
        std::shared_ptr<document_room> room;
        awareness who;
        std::map<std::uint64_t, std::size_t> peers; ///< what each sent before the document was loaded, bytes
        std::deque<question> early;                 ///< and that itself
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
    void handle(document_ptr const& d, question const& q);
    document_answer sync(open_document& d, bytes_view state_vector);
    void change(document_ptr const& d, question const& q);
    document_answer take_awareness(open_document& d, question const& q);
    void broadcast(open_document& d, message_kind kind, payload data, document_session const* from);
    void put_away(document_ptr const& d);
    void answer(question const& q, document_answer what);

    document_service_options options_;
    document_store& store_;
    hub relay_;
    std::vector<std::unordered_map<std::string, document_ptr>> shards_;
    std::atomic<std::uint64_t> ids_{1};
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// The definitions need both classes, whichever header comes first.
#include <unisono/protocol/documents/session.hpp>
#endif
