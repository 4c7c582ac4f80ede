#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/open_documents.hpp>
#include <unisono/protocol/documents/session.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL document_session::document_session(document_service const& service, std::size_t where,
                                                std::string document, std::shared_ptr<publisher const> who,
                                                document_access access)
    : documents_(service.documents_),
      where_(where),
      document_(std::move(document)),
      who_(std::move(who)),
      id_(documents_->next_id()),
      access_(access) {}

UNISONO_DECL void document_session::open(std::shared_ptr<document_reader> reader) {
    reader_ = reader.get();
    listener_ = reader;
    // Subscribed first, so that no change is relayed between what we are given and what we are told later.
    documents_->relay().subscribe(where_, document_, std::move(reader), {},
                                  [self = shared_from_this()](subscription s, subscribed const&) {
                                      self->joined_ = true;
                                      if (!self->closed_)
                                          self->subscription_ = std::move(s);
                                      for (auto& r : std::exchange(self->early_, {}))
                                          self->enter(std::move(r.what), std::move(r.done));
                                      if (self->closed_)
                                          self->leave();
                                  });
}

UNISONO_DECL void document_session::ask(document_request request, document_done done) {
    if (request.verb == document_verb::sync)
        done = [self = shared_from_this(), done = std::move(done)](document_answer const& a) {
            if (a.failure == document_failure::none)
                self->known_ = a.vector;
            done(a);
        };
    enter(std::move(request), std::move(done));
}

UNISONO_DECL void document_session::enter(document_request request, document_done done) {
    if (joined_) {
        documents_->relay().run_on_owner(document_,
                                         [self = shared_from_this(), documents = documents_,
                                          request = std::move(request), done = std::move(done)]() mutable {
                                             documents->receive(self, std::move(request), std::move(done));
                                         });
        return;
    }
    // The document's shard knows us later than the client knows that the connection is open.
    early_bytes_ += detail::cost_of(request);
    if (early_bytes_ > documents_->options().early_bytes)
        done({.failure = document_failure::unavailable,
              .why = "too much was sent before the document was open"});
    else
        early_.push_back({std::move(request), std::move(done)});
}

UNISONO_DECL void document_session::catch_up(document_done done) {
    // What comes while it is asked is passed on again: the answer may not have it.
    if (std::exchange(behind_, false))
        ask({document_verb::sync, known_, true}, std::move(done));
}

UNISONO_DECL void document_session::close() {
    if (std::exchange(closed_, true))
        return;
    subscription_.cancel();
    if (joined_)
        leave(); // behind what it asked for
}

UNISONO_DECL void document_session::dismiss() {
    dismissed_ = true;
    close();
}

UNISONO_DECL void document_session::leave() {
    documents_->relay().run_on_owner(
        document_, [documents = documents_, name = document_, id = id_] { documents->leave(name, id); });
}

} // namespace unisono::inline v0
