#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/open_documents.hpp>
#include <unisono/protocol/documents/detail/text.hpp>
#include <unisono/protocol/documents/service.hpp>

#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL open_documents::host_done told(std::function<void(result<void>)> done) {
    return [done = std::move(done)](std::error_code error) {
        if (done)
            done(error);
    };
}

} // namespace detail

UNISONO_DECL document_service::document_service(std::vector<executor*> shards, document_store& store,
                                                document_service_options const& options)
    : documents_(std::make_shared<detail::open_documents>(std::move(shards), store, options)) {}

UNISONO_DECL document_service::~document_service() {
    documents_->clear();
}

/// Runs `work(detail::open_documents&, std::string const& name)` where the document lives.
template <class Work>
void document_service::on_owner(std::string_view document, Work work) const {
    documents_->relay().run_on_owner(document, [documents = documents_, name = std::string{document},
                                                work = std::move(work)] { work(*documents, name); });
}

UNISONO_DECL void document_service::visit(std::string_view document,
                                          std::function<void(document_replica&)> work,
                                          std::function<void(std::error_code)> done) const {
    on_owner(document, [work = std::move(work), done = std::move(done)](auto& documents, auto const& name) {
        documents.visit(name, work, done);
    });
}

UNISONO_DECL void document_service::export_document(std::string_view document,
                                                    std::function<void(result<payload>)> done) const {
    with_document<document_replica>(
        document, [](document_replica& d) { return d.whole(); }, std::move(done));
}

UNISONO_DECL void document_service::import_update(std::string_view document, payload update,
                                                  std::function<void(result<void>)> done) const {
    on_owner(document, [update = std::move(update), done = detail::told(std::move(done))](
                           auto& documents, auto const& name) { documents.import(name, update, done); });
}

UNISONO_DECL void document_service::allow(std::string_view document, std::string_view user,
                                          document_access access, std::string_view reason) const {
    on_owner(document, [user = std::string{user},
                        notice = document_notice{.access = access, .reason = detail::require_text(reason)}](
                           auto& documents, auto const& name) { documents.allow(name, user, notice); });
}

UNISONO_DECL void document_service::remove(std::string_view document,
                                           std::function<void(result<void>)> done) const {
    on_owner(document, [done = detail::told(std::move(done))](auto& documents, auto const& name) {
        documents.remove(name, done);
    });
}

UNISONO_DECL void document_service::remove_everywhere(std::string_view document,
                                                      std::function<void(result<void>)> done) const {
    on_owner(document, [done = detail::told(std::move(done))](auto& documents, auto const& name) {
        documents.remove_everywhere(name, done);
    });
}

UNISONO_DECL executor& document_service::shard(std::size_t index) const noexcept {
    return documents_->relay().shard(index);
}

UNISONO_DECL void document_service::tick(std::size_t index) {
    documents_->tick(index);
}

UNISONO_DECL std::size_t document_service::document_count(std::size_t index) const {
    return documents_->document_count(index);
}

UNISONO_DECL documents_inspection document_service::inspect(std::size_t index, std::size_t largest) const {
    return documents_->inspect(index, largest);
}

} // namespace unisono::inline v0
