#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/protocol/documents/carrier.hpp>
#include <unisono/protocol/documents/service.hpp>
#include <unisono/protocol/hocuspocus/detail/core.hpp>
#include <unisono/protocol/hocuspocus/options.hpp>
#include <unisono/protocol/hocuspocus/session.hpp>
#include <unisono/wire/http_request.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// Documents for unmodified Hocuspocus clients: what their connections share, and what the program says to
/// them.
///
/// Thread safety: as said at each member.
class hocuspocus_server {
public:
    /// `shards` are those of `documents`. Both outlive it; it outlives its sessions and what was posted.
    hocuspocus_server(document_service const& documents, std::vector<executor*> shards,
                      hocuspocus_options options = {});
    hocuspocus_server(hocuspocus_server const&) = delete;
    hocuspocus_server& operator=(hocuspocus_server const&) = delete;

    /// A conversation over `carrier`, whose calls come on shard `where`. Call on that shard. The caller keeps
    /// the result until hocuspocus_session::on_closed(). `request` is what opened the connection, for
    /// hocuspocus_hooks::authenticate.
    std::shared_ptr<hocuspocus_session> open(std::size_t where, document_carrier& carrier,
                                             std::shared_ptr<http_request const> request = nullptr);

    /// Tells a stateless message to all who have `document` open over this protocol. From any thread. Throws
    /// std::invalid_argument when `message` is no UTF-8: clients could not read it.
    void broadcast_stateless(std::string_view document, std::string_view message);

    /// Asks all of them for their tokens again: rights have changed. From any thread.
    void request_tokens(std::string_view document);

    /// Puts all of them out of `document`; their connections and other documents stay. They may come back
    /// with a token. From any thread. Throws std::invalid_argument when `reason` is no UTF-8.
    void close_document(std::string_view document, std::string_view reason);

    /// Documents that clients on shard `where` have open, one opened by two counted twice. Call on that
    /// shard.
    std::size_t open_count(std::size_t where) const { return core_.open[where].size(); }

    hocuspocus_options const& options() const noexcept { return core_.options; }

private:
    /// Runs `work(hocuspocus_client&)` for all who have `document` open, on their shards.
    template <class Work>
    void for_each(std::string_view document, Work work);

    detail::hocuspocus_core core_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/hocuspocus/impl/server.ipp>
#endif
