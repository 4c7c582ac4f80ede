// A Boost.Beast server that was there before, and unisono's rooms in it: one acceptor, one loop, one process.

#include <unisono/hub/hub.hpp>
#include <unisono/protocol/native/server.hpp>

#include "boost_executor.hpp"
#include "room_socket.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <memory>
#include <utility>

namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;

namespace {

struct rooms_host {
    boost_executor shard;
    unisono::hub hub{{&shard}};
    unisono::native_server rooms{hub};
    room_socket::list sockets = {};

    explicit rooms_host(boost::asio::io_context& loop) : shard(loop) {}
};

/// The host's own HTTP: one request a connection, for brevity.
class http_session : public std::enable_shared_from_this<http_session> {
public:
    http_session(tcp::socket socket, rooms_host& host) : socket_(std::move(socket)), host_(host) {}

    void start() {
        http::async_read(socket_, buffer_, request_,
                         [self = shared_from_this()](boost::system::error_code ec, std::size_t) {
                             if (!ec)
                                 self->serve();
                         });
    }

private:
    void serve() {
        if (boost::beast::websocket::is_upgrade(request_) && request_.target() == "/rooms") {
            std::make_shared<room_socket>(std::move(socket_), host_.sockets)->accept(request_, host_.rooms);
        } else if (request_.method() == http::verb::post && request_.target() == "/announce") {
            // The host publishes like anybody else, from wherever it is.
            host_.hub.publish("news", {.data = unisono::payload{std::string_view{request_.body()}}});
            answer(http::status::no_content, "");
        } else {
            answer(http::status::ok, "Rooms are on /rooms.\n");
        }
    }

    void answer(http::status status, char const* text) {
        response_ = {status, request_.version()};
        response_.set(http::field::content_type, "text/plain");
        response_.keep_alive(false);
        response_.body() = text;
        response_.prepare_payload();
        http::async_write(socket_, response_,
                          [self = shared_from_this()](boost::system::error_code, std::size_t) {
                              boost::system::error_code ignored;
                              self->socket_.shutdown(tcp::socket::shutdown_send, ignored);
                          });
    }

    tcp::socket socket_;
    rooms_host& host_;
    boost::beast::flat_buffer buffer_;
    room_socket::request request_;
    http::response<http::string_body> response_;
};

} // namespace

int main(int argc, char** argv) {
    boost::asio::io_context loop{1};
    rooms_host host{loop};

    auto const port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    tcp::acceptor acceptor{loop, {boost::asio::ip::address_v4::loopback(), port}};
    std::function<void()> const accept = [&] {
        acceptor.async_accept([&](boost::system::error_code ec, tcp::socket socket) {
            if (ec)
                return;
            std::make_shared<http_session>(std::move(socket), host)->start();
            accept();
        });
    };
    accept();
    std::cout << "http://127.0.0.1:" << acceptor.local_endpoint().port() << std::endl;

    boost::asio::signal_set signals{loop, SIGINT, SIGTERM};
    signals.async_wait([&](boost::system::error_code, int) {
        acceptor.close();
        for (room_socket* socket : room_socket::list{host.sockets})
            socket->shut_down();
    });
    loop.run(); // until the last goodbye
}
