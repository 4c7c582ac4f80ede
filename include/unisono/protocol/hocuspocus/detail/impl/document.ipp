#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/documents/detail/text.hpp>
#include <unisono/protocol/hocuspocus/close.hpp>
#include <unisono/protocol/hocuspocus/detail/document.hpp>
#include <unisono/protocol/hocuspocus/detail/frames.hpp>
#include <unisono/protocol/hocuspocus/peer.hpp>
#include <unisono/protocol/hocuspocus/session.hpp>

#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL std::size_t cost_of_waiting(bytes_view message) noexcept {
    return 64 + message.size(); // an empty one costs something, too
}

/// Types of messages that do not exist, or that only servers send, are one: ignored.
UNISONO_DECL hocuspocus_message hocuspocus_type(std::uint64_t number) noexcept {
    return static_cast<hocuspocus_message>(number > 255 ? 255 : number);
}

UNISONO_DECL hocuspocus_document::hocuspocus_document(hocuspocus_session& connection,
                                                      std::string_view address, std::string_view name)
    : connection_(&connection), address_(address), name_(name) {}

UNISONO_DECL void hocuspocus_document::receive(bytes_view message) {
    lib0_reader in{message};
    auto const type = hocuspocus_type(lib0_reader{message}.var_uint());
    switch (phase_) {
    case phase::waiting:
    case phase::refused:
        if (type == hocuspocus_message::auth) {
            in.var_uint();
            authenticate(in);
        } else if (type == hocuspocus_message::close) {
            forget();
        } else if (phase_ == phase::waiting) {
            keep(message);
        }
        break;
    case phase::asking:
        keep(message);
        break;
    case phase::open:
        handle(in);
        break;
    case phase::parted:
        break;
    }
}

UNISONO_DECL void hocuspocus_document::keep(bytes_view message) {
    connection_->waiting_bytes_ += cost_of_waiting(message);
    kept_.emplace_back(message.begin(), message.end());
    if (connection_->waiting_bytes_ > connection_->core_.options.limits.waiting_bytes)
        connection_->close(hocuspocus_close::reset, "Reset Connection");
}

UNISONO_DECL std::vector<byte_buffer> hocuspocus_document::take_kept() {
    for (auto const& message : kept_)
        connection_->waiting_bytes_ -= cost_of_waiting(message);
    return std::exchange(kept_, {});
}

UNISONO_DECL void hocuspocus_document::authenticate(lib0_reader& in) {
    auto const type = in.var_uint();
    if (type != static_cast<std::uint64_t>(hocuspocus_auth::token))
        return; // only servers say that
    auto const token = in.var_string();
    auto const version = in.remaining() != 0 ? in.var_string() : std::string_view{};
    bool const renews = phase_ == phase::open;
    if (!in.ok() && !renews)
        connection_->close(hocuspocus_close::reset, "Reset Connection");
    if (!in.ok())
        return;
    auto const& options = connection_->core_.options;
    if (token.size() > options.limits.token_bytes)
        return decide(document_grant{.access = document_access::none, .reason = "the token is too long"},
                      renews);
    if (!options.hooks.authenticate)
        return decide(document_grant{}, renews);
    phase_ = phase::asking;
    options.hooks.authenticate(
        {.document = name_,
         .token = token,
         .version = version,
         .request = connection_->request_.get(),
         .renews = renews},
        {connection_->gate_, [weak = weak_from_this(), renews](result<document_grant> answer) {
             auto const self = weak.lock();
             if (self && self->phase_ == phase::asking)
                 self->decide(std::move(answer), renews);
         }});
}

UNISONO_DECL void hocuspocus_document::decide(result<document_grant> answer, bool renews) {
    if (answer && answer->access != document_access::none)
        return enter(*std::move(answer), renews);
    if (renews)
        put_out(refusal_of(answer, "Unauthorized"));
    else
        deny(refusal_of(answer, "permission-denied"));
}

UNISONO_DECL void hocuspocus_document::enter(document_grant grant, bool renews) {
    phase_ = phase::open;
    connection_->admitted_ = true;
    reply(hocuspocus_authenticated_frame(address_, grant.access == document_access::write));
    if (!connection_)
        return; // it does not read what it is told
    if (renews) {
        link_->allow(grant.access);
    } else {
        who_ = connection_->publisher_for(grant.user);
        open(grant.access);
    }
    for (auto const& message : take_kept())
        receive(message); // which may have to wait again
}

UNISONO_DECL void hocuspocus_document::open(document_access access) {
    auto& core = connection_->core_;
    auto const where = connection_->where_;
    link_ = std::make_shared<document_session>(core.documents, where, name_, who_, access);
    place_ = core.open[where].emplace(name_, weak_from_this());
    auto const link = link_;
    link->open(shared_from_this());
    link->ask({document_verb::greet, {}}, [self = shared_from_this(), link](document_answer const& a) {
        if (self->link_ != link)
            return;
        if (a.failure != document_failure::none)
            self->deny(a.why);
        else
            self->tell_awareness(a);
    });
}

UNISONO_DECL void hocuspocus_document::leave(bool broke_rules) {
    if (!link_)
        return;
    connection_->core_.open[connection_->where_].erase(place_);
    auto const link = std::exchange(link_, nullptr);
    broke_rules ? link->dismiss() : link->close();
}

UNISONO_DECL void hocuspocus_document::part(bool broke_rules) {
    leave(broke_rules);
    take_kept();
    phase_ = phase::parted;
    connection_ = nullptr;
}

UNISONO_DECL void hocuspocus_document::forget() {
    if (!connection_)
        return;
    connection_->documents_.erase(address_); // whoever called us keeps us
    part(false);
}

UNISONO_DECL void hocuspocus_document::deny(std::string_view reason) {
    leave(false);
    take_kept();
    phase_ = phase::refused;
    reply(hocuspocus_denied_frame(address_, reason));
}

UNISONO_DECL void hocuspocus_document::put_out(std::string_view reason) {
    if (!link_)
        return;
    leave(false);
    take_kept();
    phase_ = phase::refused;
    reply(hocuspocus_close_frame(address_, reason));
}

template <class Then>
document_done hocuspocus_document::answered(Then then) {
    return [self = shared_from_this(), link = link_, then = std::move(then)](document_answer const& a) {
        if (self->link_ != link)
            return;
        if (a.failure == document_failure::none || a.failure == document_failure::read_only)
            then(a);
        else if (a.failure == document_failure::unavailable) // it keeps its changes, and offers them again
            self->connection_->close(close_code::try_again_later, a.why);
        else
            self->put_out(a.why);
    };
}

template <class Then>
void hocuspocus_document::ask(document_verb verb, bytes_view data, Then then) {
    link_->ask({verb, payload{data}}, answered(std::move(then)));
}

UNISONO_DECL void hocuspocus_document::handle(lib0_reader& in) {
    switch (hocuspocus_type(in.var_uint())) {
    case hocuspocus_message::sync:
        on_sync(in);
        break;
    case hocuspocus_message::awareness: {
        auto const update = in.var_bytes();
        if (in.ok())
            ask(document_verb::awareness, update, [this](document_answer const& a) {
                tell_awareness(a);
                // A provider overtakes these clocks, but says so only when it is asked.
                if (!a.awareness.empty())
                    reply(hocuspocus_query_frame(address_));
            });
        break;
    }
    case hocuspocus_message::auth:
        authenticate(in);
        break;
    case hocuspocus_message::query_awareness:
        ask(document_verb::greet, {}, [this](document_answer const& a) { tell_awareness(a); });
        break;
    case hocuspocus_message::stateless:
        on_stateless(in);
        break;
    case hocuspocus_message::broadcast_stateless:
        put_out("only servers broadcast");
        break;
    case hocuspocus_message::close:
        close();
        break;
    default: // of later versions, and what only servers send
        break;
    }
    if (!in.ok() && connection_)
        put_out("malformed message: " + in.error().message());
}

UNISONO_DECL void hocuspocus_document::on_sync(lib0_reader& in) {
    auto const step = in.var_uint();
    auto const body = in.var_bytes();
    if (!in.ok())
        return;
    switch (static_cast<hocuspocus_sync>(step > 2 ? 255 : step)) {
    case hocuspocus_sync::step1:
        // Ours first: providers answer it, and hear then that all they had is stored.
        return ask(document_verb::sync, body, [this](document_answer const& a) {
            reply(hocuspocus_sync_frame(address_, hocuspocus_sync::step1, a.vector.view()));
            send_missing(a, hocuspocus_sync::step2);
        });
    case hocuspocus_sync::step2:
    case hocuspocus_sync::update:
        return ask(document_verb::change, body, [this, step](document_answer const& a) {
            // Who may only read is synced when its past is known; an update of its own is never taken.
            bool const known = a.known && step == static_cast<std::uint64_t>(hocuspocus_sync::step2);
            tell_stored(a.failure == document_failure::none || known);
        });
    }
    put_out("unknown sync message");
}

UNISONO_DECL void hocuspocus_document::on_stateless(lib0_reader& in) {
    auto const message = in.var_string();
    auto const& options = connection_->core_.options;
    if (!in.ok())
        return;
    if (message.size() > options.limits.stateless_bytes)
        return put_out("the message is too large");
    if (options.hooks.on_stateless)
        options.hooks.on_stateless({weak_from_this(), connection_->gate_, who_, name_}, message);
}

/// What the provider has asked for: it does not come back to this by itself.
UNISONO_DECL void hocuspocus_document::close() {
    reply(hocuspocus_close_frame(address_, "provider_initiated"));
    forget();
}

UNISONO_DECL void hocuspocus_document::deliver(message_ptr const& m) {
    if (link_ && !link_->is_behind() && !connection_->relay(hocuspocus_relay_frame(address_, *m), m->pace) &&
        !link_->fall_behind())
        connection_->close_as_slow();
}

UNISONO_DECL void hocuspocus_document::on_room() {
    if (link_)
        link_->catch_up(answered([this](document_answer const& a) {
            send_missing(a, hocuspocus_sync::update);
            tell_awareness(a);
        }));
}

UNISONO_DECL void hocuspocus_document::send_missing(document_answer const& a, hocuspocus_sync last) {
    for_each_part(a, [&](payload const& part, std::size_t more) {
        reply(hocuspocus_sync_frame(address_, more == 0 ? last : hocuspocus_sync::update, part.view()), more);
    });
}

UNISONO_DECL void hocuspocus_document::on_notice(document_notice const& notice) {
    if (!link_)
        return;
    if (notice.access == document_access::none && notice.exit == document_exit::unavailable)
        connection_->close(close_code::try_again_later, notice.reason); // a closed document stays closed
    else if (notice.access == document_access::none)
        put_out(notice.reason);
    else
        reply(hocuspocus_authenticated_frame(address_, notice.access == document_access::write));
}

UNISONO_DECL void hocuspocus_document::send_stateless(std::string_view message) {
    if (link_ && !connection_->relay(hocuspocus_stateless_frame(address_, message)))
        connection_->close_as_slow();
}

UNISONO_DECL void hocuspocus_document::request_token() {
    if (link_)
        reply(hocuspocus_token_request_frame(address_));
}

/// The connection may have ended with what was sent before.
UNISONO_DECL void hocuspocus_document::reply(payload frame, std::size_t more) {
    if (connection_)
        connection_->reply(std::move(frame), more);
}

UNISONO_DECL void hocuspocus_document::tell_stored(bool stored) {
    if (!stored)
        return reply(hocuspocus_status_frame(address_, false));
    if (stored_.empty())
        stored_ = hocuspocus_status_frame(address_, true);
    reply(stored_);
}

UNISONO_DECL void hocuspocus_document::tell_awareness(document_answer const& a) {
    if (!a.awareness.empty())
        reply(hocuspocus_awareness_frame(address_, a.awareness.view()));
}

} // namespace unisono::inline v0::detail
