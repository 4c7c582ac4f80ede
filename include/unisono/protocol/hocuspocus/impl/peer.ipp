#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/text.hpp>
#include <unisono/protocol/hocuspocus/peer.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL hocuspocus_peer::hocuspocus_peer(std::weak_ptr<detail::hocuspocus_client> client,
                                              std::shared_ptr<detail::reply_gate> way,
                                              std::shared_ptr<publisher const> who, std::string document)
    : client_(std::move(client)),
      way_(std::move(way)),
      who_(std::move(who)),
      document_(std::move(document)) {}

template <class Work>
void hocuspocus_peer::post(Work work) const {
    way_->post([client = client_, work = std::move(work)] {
        if (auto const d = client.lock())
            work(*d);
    });
}

UNISONO_DECL void hocuspocus_peer::send_stateless(std::string_view message) const {
    post([text = detail::require_text(message)](detail::hocuspocus_client& d) { d.send_stateless(text); });
}

UNISONO_DECL void hocuspocus_peer::request_token() const {
    post([](detail::hocuspocus_client& d) { d.request_token(); });
}

UNISONO_DECL void hocuspocus_peer::close(std::string_view reason) const {
    post([text = detail::require_text(reason)](detail::hocuspocus_client& d) { d.put_out(text); });
}

} // namespace unisono::inline v0
