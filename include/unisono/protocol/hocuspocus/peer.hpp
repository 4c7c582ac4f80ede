#pragma once

#include <unisono/hub/message.hpp>
#include <unisono/protocol/hocuspocus/detail/client.hpp>
#include <unisono/protocol/hook.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// One client in one document. May be copied and kept; once the client is gone, the members do nothing.
///
/// Thread safety: all members from any thread.
class hocuspocus_peer {
public:
    hocuspocus_peer(std::weak_ptr<detail::hocuspocus_client> client, std::shared_ptr<detail::reply_gate> way,
                    std::shared_ptr<publisher const> who, std::string document);

    publisher const& who() const noexcept { return *who_; }
    std::string const& document() const noexcept { return document_; }

    /// Throws std::invalid_argument when `message` is no UTF-8: clients could not read it.
    void send_stateless(std::string_view message) const;

    /// Asks for its token again; what it sends goes to hocuspocus_hooks::authenticate.
    void request_token() const;

    /// Puts it out of this document; its connection and other documents stay. It may come back with a token.
    /// Throws std::invalid_argument when `reason` is no UTF-8.
    void close(std::string_view reason) const;

private:
    template <class Work>
    void post(Work work) const;

    std::weak_ptr<detail::hocuspocus_client> client_;
    std::shared_ptr<detail::reply_gate> way_;
    std::shared_ptr<publisher const> who_;
    std::string document_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/hocuspocus/impl/peer.ipp>
#endif
