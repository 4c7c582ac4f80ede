#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/y_websocket/detail/frames.hpp>
#include <unisono/protocol/y_websocket/session.hpp>

#include <utility>

namespace unisono::inline v0 {

namespace detail {

UNISONO_DECL close_code y_close_code_for(document_failure why) noexcept {
    switch (why) {
    case document_failure::invalid:
        return close_code::invalid_payload;
    case document_failure::too_large:
        return close_code::message_too_big;
    default: // it keeps its changes, and offers them again when it is back
        return close_code::try_again_later;
    }
}

} // namespace detail

UNISONO_DECL y_websocket_session::y_websocket_session(document_service const& documents,
                                                      y_websocket_options const& options, std::size_t where,
                                                      std::string document, document_carrier& carrier)
    : options_(options),
      name_(std::move(document)),
      document_(std::make_shared<document_session>(documents, where, name_)),
      carrier_(&carrier),
      sent_(options_.clock->now()) {}

UNISONO_DECL void y_websocket_session::start() {
    if (name_.empty() || name_.size() > options_.name_bytes || !is_valid_utf8(name_)) {
        std::exchange(carrier_, nullptr)->close(close_code::policy_violation, "not a document's name");
        return;
    }
    document_->open(shared_from_this());
    ask(document_verb::greet, {}, [](y_websocket_session& self, document_answer const& a) {
        self.send(detail::y_sync_frame(detail::y_sync::step1, a.vector.view()));
        if (!a.awareness.empty())
            self.send(detail::y_awareness_frame(a.awareness.view()));
    });
}

template <class Then>
void y_websocket_session::ask(document_verb verb, bytes_view data, Then then) {
    document_->ask({verb, payload{data}}, [self = shared_from_this(), then](document_answer const& a) {
        if (!self->carrier_)
            return;
        if (a.failure != document_failure::none)
            self->refuse(detail::y_close_code_for(a.failure), a.why);
        else
            then(*self, a);
    });
}

UNISONO_DECL void y_websocket_session::on_binary(bytes_view frame) {
    if (!carrier_)
        return;
    auto const tell_awareness = [](y_websocket_session& self, document_answer const& a) {
        if (!a.awareness.empty())
            self.send(detail::y_awareness_frame(a.awareness.view()));
    };
    lib0_reader in{frame};
    switch (auto const type = in.var_uint(); static_cast<detail::y_message>(type > 3 ? 255 : type)) {
    case detail::y_message::sync: {
        auto const step = in.var_uint();
        auto const body = in.var_bytes();
        if (in.ok())
            on_sync(step, body);
        break;
    }
    case detail::y_message::awareness: {
        auto const update = in.var_bytes();
        if (in.ok())
            ask(document_verb::awareness, update, tell_awareness);
        break;
    }
    case detail::y_message::query_awareness:
        ask(document_verb::greet, {}, tell_awareness);
        break;
    default: // messages of later versions, and those that only servers send
        break;
    }
    if (!in.ok())
        refuse(in.error() == condition::too_large ? close_code::message_too_big : close_code::invalid_payload,
               "malformed message: " + in.error().message());
}

UNISONO_DECL void y_websocket_session::on_sync(std::uint64_t type, bytes_view body) {
    switch (static_cast<detail::y_sync>(type > 2 ? 255 : type)) {
    case detail::y_sync::step1:
        return ask(document_verb::sync, body, [](y_websocket_session& self, document_answer const& a) {
            self.send(detail::y_sync_frame(detail::y_sync::step2, a.missing.view()));
        });
    case detail::y_sync::step2:
    case detail::y_sync::update:
        return ask(document_verb::change, body, [](y_websocket_session&, document_answer const&) {});
    }
    refuse(close_code::invalid_payload, "unknown sync message");
}

UNISONO_DECL void y_websocket_session::on_text() {
    refuse(close_code::unsupported_data, "this protocol is binary");
}

UNISONO_DECL void y_websocket_session::on_tick(clock::time_point now) {
    if (now - sent_ >= options_.keep_alive)
        send(detail::y_keep_alive_frame());
}

UNISONO_DECL void y_websocket_session::on_closed() {
    carrier_ = nullptr;
    document_->close();
}

UNISONO_DECL void y_websocket_session::deliver(message_ptr const& m) {
    if (!carrier_)
        return;
    sent_ = options_.clock->now();
    if (!carrier_->relay(detail::y_relay_frame(*m)))
        refuse(close_code::try_again_later, "this client reads too slowly; it will sync when it is back");
}

UNISONO_DECL void y_websocket_session::send(payload frame) {
    if (!carrier_)
        return;
    sent_ = options_.clock->now();
    carrier_->reply(std::move(frame));
}

UNISONO_DECL void y_websocket_session::refuse(close_code code, std::string_view reason) {
    auto* const carrier = std::exchange(carrier_, nullptr);
    if (!carrier)
        return;
    document_->dismiss();
    carrier->close(code, reason);
}

} // namespace unisono::inline v0
