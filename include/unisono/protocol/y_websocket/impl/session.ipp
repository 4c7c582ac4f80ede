#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/y_websocket/detail/documents.hpp>
#include <unisono/protocol/y_websocket/detail/frames.hpp>
#include <unisono/protocol/y_websocket/server.hpp>
#include <unisono/protocol/y_websocket/session.hpp>

#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL y_websocket_session::y_websocket_session(y_websocket_server& server, std::size_t where,
                                                      std::string document, y_websocket_carrier& carrier)
    : documents_(server.documents_),
      where_(where),
      document_(std::move(document)),
      carrier_(&carrier),
      sent_(server.options_.clock->now()),
      id_(documents_->next_id()) {}

UNISONO_DECL void y_websocket_session::start() {
    if (document_.empty() || document_.size() > documents_->options().name_bytes ||
        !is_valid_utf8(document_)) {
        refuse(close_code::policy_violation, "not a document's name");
        return;
    }
    // Subscribed first, so that no change is relayed between what we are given and what we are told later.
    documents_->relay().subscribe(where_, document_, shared_from_this(), {},
                                  [self = shared_from_this()](subscription s, subscribed const&) {
                                      if (!self->carrier_)
                                          return; // closed meanwhile
                                      self->subscription_ = std::move(s);
                                      self->documents_->relay().run_on_owner(
                                          self->document_, [self, documents = self->documents_] {
                                              documents->join(self->document_, self);
                                          });
                                      self->joined_ = true;
                                      for (auto const& frame : std::exchange(self->early_, {}))
                                          self->on_binary(frame.view());
                                  });
}

UNISONO_DECL void y_websocket_session::on_binary(bytes_view frame) {
    if (!joined_) { // the document's shard knows us later than the peer knows that the connection is open
        early_bytes_ += frame.size();
        if (early_bytes_ > documents_->options().early_bytes)
            refuse(close_code::try_again_later, "too much was sent before the document was open");
        else
            early_.emplace_back(frame);
        return;
    }
    documents_->relay().run_on_owner(
        document_, [self = shared_from_this(), documents = documents_, frame = payload{frame}]() mutable {
            documents->receive(self->document_, self, std::move(frame));
        });
}

UNISONO_DECL void y_websocket_session::on_text() {
    refuse(close_code::unsupported_data, "this protocol is binary");
}

UNISONO_DECL void y_websocket_session::on_tick(clock::time_point now) {
    if (now - sent_ >= documents_->options().keep_alive)
        send(detail::y_keep_alive_frame());
}

UNISONO_DECL void y_websocket_session::on_closed() {
    carrier_ = nullptr;
    subscription_.cancel();
    documents_->relay().run_on_owner(
        document_, [documents = documents_, name = document_, id = id_] { documents->leave(name, id); });
}

UNISONO_DECL void y_websocket_session::deliver(message_ptr const& m) {
    if (!carrier_)
        return;
    sent_ = documents_->options().clock->now();
    if (!carrier_->relay(detail::y_relay_frame(*m)))
        refuse(close_code::try_again_later, "this client reads too slowly; it will sync when it is back");
}

UNISONO_DECL void y_websocket_session::send(payload frame) {
    if (!carrier_)
        return;
    sent_ = documents_->options().clock->now();
    carrier_->reply(std::move(frame));
}

UNISONO_DECL void y_websocket_session::refuse(close_code code, std::string_view reason) {
    dismissed_ = true;
    if (carrier_)
        carrier_->close(code, reason);
}

} // namespace unisono::inline v0
