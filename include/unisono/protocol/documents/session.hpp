#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/hub/message.hpp>
#include <unisono/hub/subscription.hpp>
#include <unisono/protocol/documents/access.hpp>
#include <unisono/protocol/documents/reader.hpp>
#include <unisono/protocol/documents/request.hpp>
#include <unisono/protocol/documents/service.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace unisono::inline v0 {

/// One client in one document: what a protocol speaks to documents through.
///
/// Thread safety: all members on the client's shard; answers, deliveries and notices come there, too.
class document_session : public std::enable_shared_from_this<document_session> {
public:
    /// `where` is the index of the client's shard. `who`, which may be null, is told to those who get its
    /// changes.
    document_session(document_service const& service, std::size_t where, std::string document,
                     std::shared_ptr<publisher const> who = nullptr,
                     document_access access = document_access::write);

    /// Enters the document. `reader` is kept until close() and gets what others do to the document: messages
    /// of kind update (an update) and awareness (an awareness update), whose room is the document. An
    /// update that several made at the same moment has no message::from, and they get it, too.
    void open(std::shared_ptr<document_reader> reader);

    /// `done` runs exactly once, unless the service goes first. What changes the document is taken in the
    /// order it was asked; a change is answered when it is stored, so later requests may be answered before.
    void ask(document_request request, document_done done);

    /// What the client may do: at once, also for what it asked that has not had its turn.
    void allow(document_access access) noexcept { access_ = access; }
    document_access access() const noexcept { return access_; }

    /// For a reader whose client takes nothing more now: a message could not be passed on, and what follows
    /// need not be before catch_up(). False when the client never asked for a sync, so that nobody knows what
    /// it has.
    bool fall_behind() noexcept { return behind_ = !known_.empty(); }
    bool is_behind() const noexcept { return behind_; }

    /// The client takes something again. Does nothing unless it fell behind; then it asks for all that was
    /// not passed on, as for a sync.
    void catch_up(document_done done);

    /// Leaves, also by itself when the document could not be loaded: nothing is delivered any more, and its
    /// cursors go. What it asked for is still done and answered.
    void close();
    bool is_closed() const noexcept { return closed_; }

    /// As close(), for a client that broke the rules: what is still under way from it is not done any more.
    void dismiss();

private:
    friend class detail::open_documents;
    struct early_request {
        document_request what;
        document_done done;
    };

    void enter(document_request request, document_done done);
    void leave();

    std::shared_ptr<detail::open_documents> documents_;
    std::size_t where_;
    std::string document_;
    std::shared_ptr<publisher const> who_;
    std::uint64_t id_;
    subscriber const* reader_ = nullptr; ///< only compared
    std::weak_ptr<document_reader> listener_;
    subscription subscription_;
    bool joined_ = false;
    bool closed_ = false;
    bool behind_ = false;
    payload known_; ///< a state vector that the client has reached by what was sent to it; empty: none
    std::atomic<bool> dismissed_{false}; ///< as access_, used on the document's shard, too
    std::atomic<document_access> access_;
    std::vector<early_request> early_; ///< that came before it had joined
    std::size_t early_bytes_ = 0;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/documents/detail/impl/document_changes.ipp>
#include <unisono/protocol/documents/detail/impl/document_hosting.ipp>
#include <unisono/protocol/documents/detail/impl/document_requests.ipp>
#include <unisono/protocol/documents/detail/impl/open_documents.ipp>
#include <unisono/protocol/documents/impl/service.ipp>
#include <unisono/protocol/documents/impl/session.ipp>
#endif
