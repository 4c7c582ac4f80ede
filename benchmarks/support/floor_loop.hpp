#pragma once

#include "support/sockets.hpp"
#include "support/websocket.hpp"

#include <websocketpp/base64/base64.hpp>
#include <websocketpp/sha1/sha1.hpp>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace benchmark {

/// The least a server can do: one epoll loop, no limits, no errors worth the name. The floors that figures
/// are quoted against are this and a few lines more; it is not something to run.
///
/// `Server` (the derived class) has `on_frame(connection&, frame const&)`, called for text and binary, and
/// `end_turn()`, called after the events of one turn.
template <class Server>
class floor_loop {
public:
    explicit floor_loop(double port) {
        int const on = 1;
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        sockaddr_in const address = loopback(port);
        if (::bind(listener_, reinterpret_cast<sockaddr const*>(&address), sizeof(address)) != 0 ||
            ::listen(listener_, 1024) != 0)
            die("cannot listen: " + std::string(std::strerror(errno)));
        change(EPOLL_CTL_ADD, listener_, EPOLLIN, nullptr);
    }

    [[noreturn]] void run() {
        for (;;) {
            epoll_event events[512];
            int const count = ::epoll_wait(epoll_, events, 512, -1);
            for (int i = 0; i < count; ++i) {
                auto* const c = static_cast<connection*>(events[i].data.ptr);
                if (!c)
                    accept_one();
                else if (events[i].events & EPOLLOUT)
                    resume(*c);
                else
                    receive(*c);
            }
            server().end_turn();
        }
    }

protected:
    enum class speech : char { request, websocket, events };

    struct connection {
        int fd;
        std::size_t position; ///< in the list of all
        speech speaks = speech::request;
        std::string input;  ///< of a request or frame that is not complete
        std::string output; ///< what the socket did not take
    };

    std::vector<connection*> const& all() const { return all_; }

    void send_now(connection& c, std::string_view bytes) {
        if (c.output.empty()) {
            ssize_t const sent = ::send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent >= 0)
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            else if (errno != EAGAIN)
                return; // gone: the next receive finds out
            if (bytes.empty())
                return;
            change(EPOLL_CTL_MOD, c.fd, EPOLLIN | EPOLLOUT, &c);
        }
        c.output.append(bytes);
    }

private:
    Server& server() { return static_cast<Server&>(*this); }

    void change(int operation, int fd, std::uint32_t interest, connection* c) {
        watch(epoll_, operation, fd, interest, reinterpret_cast<std::uintptr_t>(c));
    }

    void accept_one() {
        int const fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        without_delay(fd);
        all_.push_back(new connection{fd, all_.size(), speech::request, {}, {}});
        change(EPOLL_CTL_ADD, fd, EPOLLIN, all_.back());
    }

    // Only ever called for the connection whose event is at hand: no other event of this turn names it.
    void remove(connection& c) {
        ::close(c.fd);
        all_.back()->position = c.position;
        all_[c.position] = all_.back();
        all_.pop_back();
        delete &c;
    }

    void receive(connection& c) {
        ssize_t const size = ::recv(c.fd, buffer_.data(), buffer_.size(), 0);
        if (size <= 0) {
            if (size == 0 || errno != EAGAIN)
                remove(c);
            return;
        }
        std::string_view bytes(buffer_.data(), static_cast<std::size_t>(size));
        if (!c.input.empty()) {
            c.input.append(bytes);
            bytes = c.input;
        }
        if (c.speaks == speech::request)
            bytes = take_request(c, bytes);
        if (c.speaks == speech::websocket)
            while (auto const f = read_frame(bytes)) {
                if (unsigned const opcode = f->first_byte() & 0x0FU; opcode == 1 || opcode == 2)
                    server().on_frame(c, *f);
                bytes.remove_prefix(f->size);
            }
        if (bytes.empty())
            std::string().swap(c.input);
        else
            c.input = std::string(bytes);
    }

    std::string_view take_request(connection& c, std::string_view bytes) {
        auto const end = bytes.find("\r\n\r\n");
        if (end == std::string_view::npos)
            return bytes;
        constexpr std::string_view field = "Sec-WebSocket-Key: ";
        if (auto const key = bytes.find(field); key < end) {
            upgrade(c, bytes.substr(key + field.size(), 24));
        } else {
            send_now(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
                        "Transfer-Encoding: chunked\r\n\r\n");
            c.speaks = speech::events;
        }
        return bytes.substr(end + 4);
    }

    void upgrade(connection& c, std::string_view key) {
        std::string const salted = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        unsigned char digest[20];
        websocketpp::sha1::calc(salted.data(), salted.size(), digest);
        send_now(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: " +
                        websocketpp::base64_encode(digest, sizeof(digest)) + "\r\n\r\n");
        c.speaks = speech::websocket;
    }

    void resume(connection& c) {
        ssize_t const sent = ::send(c.fd, c.output.data(), c.output.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            return remove(c);
        c.output.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
        if (c.output.empty())
            change(EPOLL_CTL_MOD, c.fd, EPOLLIN, &c);
    }

    int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    std::vector<connection*> all_;
    std::vector<char> buffer_ = std::vector<char>(64 * 1024);
};

} // namespace benchmark
