// A cpp-httplib server that was there before, and unisono's rooms in it: event streams down, POST up.
//
// cpp-httplib gives every open stream a thread, so their number is limited here. A host with many clients
// uses unisono's own listener instead.

#include <unisono/hub/hub.hpp>
#include <unisono/protocol/native/server.hpp>
#include <unisono/protocol/native/session.hpp>

#include "loop_thread.hpp"
#include "room_stream.hpp"

#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <future>
#include <httplib.h>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace {

constexpr std::size_t threads = 64;
constexpr int max_streams = 48; // the rest serves requests

class rooms_host {
public:
    ~rooms_host() { loop_.finish(); }

    /// A new session that begins with `commands`; the response lasts as long as it does.
    void open(std::string commands, httplib::Response& response) {
        if (streams_.fetch_add(1) >= max_streams) {
            --streams_;
            response.status = 503;
            response.set_header("Retry-After", "5");
            return;
        }
        auto const stream = std::make_shared<room_stream>();
        auto const session = std::make_shared<std::shared_ptr<unisono::native_session>>();
        loop_.post([this, stream, session, commands = std::move(commands)] {
            *session = rooms_.open(0, std::make_unique<stream_carrier>(stream));
            sessions_.insert(*session);
            (*session)->on_text(commands);
        });
        response.set_header("Cache-Control", "no-store, no-transform");
        response.set_header("X-Accel-Buffering", "no");
        response.set_chunked_content_provider(
            "text/event-stream",
            [this, stream, session](std::size_t, httplib::DataSink& sink) {
                auto const bytes = stream->take();
                if (!bytes) {
                    sink.done();
                    return true;
                }
                if (bytes->empty())
                    return sink.is_writable(); // the client may have gone
                if (!sink.write(bytes->data(), bytes->size()))
                    return false;
                loop_.post([session] { (*session)->on_drained(); });
                return true;
            },
            [this, session](bool) {
                loop_.post([this, session] {
                    sessions_.erase(*session);
                    (*session)->on_closed();
                });
                --streams_;
            });
    }

    /// Commands of a session that is open.
    void deliver(std::string const& sid, std::string const& commands, httplib::Response& response) {
        auto const done = std::make_shared<std::promise<unisono::native_delivery>>();
        rooms_.deliver(sid, commands, [done](unisono::native_delivery what) { done->set_value(what); });
        switch (done->get_future().get()) {
        case unisono::native_delivery::taken:
            response.status = 204;
            break;
        case unisono::native_delivery::busy:
            response.status = 429;
            response.set_header("Retry-After", "1");
            break;
        case unisono::native_delivery::unknown:
            response.status = 404;
            break;
        }
    }

    /// From any thread, as everything of the hub.
    void announce(std::string const& json) {
        hub_.publish("news", {.data = unisono::payload{std::string_view{json}}});
    }

    /// Tells every client when to come back, and ends its stream.
    void shut_down() {
        loop_.post([this] {
            for (auto const& session : std::set{sessions_})
                session->on_shutdown();
        });
    }

private:
    void tick() {
        for (auto const& session : std::set{sessions_})
            session->on_tick(unisono::system_clock().now());
    }

    std::set<std::shared_ptr<unisono::native_session>> sessions_; // on the loop
    std::atomic<int> streams_{0};
    loop_thread loop_{[this] { tick(); }};
    unisono::hub hub_{{&loop_}};
    unisono::native_server rooms_{hub_};
};

} // namespace

int main(int argc, char** argv) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr); // for the thread below alone

    rooms_host rooms;
    httplib::Server server;
    server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
    server.Post("/rooms", [&](httplib::Request const& request, httplib::Response& response) {
        if (request.has_param("sid"))
            rooms.deliver(request.get_param_value("sid"), request.body, response);
        else
            rooms.open(request.body, response);
    });
    server.Post("/announce", [&](httplib::Request const& request, httplib::Response& response) {
        rooms.announce(request.body);
        response.status = 204;
    });
    server.Get("/", [](httplib::Request const&, httplib::Response& response) {
        response.set_content("Rooms are on /rooms.\n", "text/plain");
    });

    int port = argc > 1 ? std::atoi(argv[1]) : 8080;
    if (port == 0)
        port = server.bind_to_any_port("127.0.0.1");
    else if (!server.bind_to_port("127.0.0.1", port))
        port = -1;
    if (port < 0) {
        std::cerr << "the port is taken\n";
        return 1;
    }
    std::cout << "http://127.0.0.1:" << port << std::endl;
    std::thread stopper{[&] {
        int signal = 0;
        sigwait(&signals, &signal);
        rooms.shut_down();
        server.stop();
    }};
    server.listen_after_bind();
    stopper.join();
}
