#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/y_websocket/detail/documents.hpp>
#include <unisono/protocol/y_websocket/server.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL y_websocket_server::y_websocket_server(std::vector<executor*> shards, document_store& store,
                                                    y_websocket_options options)
    : options_(options),
      documents_(std::make_shared<detail::y_documents>(std::move(shards), store, options)) {}

UNISONO_DECL y_websocket_server::~y_websocket_server() {
    documents_->clear();
}

UNISONO_DECL void y_websocket_server::tick(std::size_t index) {
    documents_->tick(index);
}

UNISONO_DECL std::size_t y_websocket_server::document_count(std::size_t index) const {
    return documents_->document_count(index);
}

} // namespace unisono::inline v0
