#pragma once

#include "support/sockets.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace benchmark {

/// Many client connections on one epoll loop. POSIX only, so that no load shares code with what it measures.
///
/// `Load` (the derived class) has `on_open(client&)` and `on_bytes(client&, std::string_view)`, which
/// returns what it could not use yet.
template <class Load>
class crowd {
public:
    explicit crowd(sockaddr_in const& server) : server_(server) {}

protected:
    struct client {
        int fd = -1;
        std::size_t index = 0;
        std::string const* request = nullptr;
        int window = 0;
        bool open = false;    ///< the response has come
        bool stalled = false; ///< reads nothing more
        std::string rest;     ///< of a response or message that is not complete
        std::string unsent;   ///< what the socket did not take
    };

    /// Opens `count` connections with `request`, which must outlive them. A limited number at a time: a burst
    /// would measure the listen queue and its retransmissions. `window`: as connect_to().
    void open_all(std::size_t count, std::string const& request, int window = 0) {
        constexpr std::size_t at_a_time = 64;
        std::uint64_t const deadline = now() + 60'000'000'000U;
        std::size_t const wanted = opened_ + count;
        while (opened_ < wanted) {
            while (clients_.size() < wanted && clients_.size() - opened_ < at_a_time)
                start(request, window);
            turn(100);
            if (now() > deadline)
                die("the server did not accept all connections");
        }
    }

    client& start(std::string const& request, int window = 0) {
        clients_.push_back(std::make_unique<client>());
        client& c = *clients_.back();
        c.index = clients_.size() - 1;
        c.request = &request;
        c.window = window;
        restart(c);
        return c;
    }

    /// Connects `c` anew. Its old connection is reset, which leaves nothing behind in the kernel.
    void restart(client& c) {
        if (c.fd >= 0) {
            linger const at_once{1, 0};
            ::setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
            ::close(c.fd);
            opened_ -= c.open;
        }
        c.open = false;
        c.rest.clear();
        c.fd = connect_to(server_, c.window);
        watch(epoll_, EPOLL_CTL_ADD, c.fd, EPOLLOUT, c.index);
    }

    void turn(int timeout_ms) {
        epoll_event events[512];
        int const count = ::epoll_wait(epoll_, events, 512, timeout_ms);
        for (int i = 0; i < count; ++i) {
            client& c = *clients_[events[i].data.u64];
            if (events[i].events & EPOLLOUT)
                resume(c);
            else
                receive(c);
        }
    }

    void send(client& c, std::string_view bytes) {
        if (c.unsent.empty()) {
            ssize_t const sent = ::send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN)
                die("the server closed a connection");
            bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
            if (bytes.empty())
                return;
            watch(epoll_, EPOLL_CTL_MOD, c.fd, EPOLLIN | EPOLLOUT, c.index);
        }
        c.unsent += bytes;
    }

    /// From now on nothing is read from `c`.
    void stall(client& c) {
        c.stalled = true;
        watch(epoll_, EPOLL_CTL_MOD, c.fd, 0, c.index);
    }

    std::vector<std::unique_ptr<client>> const& clients() const { return clients_; }

private:
    void resume(client& c) {
        if (!c.open && c.unsent.empty() && c.rest.empty())
            c.unsent = *c.request;
        ssize_t const sent = ::send(c.fd, c.unsent.data(), c.unsent.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            die("the server refused a connection");
        c.unsent.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
        if (c.unsent.empty())
            watch(epoll_, EPOLL_CTL_MOD, c.fd, EPOLLIN, c.index);
    }

    void receive(client& c) {
        if (c.stalled) // an error or hang-up is reported whatever was asked for
            return watch(epoll_, EPOLL_CTL_DEL, c.fd, 0, c.index);
        if (c.rest.size() + 64 * 1024 > buffer_.size())
            buffer_.resize(2 * buffer_.size());
        std::memcpy(buffer_.data(), c.rest.data(), c.rest.size());
        ssize_t const size = ::recv(c.fd, buffer_.data() + c.rest.size(), buffer_.size() - c.rest.size(), 0);
        if (size <= 0) {
            if (size < 0 && errno == EAGAIN)
                return;
            die("the server closed a connection");
        }
        std::string_view bytes(buffer_.data(), c.rest.size() + static_cast<std::size_t>(size));
        if (!c.open) {
            bytes = take_response(c, bytes);
            if (c.open) {
                static_cast<Load&>(*this).on_open(c);
                if (!c.open) // begun anew
                    return;
            }
        }
        if (c.open && !bytes.empty())
            bytes = static_cast<Load&>(*this).on_bytes(c, bytes);
        c.rest.assign(bytes);
    }

    std::string_view take_response(client& c, std::string_view bytes) {
        auto const end = bytes.find("\r\n\r\n");
        if (end == std::string_view::npos)
            return bytes;
        if (!bytes.starts_with("HTTP/1.1 101 ") && !bytes.starts_with("HTTP/1.1 200 "))
            die("refused: " + std::string(bytes.substr(0, bytes.find('\r'))));
        c.open = true;
        ++opened_;
        return bytes.substr(end + 4);
    }

    sockaddr_in server_;
    std::vector<std::unique_ptr<client>> clients_;
    std::size_t opened_ = 0;
    int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<char> buffer_ = std::vector<char>(256 * 1024);
};

} // namespace benchmark
