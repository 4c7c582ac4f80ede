#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/text.hpp>
#include <unisono/protocol/hocuspocus/server.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace unisono::inline v0 {

UNISONO_DECL hocuspocus_server::hocuspocus_server(document_service const& documents,
                                                  std::vector<executor*> shards, hocuspocus_options options)
    : core_(documents, std::move(shards), std::move(options)) {}

UNISONO_DECL std::shared_ptr<hocuspocus_session>
hocuspocus_server::open(std::size_t where, document_carrier& carrier,
                        std::shared_ptr<http_request const> request) {
    return std::make_shared<hocuspocus_session>(core_, where, carrier, std::move(request));
}

template <class Work>
void hocuspocus_server::for_each(std::string_view document, Work work) {
    for (std::size_t where = 0; where < core_.shards.size(); ++where)
        core_.shards[where]->post([this, where, name = std::string{document}, work] {
            // A copy: whoever is told may go, and take others along.
            auto const [begin, end] = core_.open[where].equal_range(name);
            for (auto const& [document, client] : std::vector(begin, end))
                if (auto const alive = client.lock())
                    work(*alive);
        });
}

UNISONO_DECL void hocuspocus_server::broadcast_stateless(std::string_view document,
                                                         std::string_view message) {
    for_each(document, [text = detail::require_text(message)](detail::hocuspocus_client& c) {
        c.send_stateless(text);
    });
}

UNISONO_DECL void hocuspocus_server::request_tokens(std::string_view document) {
    for_each(document, [](detail::hocuspocus_client& c) { c.request_token(); });
}

UNISONO_DECL void hocuspocus_server::close_document(std::string_view document, std::string_view reason) {
    for_each(document,
             [text = detail::require_text(reason)](detail::hocuspocus_client& c) { c.put_out(text); });
}

} // namespace unisono::inline v0
