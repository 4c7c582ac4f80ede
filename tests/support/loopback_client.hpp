#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <linux/filter.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace unisono::test {

/// How long anything may take before a test gives up. Never waited for when all is well.
inline constexpr std::chrono::seconds patience{10};

/// Waits until `condition()` holds. False when it does not in time.
template <class Condition>
bool eventually(Condition&& condition, std::chrono::milliseconds within = patience) {
    auto const deadline = std::chrono::steady_clock::now() + within;
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= deadline)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
    return true;
}

struct raw_response {
    int status = 0;
    std::string head; ///< with the empty line
    std::string body;

    /// The value of a field; empty when there is none.
    std::string field(std::string_view name) const {
        for (std::size_t at = head.find("\r\n"); at + 4 < head.size(); at = head.find("\r\n", at + 2)) {
            auto const line = std::string_view{head}.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
            auto const colon = line.find(':');
            if (colon == name.size() &&
                std::equal(name.begin(), name.end(), line.begin(),
                           [](char a, char b) { return std::tolower(a) == std::tolower(b); }))
                return std::string{line.substr(colon + 2)};
        }
        return {};
    }
};

struct raw_frame {
    websocket_opcode opcode{};
    std::string body;
    bool compressed = false; ///< RSV1; the body is as it came

    std::uint16_t close_code() const {
        return body.size() < 2 ? 1005
                               : static_cast<std::uint16_t>(static_cast<unsigned char>(body[0]) << 8 |
                                                            static_cast<unsigned char>(body[1]));
    }
};

/// A client that writes and reads bytes, on one blocking socket. Throws when nothing comes in time.
class loopback_client {
public:
    /// `receive_buffer`: of the socket, to make a slow reader; 0 leaves it.
    explicit loopback_client(std::uint16_t port, int receive_buffer = 0)
        : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        if (receive_buffer != 0)
            ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(fd_, reinterpret_cast<sockaddr const*>(&to), sizeof to) != 0) {
            ::close(fd_);
            throw std::runtime_error("cannot connect");
        }
    }
    loopback_client(loopback_client&& other) noexcept
        : fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}
    loopback_client& operator=(loopback_client&&) = delete;
    virtual ~loopback_client() { close(); }

    void close() {
        if (fd_ >= 0)
            ::close(std::exchange(fd_, -1));
    }
    /// Ends the connection with a reset.
    void reset() {
        linger const now{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        close();
    }
    /// From now on nothing reaches this end, and nothing is acknowledged: as when a cable is cut.
    void black_hole() {
        sock_filter nothing[] = {{BPF_RET | BPF_K, 0, 0, 0}};
        sock_fprog const program{1, nothing};
        if (::setsockopt(fd_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
            throw std::runtime_error("cannot cut the link");
    }
    /// Says that nothing more will be sent.
    void finish() { ::shutdown(fd_, SHUT_WR); }

    /// Sends all; false when the peer takes no more for so long, or is gone.
    virtual bool try_send(std::string_view bytes, std::chrono::milliseconds within = patience) {
        auto const deadline = std::chrono::steady_clock::now() + within;
        while (!bytes.empty()) {
            auto const sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
                continue;
            }
            if (errno != EAGAIN && errno != EINTR)
                return false;
            pollfd writable{fd_, POLLOUT, 0};
            if (::poll(&writable, 1, 10) < 0 || std::chrono::steady_clock::now() >= deadline)
                return false;
        }
        return true;
    }
    void send(std::string_view bytes) {
        if (!try_send(bytes))
            throw std::runtime_error("cannot send");
    }

    /// What has arrived; does not wait.
    std::string read_available() {
        char bytes[16 * 1024];
        for (ssize_t got; (got = ::recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;)
            buffer_.append(bytes, static_cast<std::size_t>(got));
        return std::exchange(buffer_, {});
    }

    /// As read_available(), but only says how much it was.
    std::size_t discard_available() {
        char bytes[64 * 1024];
        std::size_t count = std::exchange(buffer_, {}).size();
        for (ssize_t got; (got = ::recv(fd_, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;)
            count += static_cast<std::size_t>(got);
        return count;
    }

    /// Has the server closed the connection, after whatever it sent? Waits for it.
    bool is_closed() {
        try {
            while (fill()) {
            }
            return true;
        } catch (std::runtime_error const&) {
            return false;
        }
    }
    /// Whatever has come, at least one byte; empty at the end.
    std::string read_some() {
        if (buffer_.empty())
            fill();
        return std::exchange(buffer_, {});
    }
    /// Everything until the server closes the connection.
    std::string read_all() {
        while (fill()) {
        }
        return std::exchange(buffer_, {});
    }
    /// Everything up to and including `end`.
    std::string read_until(std::string_view end) {
        std::size_t at;
        while ((at = buffer_.find(end)) == std::string::npos)
            require();
        return cut(at + end.size());
    }
    std::string read(std::size_t count) {
        while (buffer_.size() < count)
            require();
        return cut(count);
    }

    raw_response read_response(bool with_body = true) {
        raw_response r;
        r.head = read_until("\r\n\r\n");
        r.status = std::stoi(r.head.substr(9, 3));
        auto const length = r.field("Content-Length");
        if (with_body && !length.empty())
            r.body = read(std::stoul(length));
        return r;
    }
    raw_response get(std::string_view path, std::string_view fields = {}) {
        send(request(path, fields));
        return read_response();
    }
    static std::string request(std::string_view path, std::string_view fields = {},
                               std::string_view method = "GET") {
        std::string text{method};
        return text.append(" ")
            .append(path)
            .append(" HTTP/1.1\r\nHost: localhost\r\n")
            .append(fields)
            .append("\r\n");
    }

    static std::string upgrade(std::string_view path, std::string_view fields = {}) {
        return request(
            path, std::string{"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"}
                      .append(fields));
    }
    /// Opens a WebSocket; false when it is refused.
    bool open(std::string_view path, std::string_view fields = {}) {
        send(upgrade(path, fields));
        return read_response().status == 101;
    }
    static std::string frame(websocket_opcode opcode, std::string_view body) {
        byte_buffer bytes;
        append_masked_frame(bytes, opcode, as_bytes(body), 0x12345678);
        return std::string{as_text(bytes)};
    }
    void send_text(std::string_view text) { send(frame(websocket_opcode::text, text)); }
    void send_close(std::uint16_t code) {
        char const body[] = {static_cast<char>(code >> 8), static_cast<char>(code)};
        send(frame(websocket_opcode::close, {body, 2}));
    }
    raw_frame read_frame() {
        auto const head = read(2);
        auto const size_of = [](std::string const& bytes) {
            std::size_t n = 0;
            for (char c : bytes)
                n = n << 8 | static_cast<unsigned char>(c);
            return n;
        };
        std::size_t size = static_cast<unsigned char>(head[1]);
        if (size >= 126)
            size = size_of(read(size == 126 ? 2 : 8));
        return {static_cast<websocket_opcode>(head[0] & 15), read(size), (head[0] & 0x40) != 0};
    }
    /// The next frame that is no ping.
    raw_frame read_message() {
        for (;;)
            if (auto f = read_frame(); f.opcode != websocket_opcode::ping)
                return f;
    }

    int descriptor() const noexcept { return fd_; }

protected:
    /// Waits until something has come, or the end.
    bool readable() const {
        pollfd waited{fd_, POLLIN, 0};
        return ::poll(&waited, 1, static_cast<int>(std::chrono::milliseconds{patience}.count())) > 0;
    }
    void received(std::string_view bytes) { buffer_.append(bytes); }

    /// Reads something; false at the end.
    virtual bool fill() {
        if (!readable())
            throw std::runtime_error("nothing came");
        char bytes[16 * 1024];
        auto const got = ::recv(fd_, bytes, sizeof bytes, 0);
        if (got > 0)
            received({bytes, static_cast<std::size_t>(got)});
        return got > 0;
    }

private:
    void require() {
        if (!fill())
            throw std::runtime_error("the connection ended after: " + buffer_);
    }
    std::string cut(std::size_t count) {
        auto result = buffer_.substr(0, count);
        buffer_.erase(0, count);
        return result;
    }

    int fd_;
    std::string buffer_;
};

} // namespace unisono::test
