#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/text.hpp>
#include <unisono/protocol/y_websocket/close.hpp>
#include <unisono/protocol/y_websocket/detail/frames.hpp>
#include <unisono/protocol/y_websocket/session.hpp>

#include <functional>
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
                                                      std::string document, document_carrier& carrier,
                                                      std::shared_ptr<http_request const> request)
    : documents_(documents),
      options_(options),
      where_(where),
      name_(std::move(document)),
      request_(std::move(request)),
      gate_(std::make_shared<detail::reply_gate>(documents.shard(where))),
      carrier_(&carrier),
      silence_(options_.clock->now()) {}

UNISONO_DECL void y_websocket_session::start() {
    if (name_.empty() || name_.size() > options_.name_bytes || !is_valid_utf8(name_)) {
        std::exchange(carrier_, nullptr)->close(close_code::policy_violation, "not a document's name");
        return;
    }
    if (!options_.hooks.authorise)
        return enter(document_grant{});
    options_.hooks.authorise({.document = name_, .request = request_.get()},
                             {gate_, [weak = weak_from_this()](result<document_grant> const& grant) {
                                  auto const self = weak.lock();
                                  if (self && self->carrier_)
                                      self->enter(grant);
                              }});
}

UNISONO_DECL void y_websocket_session::enter(result<document_grant> const& grant) {
    request_.reset();
    if (!grant || grant->access == document_access::none)
        return deny(detail::refusal_of(grant, "permission-denied"));
    std::shared_ptr<publisher const> who;
    if (!grant->user.empty())
        who = std::make_shared<publisher const>(publisher{options_.random->token(12), grant->user});
    document_ = std::make_shared<document_session>(documents_, where_, name_, std::move(who), grant->access);
    document_->open(shared_from_this());
    ask(document_verb::greet, {}, [](y_websocket_session& self, document_answer const& a) {
        self.send(detail::y_sync_frame(detail::y_sync::step1, a.vector.view()));
        self.tell_awareness(a);
    });
    for (auto const& frame : std::exchange(waiting_, {}))
        receive(frame);
}

template <class Then>
document_done y_websocket_session::answered(Then then) {
    return [self = shared_from_this(), then](document_answer const& a) {
        if (!self->carrier_)
            return;
        switch (a.failure) {
        case document_failure::none:
            return std::invoke(then, *self, a);
        case document_failure::read_only: // dropped: the protocol has no way to say so
            return;
        case document_failure::refused: // it would offer the same again and again
            return self->deny(a.why);
        default:
            return self->refuse(detail::y_close_code_for(a.failure), a.why);
        }
    };
}

template <class Then>
void y_websocket_session::ask(document_verb verb, bytes_view data, Then then) {
    document_->ask({verb, payload{data}}, answered(then));
}

UNISONO_DECL void y_websocket_session::on_binary(bytes_view frame) {
    if (!carrier_)
        return;
    if (document_)
        return receive(frame);
    waiting_bytes_ += 16 + frame.size(); // an empty one costs something, too
    if (waiting_bytes_ > options_.waiting_bytes)
        refuse(close_code::try_again_later, "too much was sent before the document was open");
    else
        waiting_.emplace_back(frame.begin(), frame.end());
}

UNISONO_DECL void y_websocket_session::receive(bytes_view frame) {
    if (!carrier_)
        return;
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
            ask(document_verb::awareness, update, &y_websocket_session::tell_awareness);
        break;
    }
    case detail::y_message::query_awareness:
        ask(document_verb::greet, {}, &y_websocket_session::tell_awareness);
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
            self.send_missing(a, detail::y_sync::step2);
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
    if (silence_.lasts(now) >= options_.keep_alive)
        send(detail::y_keep_alive_frame());
}

UNISONO_DECL void y_websocket_session::on_room() {
    if (!document_)
        return;
    document_->catch_up(answered([](y_websocket_session& self, document_answer const& a) {
        self.send_missing(a, detail::y_sync::update);
        self.tell_awareness(a);
    }));
}

UNISONO_DECL void y_websocket_session::on_closed() {
    carrier_ = nullptr;
    gate_->shut();
    if (document_)
        document_->close();
}

UNISONO_DECL void y_websocket_session::deliver(message_ptr const& m) {
    if (!carrier_ || document_->is_behind())
        return;
    if (carrier_->relay(detail::y_relay_frame(*m), m->pace))
        silence_.interrupt();
    else if (!document_->fall_behind())
        refuse(close_code::try_again_later, "this client reads too slowly; it will sync when it is back");
}

UNISONO_DECL void y_websocket_session::on_notice(document_notice const& notice) {
    if (notice.access != document_access::none)
        return;
    switch (notice.exit) {
    case document_exit::denied:
        return deny(notice.reason);
    case document_exit::removed:
        return refuse(y_websocket_close::removed, notice.reason);
    case document_exit::unavailable:
        return refuse(close_code::try_again_later, notice.reason);
    }
}

UNISONO_DECL void y_websocket_session::deny(std::string_view reason) {
    send(detail::y_denied_frame(reason));
    refuse(y_websocket_close::denied, reason);
}

UNISONO_DECL void y_websocket_session::send_missing(document_answer const& a, detail::y_sync last) {
    for_each_part(a, [&](payload const& part, std::size_t more) {
        send(detail::y_sync_frame(more == 0 ? last : detail::y_sync::update, part.view()), more);
    });
}

UNISONO_DECL void y_websocket_session::tell_awareness(document_answer const& a) {
    if (!a.awareness.empty())
        send(detail::y_awareness_frame(a.awareness.view()));
}

UNISONO_DECL void y_websocket_session::send(payload frame, std::size_t more) {
    if (!carrier_)
        return;
    silence_.interrupt();
    carrier_->reply(std::move(frame), more);
}

UNISONO_DECL void y_websocket_session::refuse(close_code code, std::string_view reason) {
    auto* const carrier = std::exchange(carrier_, nullptr);
    if (!carrier)
        return;
    if (document_)
        document_->dismiss();
    carrier->close(code, reason);
}

} // namespace unisono::inline v0
