#pragma once

#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/protocol/native/close.hpp>
#include <unisono/protocol/native/detail/encoding.hpp>
#include <unisono/protocol/native/session.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL native_session::native_session(detail::native_core& shared, std::size_t shard,
                                            std::unique_ptr<native_carrier> carrier,
                                            std::shared_ptr<http_request const> request)
    : rooms_(shared.rooms),
      options_(shared.options),
      kept_(shared.channels),
      sessions_(shared.sessions),
      shard_(shard),
      out_(std::move(carrier)),
      request_(std::move(request)),
      rate_(options_.limits.requests, options_.times.rate),
      refusals_(options_.limits.requests, options_.times.rate),
      opened_(options_.clock->now()),
      received_(opened_),
      sent_(opened_) {
    // The first ping at a random moment, so that clients that came at once are not pinged at once for ever.
    auto const half = options_.times.ping / 2;
    ping_after_ = half + std::chrono::milliseconds{
                             options_.random->below(static_cast<std::uint64_t>(half.count()) + 1)};
}

UNISONO_DECL void native_session::on_text(std::string_view frame) {
    constexpr std::ptrdiff_t max_objects = 64;
    if (phase_ == phase::ended)
        return;
    received_ = options_.clock->now();
    if (!admits(frame.size()))
        return;
    if (std::count(frame.begin(), frame.end(), '\n') >= max_objects)
        return close(native_close::bad_request, "too many messages in one frame");
    out_.begin();
    for (bool more = true; more && phase_ != phase::ended;) {
        auto const end = frame.find('\n');
        more = end != frame.npos;
        take_or_keep(frame.substr(0, end), false);
        if (more)
            frame.remove_prefix(end + 1);
    }
    if (!inbox_.empty() && phase_ != phase::ended)
        pause();
    out_.end();
}

UNISONO_DECL void native_session::on_binary(bytes_view frame) {
    if (phase_ == phase::ended)
        return;
    received_ = options_.clock->now();
    if (!admits(frame.size()))
        return;
    if (!binary_)
        return close(close_code::unsupported_data, "binary messages were not agreed on");
    out_.begin();
    take_or_keep(as_text(frame), true);
    if (!inbox_.empty() && phase_ != phase::ended)
        pause();
    out_.end();
}

UNISONO_DECL void native_session::take_or_keep(std::string_view bytes, bool binary) {
    if (inbox_.empty() && !must_wait())
        process(bytes, binary);
    else
        inbox_.push_back({std::string{bytes}, binary});
}

UNISONO_DECL bool native_session::admits(std::size_t size) {
    if (who_)
        return true;
    // Somebody unknown costs little.
    first_bytes_ += size;
    if (first_bytes_ > options_.limits.first_bytes) {
        close(close_code::message_too_big, "too much before connect");
        return false;
    }
    if (++first_messages_ > options_.limits.first_messages) {
        close(native_close::bad_request, "too many messages before connect");
        return false;
    }
    return true;
}

UNISONO_DECL void native_session::on_commands(std::string_view lines,
                                              std::function<void(native_delivery)> const& done) {
    if (phase_ == phase::ended)
        return done(native_delivery::unknown);
    if (paused_)
        return done(native_delivery::busy);
    on_text(lines);
    if (paused_)
        on_resumed_ = done;
    else
        done(native_delivery::taken);
}

UNISONO_DECL void native_session::pause() {
    if (!std::exchange(paused_, true))
        out_.carrier().pause_receiving();
}

UNISONO_DECL void native_session::resume() {
    if (!std::exchange(paused_, false))
        return;
    out_.carrier().resume_receiving();
    if (auto const done = std::exchange(on_resumed_, nullptr))
        done(native_delivery::taken);
}

UNISONO_DECL bool native_session::must_wait() const {
    using enum detail::native_membership::phase;
    return phase_ == phase::connecting || deciding_ != 0 || (awaited_ && awaited_->now == joining) ||
           in_flight_ >= options_.limits.requests_in_flight ||
           out_.unread() >= options_.limits.unread_replies;
}

UNISONO_DECL void native_session::wake() {
    if (inbox_.empty() || woken_ || must_wait())
        return;
    woken_ = true;
    // Not now: this may be the middle of the hub's work, and requests start from outside it.
    rooms_.shard(shard_).post([weak = weak_from_this()] {
        if (auto const self = weak.lock())
            self->run_inbox();
    });
}

UNISONO_DECL void native_session::run_inbox() {
    woken_ = false;
    if (phase_ == phase::ended)
        return;
    out_.begin();
    while (!inbox_.empty() && !must_wait() && phase_ != phase::ended) {
        auto const next = std::move(inbox_.front());
        inbox_.pop_front();
        process(next.bytes, next.binary);
    }
    if (inbox_.empty() && phase_ != phase::ended)
        resume();
    out_.end();
}

UNISONO_DECL void native_session::process(std::string_view bytes, bool binary) {
    if (binary)
        process_binary(as_bytes(bytes));
    else
        process_line(bytes);
}

UNISONO_DECL void native_session::process_line(std::string_view line) {
    std::size_t const longest = native_longest_line(options_);
    if (line.size() > longest)
        return close(close_code::message_too_big, "message too big");
    auto const parsed = json::parse(line, {.size = longest});
    if (!parsed || !parsed->root().is_object())
        return close(native_close::bad_request, "not a JSON object");

    detail::native_fields fields{parsed->root(), {}};
    detail::native_command command;
    detail::decode_command(fields, command);
    if (phase_ == phase::opened && command.verb != detail::native_verb::connect)
        return close(native_close::bad_request, "the first message must be connect");
    if (auto const m = find(command.channel); m && m->now == detail::native_membership::phase::joining &&
                                              command.verb != detail::native_verb::subscribe) {
        inbox_.push_front({std::string{line}});
        awaited_ = m;
        return;
    }
    if (!may_take(command))
        return;
    if (fields.ok())
        take(command);
    else
        fail(command.id, command.channel, {fields.error(), fields.problem()});
    if (phase_ == phase::opened)
        close(native_close::bad_request, "connect failed");
}

UNISONO_DECL bool native_session::may_take(detail::native_command const& command) {
    if (!within_rate(command))
        return false;
    if (!command.id || !ids_.contains(*command.id))
        return true;
    // Without the id: the request in flight is owed exactly one answer.
    fail({}, command.channel, {native_error::bad_request, "this id is in flight"});
    return false;
}

UNISONO_DECL bool native_session::within_rate(detail::native_command const& command) {
    if (command.verb == detail::native_verb::disconnect)
        return true; // it costs nothing more
    auto const now = options_.clock->now();
    auto const wait = rate_.refuse(now);
    if (!wait)
        return true;
    if (refusals_.refuse(now)) {
        close(native_close::too_many_requests, "too many requests");
        return false;
    }
    detail::native_failure what{native_error::too_many_requests};
    what.retry_after = std::chrono::ceil<std::chrono::milliseconds>(*wait);
    if (command.verb != detail::native_verb::typing && command.verb != detail::native_verb::pong)
        fail(command.id, command.channel, what);
    return false;
}

UNISONO_DECL void native_session::take(detail::native_command const& command) {
    using enum detail::native_verb;
    auto const& [verb, id, channel, body] = command;
    detail::native_fields payload{body, "payload."};
    switch (verb) {
    case connect:
        return this->connect(command);
    case subscribe:
        return this->subscribe(id, channel, payload);
    case unsubscribe:
        return this->unsubscribe(id, channel);
    case publish:
        return this->publish(id, channel, payload);
    case presence:
        return this->presence(id, channel, payload);
    case typing:
        return this->typing(channel, payload);
    case history:
        return this->history(id, channel, payload);
    case rpc:
        return this->rpc(id, payload);
    case refresh:
        return this->refresh(id, payload);
    case refresh_sub:
        return this->refresh_sub(id, channel, payload);
    case ping:
        return ack(id, "{}");
    case pong:
        return; // any message proves life
    case disconnect:
        return say_goodbye(payload);
    case update:
        return this->update(id, channel, payload);
    case unknown:
        return fail(id, channel, native_error::unknown_type);
    }
}

UNISONO_DECL void native_session::start(request_id id) {
    ++in_flight_;
    if (id)
        ids_.insert(*id);
}

UNISONO_DECL void native_session::finish(request_id id) {
    --in_flight_;
    if (id)
        ids_.erase(*id);
    wake();
}

UNISONO_DECL void native_session::ack(request_id id, std::string_view payload) {
    if (id && phase_ != phase::ended)
        out_.reply(detail::encode_native_ack(*id, payload));
}

UNISONO_DECL void native_session::fail(request_id id, std::string_view channel,
                                       detail::native_failure const& what) {
    if (phase_ != phase::ended)
        out_.reply(detail::encode_native_error(id, channel, what));
}

UNISONO_DECL void native_session::on_tick(clock::time_point now) {
    auto const& times = options_.times;
    if (phase_ == phase::ended)
        return;
    if (phase_ == phase::opened) {
        if (now - opened_ >= times.connect_deadline)
            close(native_close::stale, "no connect in time");
        return;
    }
    if (expires_ && now >= *expires_ + options_.times.grace)
        return close(native_close::expired, "expired");
    for (auto const& m :
         memberships([&](auto const& m) { return m.expires && now >= *m.expires + options_.times.grace; }))
        drop(m, native_unsubscribe::expired, "expired");
    for (auto const& m :
         memberships([now](auto const& m) { return m.typing_until && now >= *m.typing_until; }))
        stop_typing(*m);
    if (out_.take_sent())
        sent_ = now;
    // A session that was paused did not listen: silence of our own making proves nothing.
    if (pinged_ && (received_ >= *pinged_ || paused_))
        pinged_.reset();
    if (pinged_ && now - *pinged_ >= times.pong_timeout)
        return close(native_close::no_pong, "no answer to a ping");
    if (now - sent_ >= ping_after_) {
        out_.reply(R"({"type":"ping"})");
        ping_after_ = times.ping;
        if (!pinged_)
            pinged_ = now;
    }
}

UNISONO_DECL void native_session::on_drained() {
    if (phase_ == phase::ended)
        return;
    out_.drained();
    send_conflated();
    if (std::exchange(presence_missed_, false))
        for (auto const& m : memberships([](auto const& m) {
                 return m.presence == detail::native_membership::presence_view::missed;
             }))
            refresh_presence(m);
    if (std::exchange(documents_behind_, false))
        for (auto const& m : memberships([](auto const& m) { return m.document && m.document->is_behind(); }))
            catch_up(m);
    wake();
}

UNISONO_DECL void native_session::on_shutdown() {
    close(native_close::shutdown, "the server is shutting down");
}

UNISONO_DECL void native_session::close(close_code code, std::string_view reason) {
    if (phase_ == phase::ended)
        return;
    std::string payload;
    json::writer w{payload};
    w.object([&] {
        w.member("code", code.value());
        w.member("reason", reason);
        w.member("reconnect", code.allows_reconnect());
        w.member("min_ms", options_.times.reconnect_min.count());
        w.member("max_ms", options_.times.reconnect_max.count());
    });
    out_.reply(detail::encode_native_push("disconnect", {}, payload));
    phase_ = phase::ended;
    out_.close(code, truncate_close_reason(reason));
    end(code.allows_reconnect());
}

/// The client goes: for good, or for so long.
UNISONO_DECL void native_session::say_goodbye(detail::native_fields& payload) {
    auto const return_ms = payload.integer("return_ms");
    if (!payload.ok())
        return close(native_close::bad_request, payload.problem());
    if (return_ms) {
        constexpr std::uint64_t a_day = 86'400'000;
        part_all(std::chrono::milliseconds{std::min(*return_ms, a_day)});
    }
    close(close_code::normal, "goodbye");
}

UNISONO_DECL void native_session::on_closed() {
    phase_ = phase::ended;
    end(true);
    inbox_.clear();
    out_.drop();
}

UNISONO_DECL void native_session::end(bool may_return) {
    using wait = std::optional<std::chrono::milliseconds>;
    part_all(may_return ? wait{options_.times.presence_grace} : wait{});
    awaited_.reset(); // it keeps this session
    sessions_.remove(shard_, id_);
    request_.reset();
    if (gate_)
        gate_->shut();
    if (auto const done = std::exchange(on_resumed_, nullptr))
        done(native_delivery::taken);
}

} // namespace unisono::inline v0
