#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/signal.hpp>
#include <unisono/transport/detail/websocket_connection.hpp>
#include <unisono/transport/websocket_inbox.hpp>
#include <unisono/transport/websocket_session.hpp>
#include <unisono/wire/websocket_compression.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL void websocket_handler::on_drained(websocket_session const& session) {
    session.watch_drained(false); // who does not override this does not want to know
}

UNISONO_DECL result<websocket_session> websocket_session::accept(http_exchange const& exchange,
                                                                 std::unique_ptr<websocket_handler> handler,
                                                                 websocket_options const& options) {
    return accept(exchange, std::move(handler), std::make_shared<websocket_options const>(options));
}

UNISONO_DECL result<websocket_session>
websocket_session::accept(http_exchange const& exchange, std::unique_ptr<websocket_handler> handler,
                          std::shared_ptr<websocket_options const> options) {
    return detail::websocket_connection::accept(exchange, std::move(handler), std::move(options));
}

UNISONO_DECL send_status websocket_session::send_text(std::string_view text) const {
    return send_own(websocket_opcode::text, as_bytes(text));
}

UNISONO_DECL send_status websocket_session::send_binary(bytes_view data) const {
    return send_own(websocket_opcode::binary, data);
}

UNISONO_DECL send_status websocket_session::send_message(message const& m, overflow how,
                                                         std::uint64_t key) const {
    auto const encode = [](message const& from) {
        return encode_websocket_frame(from.binary ? websocket_opcode::binary : websocket_opcode::text,
                                      from.data.view());
    };
    return send_form(m, m.form(wire_form::websocket, encode), wire_form::websocket_deflate, how, key);
}

UNISONO_DECL send_status websocket_session::send_form(message const& m, payload const& plain,
                                                      wire_form compressed, overflow how,
                                                      std::uint64_t key) const {
    auto const* const by = connection_->compression_for(plain);
    payload const& frame =
        by ? m.form(compressed, [&](message const&) { return compress_websocket_frame(plain, *by); }) : plain;
    return send_frame(frame, how, key, m.pace);
}

/// A message for this session alone.
UNISONO_DECL send_status websocket_session::send_own(websocket_opcode opcode, bytes_view data) const {
    connection& link = connection_->link();
    if (connection_->may_compress()) {
        auto frame = encode_websocket_frame(opcode, data);
        auto const* const by = connection_->compression_for(frame);
        return link.post(by ? compress_websocket_frame(frame, *by) : std::move(frame));
    }
    auto const header = detail::unmasked_header(opcode, data.size());
    return link.post_built(header.size() + data.size(), [&](mutable_bytes out) {
        std::byte* const body = header.write(out.data());
        if (!data.empty())
            std::memcpy(body, data.data(), data.size());
    });
}

UNISONO_DECL send_status websocket_session::send_frame(payload const& frame, overflow how, std::uint64_t key,
                                                       std::chrono::milliseconds window) const {
    return connection_->link().post(frame, how, key, window);
}

UNISONO_DECL void websocket_session::send_exempt(payload frame) const {
    if (connection_->is_open())
        connection_->link().send_exempt(std::move(frame));
}

UNISONO_DECL void websocket_session::close(close_code code, std::string_view reason) const {
    connection_->close(code, reason);
}

UNISONO_DECL void websocket_session::pause_receiving() const noexcept {
    connection_->link().pause_reading();
}

UNISONO_DECL void websocket_session::resume_receiving() const {
    connection_->link().resume_reading();
}

UNISONO_DECL void websocket_session::watch_drained(bool on) const noexcept {
    connection_->watch_drained(on);
}

UNISONO_DECL bool websocket_session::is_open() const noexcept {
    return connection_->is_open();
}

UNISONO_DECL std::size_t websocket_session::queued_bytes() const noexcept {
    return connection_->link().queued_bytes();
}

UNISONO_DECL std::size_t websocket_session::exempt_bytes() const noexcept {
    return connection_->link().exempt_bytes();
}

UNISONO_DECL std::size_t websocket_session::outbox_limit() const noexcept {
    return connection_->link().outbox_limit();
}

UNISONO_DECL shard& websocket_session::home() const noexcept {
    return connection_->link().home();
}

UNISONO_DECL std::string websocket_session::peer() const {
    return connection_->link().peer();
}

UNISONO_DECL std::string const& websocket_session::subprotocol() const noexcept {
    return connection_->subprotocol();
}

#if defined(ASIO_HAS_CO_AWAIT)
UNISONO_DECL asio::awaitable<std::optional<websocket_message>> websocket_session::receive() const {
    auto const self = *this;
    auto* const inbox = dynamic_cast<websocket_inbox*>(&self.connection_->handler());
    if (!inbox)
        throw std::logic_error("receive() needs a session that was accepted with a websocket_inbox");
    for (;;) {
        if (auto message = inbox->take(self))
            co_return message;
        if (inbox->closed())
            co_return std::nullopt;
        detail::signal const ready{self.home().context()};
        inbox->when_ready(ready.giver());
        co_await ready.wait();
    }
}
#endif

} // namespace unisono::inline v0
