#pragma once

#include <unisono/net/connection.hpp>
#include <unisono/protocol/native/carrier.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/protocol/native/session.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/wire/http_request.hpp>
#include <unisono/wire/sse_event.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

/// An HTTP response that goes on: what a native session says to a client which sends its requests apart.
///
/// The end of the connection ends the response. Chunks would tell a cut stream from a finished one; here the
/// `disconnect` message does, and without them the bytes are the same for every server that hosts the
/// protocol.
class stream_carrier final : public native_carrier {
public:
    stream_carrier(connection& link, wire_form form, std::chrono::milliseconds retry) noexcept
        : link_(link), form_(form), retry_(retry) {}

    wire_form form() const noexcept override { return form_; }
    void reply(payload bytes) override { link_.send_exempt(std::move(bytes)); }
    bool push(payload bytes) override { return link_.send(std::move(bytes)) || !link_.is_open(); }
    bool push_message(message const& m, payload const& bytes) override {
        return link_.send(bytes, overflow::refuse, 0, m.pace) || !link_.is_open();
    }
    void close(close_code code, std::string_view) override {
        if (form_ == wire_form::native_sse && code.allows_reconnect())
            link_.send_exempt(*encode_sse({.retry = retry_}));
        link_.close();
    }

private:
    connection& link_; ///< owns the session, which owns this
    wire_form form_;
    std::chrono::milliseconds retry_;
};

/// Joins a native conversation and the response it is held on.
class rooms_stream final : public connection_handler {
public:
    rooms_stream(native_server& server, std::size_t where, wire_form form, std::string commands,
                 std::shared_ptr<http_request const> request)
        : server_(server),
          where_(where),
          form_(form),
          commands_(std::move(commands)),
          request_(std::move(request)) {}

    std::string_view kind() const noexcept override { return "native"; }
    void on_start(connection& c) override {
        auto const& times = server_.options().times;
        auto const window = static_cast<std::uint64_t>((times.reconnect_max - times.reconnect_min).count());
        auto const retry =
            times.reconnect_min + std::chrono::milliseconds{server_.options().random->below(window + 1)};
        conversation_ =
            server_.open(where_, std::make_unique<stream_carrier>(c, form_, retry), std::move(request_));
        c.set_deadline(tick);
        conversation_->on_text(std::exchange(commands_, {}));
    }
    void on_data(connection&, mutable_bytes) override {} // nothing may follow the request
    void on_drained(connection&) override { conversation_->on_drained(); }
    void on_deadline(connection& c) override {
        c.set_deadline(tick);
        conversation_->on_tick(c.home().time().now());
    }
    void on_shutdown(connection&) override { conversation_->on_shutdown(); }
    void on_closed(connection&, std::error_code) override {
        if (conversation_)
            conversation_->on_closed();
    }

private:
    static constexpr std::chrono::seconds tick{1};

    native_server& server_;
    std::size_t where_;
    wire_form form_;
    std::string commands_; ///< that came with the request
    std::shared_ptr<http_request const> request_;
    std::shared_ptr<native_session> conversation_;
};

} // namespace unisono::inline v0::detail
