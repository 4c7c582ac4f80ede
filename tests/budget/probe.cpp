// Delivers messages to many connections, or holds them idle, so that tests/budget/*.py can count what one
// costs.
//
//     probe deliver raw|native|feed <connections> <messages>     for valgrind
//     probe call send <times>                                    likewise, of the C library's alone
//     probe idle websocket|stream|raw|native|feed <connections>  prints bytes of heap per connection
//
// Server and clients share a thread and a loop: nothing runs that is not counted, and what happens is the
// same in every run.

#include <unisono/server/server.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include "support/loopback_client.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>

#include <cstdio>
#include <cstdlib>
#include <malloc.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/socket.h>
#include <vector>

using namespace unisono;
using client = test::loopback_client;

namespace {

constexpr auto room = "everyone";
std::string const text(64, '.');

payload frame_of(message const& m) {
    return encode_websocket_frame(websocket_opcode::text, m.data.view());
}

/// A WebSocket in a room, without a protocol of its own.
class member final : public websocket_handler {
public:
    explicit member(hub& rooms) : rooms_(rooms) {}

    void on_open(websocket_session const& session) override {
        struct seat final : subscriber {
            explicit seat(websocket_session const& s) : session(s) {}
            void deliver(message_ptr const& m) override {
                session.send_frame(m->form(wire_form::websocket, frame_of));
            }
            websocket_session session;
        };
        rooms_.subscribe(0, room, std::make_shared<seat>(session), {},
                         [this](subscription s, subscribed const&) { subscription_ = std::move(s); });
    }
    void on_message(websocket_session const&, bytes_view, bool) override {}
    void on_close(close_code, std::string_view) override { subscription_.cancel(); }

private:
    hub& rooms_;
    subscription subscription_;
};

/// One way to be in the room.
struct kind {
    std::string_view name;
    std::string hello;       ///< what a client sends
    std::string_view joined; ///< ends what it receives when it is in
};

std::vector<kind> const kinds{
    {"raw", client::upgrade("/raw"), "\r\n\r\n"},
    {"native",
     client::upgrade("/native", "Sec-WebSocket-Protocol: unisono.v1.json\r\n") +
         client::frame(websocket_opcode::text,
                       R"({"type":"connect","id":1,"payload":{"v":1,"subs":{"everyone":{}}}})"),
     "}}}}"},
    {"feed", client::request("/feed/everyone"), "id: "},
    {"websocket", client::upgrade("/websocket"), "\r\n\r\n"},
    {"stream", client::request("/stream"), ":\n\n"},
};

class world {
public:
    explicit world(kind const& k) : kind_(k), app_{loop_, {.port = 0}} {
        app_.websocket("/raw", [this](http_exchange const&) -> std::unique_ptr<websocket_handler> {
            return std::make_unique<member>(app_.rooms());
        });
        app_.rooms("/native");
        app_.feed("/feed/{room}");
        app_.websocket("/websocket", websocket_callbacks{});
        app_.sse("/stream", [](http_exchange const&, sse_stream const&) {});
        if (!app_.start())
            throw std::runtime_error("cannot listen");
    }

    void join(std::size_t count) {
        clients_.reserve(clients_.size() + count);
        for (std::size_t i = 0; i < count; ++i) {
            client& c = clients_.emplace_back(app_.port());
            c.send(kind_.hello);
            std::string got;
            run_until([&] { return (got += c.read_available()).find(kind_.joined) != std::string::npos; });
        }
    }

    void publish(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            asio::post(loop_,
                       [this] { app_.rooms().publish(room, {.data = payload{std::string_view{text}}}); });
            loop_.poll();
        }
    }

    /// Bytes the clients have got: only counted, since the clients are counted, too.
    std::size_t received() {
        std::size_t count = 0;
        for (auto& c : clients_)
            count += c.discard_available();
        return count;
    }

private:
    template <class Condition>
    void run_until(Condition&& condition) {
        auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
        while (!condition()) {
            loop_.run_one_for(std::chrono::milliseconds{1});
            if (std::chrono::steady_clock::now() > deadline)
                throw std::runtime_error("a client got no answer");
        }
    }

    kind const& kind_;
    asio::io_context loop_{1};
    server app_;
    std::vector<client> clients_;
};

std::size_t heap() {
    auto const now = ::mallinfo2();
    return now.uordblks + now.hblkhd;
}

kind const& named(std::string_view name) {
    for (auto const& k : kinds)
        if (k.name == name)
            return k;
    throw std::invalid_argument("no such kind");
}

/// What every server pays for a system call, and what differs from one C library to the next.
int call_send(std::size_t times) {
    constexpr int nothing = -1;
    for (std::size_t i = 0; i < times; ++i)
        if (::send(nothing, text.data(), text.size(), MSG_NOSIGNAL) >= 0)
            return 1;
    return 0;
}

void allow_many_files() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::fprintf(stderr, "see the top of probe.cpp\n");
        return 2;
    }
    if (std::string_view{argv[1]} == "call")
        return call_send(std::strtoul(argv[3], nullptr, 10));
    allow_many_files();
    world w{named(argv[2])};
    std::size_t const connections = std::strtoul(argv[3], nullptr, 10);
    if (std::string_view{argv[1]} == "deliver") {
        std::size_t const messages = std::strtoul(argv[4], nullptr, 10);
        w.join(connections);
        w.publish(messages);
        return w.received() >= connections * messages * text.size() ? 0 : 1;
    }
    w.join(connections / 2); // what comes with the first connections is no connection's
    std::size_t const before = heap();
    w.join(connections);
    std::printf("%zu\n", (heap() - before) / connections);
}
