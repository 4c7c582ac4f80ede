#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/open_documents.hpp>
#include <unisono/protocol/documents/service.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL document_service::document_service(std::vector<executor*> shards, document_store& store,
                                                document_service_options const& options)
    : documents_(std::make_shared<detail::open_documents>(std::move(shards), store, options)) {}

UNISONO_DECL document_service::~document_service() {
    documents_->clear();
}

UNISONO_DECL void document_service::tick(std::size_t index) {
    documents_->tick(index);
}

UNISONO_DECL std::size_t document_service::document_count(std::size_t index) const {
    return documents_->document_count(index);
}

} // namespace unisono::inline v0
