#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/protocol/documents/access.hpp>
#include <unisono/protocol/documents/detail/open_document.hpp>
#include <unisono/protocol/documents/inspection.hpp>
#include <unisono/protocol/documents/options.hpp>
#include <unisono/protocol/documents/request.hpp>
#include <unisono/protocol/hook.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace unisono::inline v0::detail {

/// The documents of a service, each on the shard where its name lives.
///
/// Sessions live on the shards of their connections: they come here through the hub's owner tasks, and
/// answers go back as tasks on their shards, in order.
class open_documents : public std::enable_shared_from_this<open_documents> {
public:
    using session_ptr = std::shared_ptr<document_session>;
    using host_work = std::function<void(document_replica&)>;
    using host_done = std::function<void(std::error_code)>;

    open_documents(std::vector<executor*> shards, document_store& store,
                   document_service_options const& options);

    hub& relay() noexcept { return relay_; }
    document_service_options const& options() const noexcept { return options_; }
    std::uint64_t next_id() noexcept { return ids_.fetch_add(1, std::memory_order_relaxed); }

    // On the document's shard:
    /// Also opens the document, and lets the session in.
    void receive(session_ptr const& from, document_request request, document_done done);
    void leave(std::string const& name, std::uint64_t peer);

    /// Shows the document to the host, loading it if need be, and stores what `work` edits in it.
    void visit(std::string const& name, host_work work, host_done done);
    /// Takes in an update of the host's.
    void import(std::string const& name, payload update, host_done done);
    void allow(std::string const& name, std::string const& user, document_notice const& notice);
    void remove(std::string const& name, host_done done);
    void remove_everywhere(std::string const& name, host_done done);

    void tick(std::size_t index);

    /// Lets go of everything, sessions included: they hold this. While no shard works on it.
    void clear();
    std::size_t document_count(std::size_t index) const { return shards_[index].size(); }
    documents_inspection inspect(std::size_t index, std::size_t largest) const;

private:
    using document_ptr = open_document_ptr;
    using question = document_question;
    using phase = open_document::phase;

    std::unordered_map<std::string, document_ptr>& documents_of(std::string const& name) {
        return shards_[relay_.owner_of(name)];
    }
    executor& home_of(std::string const& name) const noexcept { return relay_.shard(relay_.owner_of(name)); }
    std::shared_ptr<reply_gate> const& gate_of(open_document const& d) const {
        return gates_[relay_.owner_of(d.name)];
    }
    document_ptr find(std::string const& name);

    // How a document comes and goes (open_documents.ipp).
    document_ptr open(std::string const& name);
    void load(document_ptr const& d);
    void on_loaded(document_ptr const& d, std::error_code error);
    void create(document_ptr const& d);
    void begin(document_ptr const& d);
    void serve(document_ptr const& d);
    void forget(open_document& d);
    void close_as_removed(document_ptr const& d);
    void give_up(document_ptr const& d, std::error_code error);
    std::vector<session_ptr> put_out(open_document& d);
    void evict(std::size_t index);
    void put_away(document_ptr const& d);

    // What clients ask (document_requests.ipp).
    void take_turn(document_ptr const& d, question q);
    void handle(document_ptr const& d, question q);
    void sync(document_ptr const& d, question const& q);
    document_answer take_awareness(open_document& d, question const& q);
    void broadcast(open_document& d, message_kind kind, payload data, document_session const* from);
    void answer(question const& q, document_answer what);

    // What they change (document_changes.ipp).
    void change(document_ptr const& d, question q);
    void validate(document_ptr const& d, question const& q);
    void decide(document_ptr const& d, question const& q, result<void> allowed);
    void gather(document_ptr const& d, question q);
    void take_in(document_ptr const& d);
    void store(document_ptr const& d, std::vector<question> together);
    void answer_stored(question const& q, std::error_code error);

    // What the host does and hears (document_hosting.ipp).
    host_done guarded(host_done done);
    void when_served(document_ptr const& d, host_done work);
    void after_changes(document_ptr const& d, host_done work);
    void notify(session_ptr const& to, document_notice notice);
    void changed(open_document& d, payload update, document_session const* from = nullptr);
    void tell_change(document_ptr const& d);
    void note_throw(char const* hook, char const* what) const;

    /// Calls a function of the host's. False when it threw.
    template <class Call>
    bool attempt(char const* hook, Call&& call) const {
        try {
            call();
            return true;
        } catch (std::exception const& e) {
            note_throw(hook, e.what());
        } catch (...) {
            note_throw(hook, "no std::exception");
        }
        return false;
    }

    document_service_options options_;
    document_store& store_;
    hub relay_;
    std::vector<std::unordered_map<std::string, document_ptr>> shards_;
    std::vector<std::shared_ptr<reply_gate>> gates_; ///< by shard
    std::atomic<std::uint64_t> ids_{1};
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
// The definitions need both classes, whichever header comes first.
#include <unisono/protocol/documents/session.hpp>
#endif
