#pragma once

#include <unisono/core/payload.hpp>
#include <unisono/protocol/native/carrier.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/protocol/native/session.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

/// A Boost.Beast WebSocket on which a unisono session is held.
///
/// unisono decides what is said; this moves text messages and keeps one write under way at a time, as Beast
/// demands. Lives on the loop; keeps itself alive while an operation is pending.
class room_socket : public std::enable_shared_from_this<room_socket> {
public:
    using request = boost::beast::http::request<boost::beast::http::string_body>;
    using list = std::set<room_socket*>;

    /// `open` lists those that are open, for the host's shutdown.
    room_socket(boost::asio::ip::tcp::socket socket, list& open)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), open_(open) {}

    void accept(request const& upgrade, unisono::native_server& rooms) {
        namespace websocket = boost::beast::websocket;
        socket_.read_message_max(rooms.options().limits.message + 64 * 1024);
        socket_.text(true);
        // For both handshakes. Whether the peer is there the protocol finds out itself.
        socket_.set_option(websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds{5},
                                                           .idle_timeout = websocket::stream_base::none(),
                                                           .keep_alive_pings = false});
        socket_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
            response.set(boost::beast::http::field::sec_websocket_protocol, "unisono.v1.json");
        }));
        socket_.async_accept(upgrade, [self = shared_from_this(), &rooms](boost::system::error_code ec) {
            if (ec)
                return;
            self->conversation_ = rooms.open(0, std::make_unique<carrier>(*self));
            self->open_.insert(self.get());
            self->read();
            self->tick();
        });
    }

    /// Tells the client when to come back, and closes.
    void shut_down() {
        if (conversation_)
            conversation_->on_shutdown();
    }

private:
    static constexpr std::size_t outbox_limit = 1024 * 1024;

    /// What the session sees of the socket.
    struct carrier final : unisono::native_carrier {
        room_socket& to; // owns the session, which owns this
        explicit carrier(room_socket& s) : to(s) {}

        unisono::wire_form form() const noexcept override { return unisono::wire_form::native_json; }
        void reply(unisono::payload text) override { to.send(std::move(text)); }
        bool push(unisono::payload text) override {
            if (to.queued_ > outbox_limit)
                return false;
            to.send(std::move(text));
            return true;
        }
        void pause_receiving() override { to.paused_ = true; }
        void resume_receiving() override {
            to.paused_ = false;
            to.read();
        }
        void close(unisono::close_code code, std::string_view reason) override {
            to.goodbye_.emplace(static_cast<boost::beast::websocket::close_code>(code.value()),
                                boost::beast::string_view{reason.data(), reason.size()});
            to.write();
        }
    };

    void read() {
        if (paused_ || std::exchange(reading_, true))
            return;
        socket_.async_read(inbox_, [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
            self->reading_ = false;
            if (ec)
                return self->end();
            auto const bytes = self->inbox_.cdata();
            if (self->conversation_)
                self->conversation_->on_text({static_cast<char const*>(bytes.data()), bytes.size()});
            self->inbox_.consume(bytes.size());
            self->read();
        });
    }

    void send(unisono::payload text) {
        queued_ += text.size();
        outbox_.push_back(std::move(text));
        write();
    }

    void write() {
        if (writing_ || (outbox_.empty() && !goodbye_))
            return;
        writing_ = true;
        if (outbox_.empty()) { // the read that is pending ends with it, and this socket
            socket_.async_close(*goodbye_, [self = shared_from_this()](boost::system::error_code) {});
            return;
        }
        auto const& next = outbox_.front();
        auto const then = [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
            self->writing_ = false;
            if (ec)
                return self->end();
            self->queued_ -= self->outbox_.front().size();
            self->outbox_.pop_front();
            if (self->outbox_.empty() && !self->goodbye_ && self->conversation_)
                self->conversation_->on_drained();
            self->write();
        };
        socket_.async_write(boost::asio::buffer(next.data(), next.size()), then);
    }

    void tick() {
        timer_.expires_after(std::chrono::seconds{1});
        timer_.async_wait([self = shared_from_this()](boost::system::error_code ec) {
            if (!self->conversation_ || ec)
                return;
            self->conversation_->on_tick(unisono::system_clock().now());
            self->tick();
        });
    }

    void end() {
        timer_.cancel();
        open_.erase(this);
        if (auto const over = std::exchange(conversation_, nullptr))
            over->on_closed();
        boost::beast::get_lowest_layer(socket_).close();
    }

    boost::beast::websocket::stream<boost::beast::tcp_stream> socket_;
    boost::asio::steady_timer timer_;
    list& open_;
    boost::beast::flat_buffer inbox_;
    std::deque<unisono::payload> outbox_;
    std::size_t queued_ = 0; ///< bytes
    std::optional<boost::beast::websocket::close_reason> goodbye_;
    std::shared_ptr<unisono::native_session> conversation_;
    bool reading_ = false;
    bool writing_ = false;
    bool paused_ = false;
};
