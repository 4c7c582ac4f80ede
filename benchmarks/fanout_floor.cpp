// The least a room server can do: one epoll loop that frames a message once and sends the same bytes to every
// connection, the sender included. No limits, no errors worth the name, no library: the floor that fan-out
// figures are quoted against, not something to run.

#include "support/options.hpp"

#include <websocketpp/base64/base64.hpp>
#include <websocketpp/sha1/sha1.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using benchmark::die;

namespace {

struct connection {
    int fd;
    std::size_t position; ///< in the list of all
    bool open = false;    ///< the handshake is over
    std::string input;    ///< of a request or frame that is not complete
    std::string output;   ///< what the socket did not take
};

class room {
public:
    room(std::uint16_t port, bool cork) : cork_(cork) {
        int const on = 1;
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
            ::listen(listener_, 1024) != 0)
            die("cannot listen: " + std::string(std::strerror(errno)));
        watch(EPOLL_CTL_ADD, listener_, EPOLLIN, nullptr);
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
            send_to_all();
        }
    }

private:
    void watch(int operation, int fd, std::uint32_t interest, connection* c) {
        epoll_event event{};
        event.events = interest;
        event.data.ptr = c;
        ::epoll_ctl(epoll_, operation, fd, &event);
    }

    void accept_one() {
        int const fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        int const on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        all_.push_back(new connection{fd, all_.size(), false, {}, {}});
        watch(EPOLL_CTL_ADD, fd, EPOLLIN, all_.back());
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
        if (!c.open)
            bytes = take_request(c, bytes);
        if (c.open)
            for (std::size_t before = 0; before != bytes.size();) {
                before = bytes.size();
                bytes = take_frame(bytes);
            }
        if (bytes.empty())
            std::string().swap(c.input);
        else
            c.input = std::string(bytes);
    }

    std::string_view take_request(connection& c, std::string_view bytes) {
        constexpr std::string_view field = "Sec-WebSocket-Key: ";
        auto const end = bytes.find("\r\n\r\n");
        auto const key = bytes.find(field);
        if (end == std::string_view::npos || key == std::string_view::npos)
            return bytes;
        std::string const salted =
            std::string(bytes.substr(key + field.size(), 24)) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
        unsigned char digest[20];
        websocketpp::sha1::calc(salted.data(), salted.size(), digest);
        send_now(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: " +
                        websocketpp::base64_encode(digest, sizeof(digest)) + "\r\n\r\n");
        c.open = true;
        return bytes.substr(end + 4);
    }

    /// What follows the first frame of `bytes`; all of it when that frame is not complete.
    std::string_view take_frame(std::string_view bytes) {
        if (bytes.size() < 2)
            return bytes;
        auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
        std::size_t length_end = 2;
        std::uint64_t length = byte(1) & 0x7FU;
        if (length >= 126) {
            std::size_t const width = length == 126 ? 2 : 8;
            length_end += width;
            if (bytes.size() < length_end)
                return bytes;
            length = 0;
            for (std::size_t i = 2; i < length_end; ++i)
                length = length << 8 | byte(i);
        }
        std::size_t const body = length_end + 4;
        if (bytes.size() < body + length)
            return bytes;
        if (unsigned const opcode = byte(0) & 0x0FU; opcode == 1 || opcode == 2) {
            // A server's frame is a client's without the mask.
            pending_ += bytes[0];
            pending_ += static_cast<char>(bytes[1] & 0x7F);
            pending_ += bytes.substr(2, length_end - 2);
            for (std::size_t i = 0; i < length; ++i)
                pending_ += static_cast<char>(bytes[body + i] ^ bytes[length_end + i % 4]);
            if (!cork_)
                send_to_all();
        }
        return bytes.substr(body + length);
    }

    void send_to_all() {
        if (pending_.empty())
            return;
        for (connection* c : all_)
            if (c->open)
                send_now(*c, pending_);
        pending_.clear();
    }

    void send_now(connection& c, std::string_view bytes) {
        if (c.output.empty()) {
            ssize_t const sent = ::send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent >= 0)
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            else if (errno != EAGAIN)
                return; // gone: the next receive finds out
            if (bytes.empty())
                return;
            watch(EPOLL_CTL_MOD, c.fd, EPOLLIN | EPOLLOUT, &c);
        }
        c.output.append(bytes);
    }

    void resume(connection& c) {
        ssize_t const sent = ::send(c.fd, c.output.data(), c.output.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN)
            return remove(c);
        c.output.erase(0, sent > 0 ? static_cast<std::size_t>(sent) : 0);
        if (c.output.empty())
            watch(EPOLL_CTL_MOD, c.fd, EPOLLIN, &c);
    }

    bool cork_;
    int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    std::vector<connection*> all_;
    std::vector<char> buffer_ = std::vector<char>(64 * 1024);
    std::string pending_; ///< framed, for everybody
};

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv, {{"port", "9000"}, {"cork", benchmark::options::off}});
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    room(static_cast<std::uint16_t>(options.number("port")), options.flag("cork")).run();
}
