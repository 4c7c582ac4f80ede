#include <unisono/server/server.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"

#include <atomic>
#include <cstdint>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace unisono;
using client = test::loopback_client;

namespace {

/// The offset in an event's `id: epoch:offset`; `id` becomes the whole of it.
std::uint64_t next_offset(client& c, std::string& id) {
    for (;;) {
        auto const event = c.read_until("\n\n");
        auto const at = event.find("id: ");
        if (at == std::string::npos)
            continue; // a comment, or the time to reconnect
        if (event.find("event: reset") != std::string::npos)
            throw std::runtime_error("everything is kept, and yet the position was lost");
        id = event.substr(at + 4, event.find('\n', at) - at - 4);
        return std::stoull(id.substr(id.rfind(':') + 1));
    }
}

/// Opens and closes streams, every other one where the one before ended.
void come_and_go(std::uint16_t port, std::string const& room, int times) {
    std::string id;
    std::uint64_t last = 0;
    for (int i = 0; i < times; ++i) {
        client c{port};
        bool const resumes = i % 2 == 1;
        c.send(client::request("/feed/" + room, resumes ? "Last-Event-ID: " + id + "\r\n" : ""));
        if (c.read_response(false).status != 200)
            throw std::runtime_error("no stream");
        if (!resumes)
            last = next_offset(c, id); // the position alone
        for (int n = 0; n < 3; ++n) {
            auto const offset = next_offset(c, id);
            if (resumes && n == 0 && offset == last)
                continue; // nothing was missed: the position alone
            if (offset != ++last)
                throw std::runtime_error("a gap or a duplicate: " + id);
        }
        if (i % 3 == 0)
            c.reset();
    }
}

} // namespace

TEST_CASE("eight threads publish while 1,000 sockets open and close") {
    test::running_server s{{.threads = 4, .rooms = {.history = {.messages = 100'000}}}};
    s.app.feed("/feed/{room}");
    s.start();

    std::atomic<bool> over{false};
    std::vector<std::thread> publishers;
    for (int p = 0; p < 8; ++p)
        publishers.emplace_back([&app = s.app, &over, room = std::string{p % 2 ? "a" : "b"}] {
            while (!over) {
                // One at a time: it is not to run away from the readers.
                auto const done = std::make_shared<std::promise<void>>();
                app.rooms().publish(room, {.data = payload{std::string_view{"x"}}},
                                    [done](published const&) { done->set_value(); });
                done->get_future().wait();
            }
        });
    std::vector<std::future<void>> crowds;
    for (int i = 0; i < 4; ++i)
        crowds.push_back(
            std::async(std::launch::async, [port = s.app.port(), room = std::string{i % 2 ? "a" : "b"}] {
                come_and_go(port, room, 250);
            }));
    std::string error;
    for (auto& c : crowds) {
        try {
            c.get();
        } catch (std::exception const& e) {
            error = e.what();
        }
    }
    over = true;
    for (auto& p : publishers)
        p.join();
    CAPTURE(error);
    CHECK(error.empty());
}
