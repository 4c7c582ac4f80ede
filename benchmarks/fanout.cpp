// How much does a server pay to hand one message to everybody in a room?
//
// N connections in one room; one of them publishes, everybody receives, and the next message leaves when the
// window has room. Works with any server that sends a WebSocket message to all connections, its sender
// included. Depends on POSIX and epoll only, so that it shares no code with what it measures.

#include "support/histogram.hpp"
#include "support/options.hpp"
#include "support/process_usage.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

using benchmark::die;

namespace {

std::uint64_t now() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

struct settings {
    sockaddr_in server{};
    std::string path;
    std::size_t connections;
    std::size_t size;
    std::size_t in_flight;
    double seconds;
    double warmup;
    int pid;
};

struct connection {
    int fd = -1;
    bool open = false; ///< the handshake is over
    std::string rest;  ///< of a response or frame that is not complete
};

class generator {
public:
    explicit generator(settings const& s) : settings_(s), connections_(s.connections) {}

    void connect_all();
    void run_for(double seconds);

    void reset_measurement() {
        latency_ = {};
        measured_ = 0;
    }
    std::uint64_t deliveries() const { return measured_; }
    benchmark::histogram const& latency() const { return latency_; }

private:
    void start(std::size_t index);
    void turn(int timeout_ms);
    void receive(connection& c);
    std::string_view take_response(connection& c, std::string_view bytes);
    std::string_view take_frame(connection& c, std::string_view bytes, std::uint64_t received_at);
    void queue_frame(std::string& to, unsigned first_byte, std::string_view body);
    void publish();
    void flush();

    settings settings_;
    std::vector<connection> connections_;
    std::size_t opened_ = 0;
    int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<char> buffer_ = std::vector<char>(256 * 1024);
    std::string unsent_; ///< the publisher's
    std::uint64_t published_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t measured_ = 0;
    benchmark::histogram latency_;
};

void generator::start(std::size_t index) {
    int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        die("socket: " + std::string(std::strerror(errno)));
    int const on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    auto const* address = reinterpret_cast<sockaddr const*>(&settings_.server);
    if (::connect(fd, address, sizeof(settings_.server)) != 0 && errno != EINPROGRESS)
        die("connect: " + std::string(std::strerror(errno)));
    connections_[index].fd = fd;
    epoll_event event{};
    event.events = EPOLLOUT;
    event.data.u64 = index;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
}

// A limited number at a time: a burst would measure the listen queue and its retransmissions.
void generator::connect_all() {
    constexpr std::size_t at_a_time = 64;
    std::uint64_t const deadline = now() + 60'000'000'000U;
    std::size_t started = 0;
    while (opened_ < connections_.size()) {
        while (started < connections_.size() && started - opened_ < at_a_time)
            start(started++);
        turn(100);
        if (now() > deadline)
            die("the server did not accept all connections");
    }
}

void generator::run_for(double seconds) {
    std::uint64_t const end = now() + static_cast<std::uint64_t>(seconds * 1e9);
    while (now() < end) {
        // The window bounds undelivered copies, so a connection that runs ahead frees no second message.
        while (published_ * connections_.size() < delivered_ + settings_.in_flight * connections_.size())
            publish();
        flush();
        turn(unsent_.empty() ? 100 : 1);
    }
}

void generator::turn(int timeout_ms) {
    epoll_event events[512];
    int const count = ::epoll_wait(epoll_, events, 512, timeout_ms);
    for (int i = 0; i < count; ++i) {
        connection& c = connections_[events[i].data.u64];
        if (!(events[i].events & EPOLLOUT)) {
            receive(c);
            continue;
        }
        std::string const request = "GET " + settings_.path +
                                    " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                                    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        if (::send(c.fd, request.data(), request.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request.size()))
            die("the server refused a connection");
        epoll_event event = events[i];
        event.events = EPOLLIN;
        ::epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &event);
    }
}

void generator::receive(connection& c) {
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
    if (!c.open)
        bytes = take_response(c, bytes);
    if (c.open) {
        std::uint64_t const received_at = now();
        for (std::size_t before = 0; before != bytes.size();) {
            before = bytes.size();
            bytes = take_frame(c, bytes, received_at);
        }
    }
    c.rest.assign(bytes);
}

std::string_view generator::take_response(connection& c, std::string_view bytes) {
    auto const end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos)
        return bytes;
    if (!bytes.starts_with("HTTP/1.1 101 "))
        die("no upgrade: " + std::string(bytes.substr(0, bytes.find('\r'))));
    c.open = true;
    ++opened_;
    return bytes.substr(end + 4);
}

/// What follows the first frame of `bytes`; all of it when that frame is not complete.
std::string_view generator::take_frame(connection& c, std::string_view bytes, std::uint64_t received_at) {
    if (bytes.size() < 2)
        return bytes;
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    std::size_t header = 2;
    std::uint64_t length = byte(1);
    if (length >= 126) {
        std::size_t const width = length == 126 ? 2 : 8;
        header += width;
        if (bytes.size() < header)
            return bytes;
        length = 0;
        for (std::size_t i = 2; i < header; ++i)
            length = length << 8 | byte(i);
    }
    if (bytes.size() < header + length)
        return bytes;
    std::string_view const body = bytes.substr(header, length);
    switch (byte(0)) {
    case 0x81: {
        ++delivered_;
        ++measured_;
        char stamp[17] = {};
        body.copy(stamp, 16);
        latency_.add(received_at - std::strtoull(stamp, nullptr, 16));
        break;
    }
    case 0x89: {
        std::string pong;
        queue_frame(pong, 0x8A, body);
        if (&c == &connections_.front())
            unsent_ += pong;
        else if (::send(c.fd, pong.data(), pong.size(), MSG_NOSIGNAL) < 0)
            die("cannot answer a ping");
        break;
    }
    default:
        die("unexpected frame from the server");
    }
    return bytes.substr(header + length);
}

void generator::queue_frame(std::string& to, unsigned first_byte, std::string_view body) {
    constexpr char key[4] = {0x12, 0x34, 0x56, 0x78};
    to += static_cast<char>(first_byte);
    if (body.size() <= 125) {
        to += static_cast<char>(0x80 | body.size());
    } else {
        bool const wide = body.size() > 0xFFFF;
        to += static_cast<char>(wide ? 0xFF : 0xFE);
        for (int shift = wide ? 56 : 8; shift >= 0; shift -= 8)
            to += static_cast<char>(std::uint64_t{body.size()} >> shift);
    }
    to.append(key, 4);
    for (std::size_t i = 0; i < body.size(); ++i)
        to += static_cast<char>(body[i] ^ key[i % 4]);
}

void generator::publish() {
    char stamp[17];
    std::snprintf(stamp, sizeof(stamp), "%016llx", static_cast<unsigned long long>(now()));
    std::string body(settings_.size, '.');
    body.replace(0, 16, stamp);
    queue_frame(unsent_, 0x81, body);
    ++published_;
}

void generator::flush() {
    if (unsent_.empty())
        return;
    ssize_t const sent = ::send(connections_.front().fd, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent > 0)
        unsent_.erase(0, static_cast<std::size_t>(sent));
    else if (errno != EAGAIN)
        die("the server closed the publisher's connection");
}

settings parse(benchmark::options const& options) {
    settings s{};
    s.server.sin_family = AF_INET;
    s.server.sin_port = htons(static_cast<std::uint16_t>(options.number("port")));
    if (::inet_pton(AF_INET, options.text("host").c_str(), &s.server.sin_addr) != 1)
        die("--host takes an IPv4 address");
    s.path = options.text("path");
    s.connections = static_cast<std::size_t>(options.number("connections"));
    s.size = static_cast<std::size_t>(options.number("size"));
    s.in_flight = static_cast<std::size_t>(options.number("in-flight"));
    s.seconds = options.number("seconds");
    s.warmup = options.number("warmup");
    s.pid = static_cast<int>(options.number("pid"));
    if (s.connections == 0 || s.in_flight == 0 || s.size < 16 || s.seconds <= 0)
        die("--connections, --in-flight and --seconds must be positive, and --size hold a timestamp of 16");
    return s;
}

} // namespace

int main(int argc, char** argv) {
    benchmark::options const options(argc, argv,
                                     {{"host", "127.0.0.1"},
                                      {"port", "9000"},
                                      {"path", "/"},
                                      {"connections", "1000"},
                                      {"size", "64"},
                                      {"in-flight", "1"},
                                      {"seconds", "5"},
                                      {"warmup", "1"},
                                      {"pid", "0"},
                                      {"json", benchmark::options::off}});
    settings const s = parse(options);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);

    generator load(s);
    std::uint64_t const memory_before = benchmark::resident_memory(s.pid);
    load.connect_all();
    std::this_thread::sleep_for(std::chrono::milliseconds(200)); // what the handshakes left behind settles
    std::uint64_t const memory_after = benchmark::resident_memory(s.pid);
    load.run_for(s.warmup);

    load.reset_measurement();
    std::uint64_t const started = now();
    std::uint64_t const cpu_before = benchmark::cpu_time(s.pid);
    load.run_for(s.seconds);
    std::uint64_t const cpu = benchmark::cpu_time(s.pid) - cpu_before;
    double const elapsed = static_cast<double>(now() - started) / 1e9;

    auto const deliveries = static_cast<double>(load.deliveries());
    double const cpu_per_delivery = deliveries > 0 ? static_cast<double>(cpu) / 1e3 / deliveries : 0;
    double const memory = (static_cast<double>(memory_after) - static_cast<double>(memory_before)) /
                          static_cast<double>(s.connections);
    auto milliseconds = [&](double q) { return static_cast<double>(load.latency().quantile(q)) / 1e6; };
    char const* const format =
        options.flag("json")
            ? "{\"connections\":%zu,\"size\":%zu,\"in_flight\":%zu,\"deliveries_per_second\":%.0f,"
              "\"cpu_us_per_delivery\":%.4f,\"latency_ms\":{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,"
              "\"max\":%.3f},\"rss_per_connection\":%.0f}\n"
            : "%zu connections, %zu B, %zu in flight: %.0f deliveries/s, %.3f us of server CPU each, latency "
              "ms p50 %.2f p90 %.2f p99 %.2f max %.2f, RSS %.0f B per connection\n";
    std::printf(format, s.connections, s.size, s.in_flight, deliveries / elapsed, cpu_per_delivery,
                milliseconds(0.5), milliseconds(0.9), milliseconds(0.99),
                static_cast<double>(load.latency().max()) / 1e6, memory);
}
