#include <unisono/net/listener.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/recording_logger.hpp"
#include "support/shard_thread.hpp"

#include <algorithm>
#include <atomic>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace unisono;
using client = test::loopback_client;
using test::eventually;

namespace {

/// Greets everybody who comes, and counts them.
struct greeter {
    std::atomic<int> accepted{0};

    listener::accept_handler handler() {
        return [this](shard&, tcp_socket socket) {
            ++accepted;
            std::error_code gone; // it may be by now
            (void)socket.write_some(unisono::as_bytes("hello"), gone);
        };
    }
};

/// While this lives, the process can open no more files than it has.
class no_descriptors {
public:
    no_descriptors() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        rlimit const few{std::min<rlim_t>(before_.rlim_cur, 256), before_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
        for (int fd; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;)
            fillers_.push_back(fd);
        REQUIRE(errno == EMFILE);
    }
    ~no_descriptors() {
        give_back(fillers_.size());
        ::setrlimit(RLIMIT_NOFILE, &before_);
    }
    void give_back(std::size_t count) {
        for (; count > 0 && !fillers_.empty(); --count) {
            ::close(fillers_.back());
            fillers_.pop_back();
        }
    }

private:
    rlimit before_{};
    std::vector<int> fillers_;
};

} // namespace

TEST_CASE("everybody who waits is accepted, and what else is to be done does not wait for all of them") {
    test::shard_thread loop;
    greeter door;
    std::atomic<int> accepted_before_task{-1};
    auto const at = loop.listen([&, greet = door.handler()](shard& home, tcp_socket socket) {
        greet(home, std::move(socket));
        if (door.accepted == 1)
            home.post([&] { accepted_before_task = door.accepted.load(); });
    });
    std::vector<client> crowd;
    auto paused = loop.pause();
    for (int i = 0; i < 200; ++i)
        crowd.emplace_back(at->port());
    paused.reset();
    for (auto& c : crowd)
        REQUIRE(c.read_all() == "hello");
    CHECK(door.accepted == 200);
    loop.ask([] {}); // the task was there before
    CHECK(accepted_before_task >= 1);
    CHECK(accepted_before_task <= 64);
    CHECK(client{at->port()}.read_all() == "hello"); // it goes on
    loop.ask([&] { at->stop(); });
}

TEST_CASE("threat E6: what is thrown at a client's coming is logged, and who comes next is accepted") {
    test::recording_logger log;
    test::shard_thread loop{log};
    greeter door;
    auto const at = loop.listen([&, greet = door.handler()](shard& home, tcp_socket socket) {
        greet(home, std::move(socket));
        if (door.accepted == 1)
            throw std::runtime_error{"no memory for a guest"};
    });
    CHECK(client{at->port()}.read_all() == "hello");
    CHECK(client{at->port()}.read_all() == "hello");
    CHECK(log.errors().find("no memory for a guest") != std::string::npos);
    loop.ask([&] { at->stop(); });
}

TEST_CASE("a listener may be stopped from where it says that a client has come") {
    test::shard_thread loop;
    greeter door;
    std::shared_ptr<listener> at;
    at = loop.listen([&, greet = door.handler()](shard& home, tcp_socket socket) {
        greet(home, std::move(socket));
        at->stop();
        at.reset();
    });
    auto const port = at->port();
    CHECK(client{port}.read_all() == "hello");
    loop.ask([] {});
    CHECK_THROWS_AS(client{port}, std::runtime_error);
    CHECK(door.accepted == 1);
}

TEST_CASE("connections that are reset before they are accepted harm nobody") {
    test::shard_thread loop;
    greeter door;
    auto const at = loop.listen(door.handler());
    std::vector<client> staying;
    auto paused = loop.pause();
    for (int i = 0; i < 100; ++i) {
        client{at->port()}.reset();
        if (i % 10 == 0)
            staying.emplace_back(at->port());
    }
    paused.reset();
    for (auto& c : staying)
        CHECK(c.read_all() == "hello");
    CHECK(client{at->port()}.read_all() == "hello");
    loop.ask([&] { at->stop(); });
}

TEST_CASE("threat A12: without descriptors who waits is told so, it is logged once, and it ends by itself") {
    test::recording_logger log;
    test::shard_thread loop{log};
    greeter door;
    auto const at = loop.listen(door.handler(), "no room");
    std::vector<client> crowd;
    auto paused = loop.pause();
    for (int i = 0; i < 100; ++i)
        crowd.emplace_back(at->port());
    {
        no_descriptors none;
        paused.reset();
        for (auto& c : crowd)
            CHECK(c.read_all() == "no room");
        CHECK(door.accepted == 0);
        none.give_back(2); // one for the client, one for the server
        // Who comes while it still turns others away goes with them.
        CHECK(eventually([&] { return client{at->port()}.read_all() == "hello"; }));
    }
    CHECK(loop.home.metrics().accept_pauses.value() > 0);
    auto const told = log.others();
    auto const first = told.find("clients are turned away");
    CHECK(first != std::string::npos);
    CHECK(told.find("clients are turned away", first + 1) == std::string::npos);
    loop.ask([&] { at->stop(); });
}

TEST_CASE("a listener that has stopped accepts nobody, also while it waits for descriptors") {
    test::shard_thread loop;
    greeter door;
    auto const at = loop.listen(door.handler(), "no room");
    bool const waits = GENERATE(false, true);
    if (waits) {
        auto paused = loop.pause();
        client turned_away{at->port()};
        no_descriptors none;
        paused.reset();
        CHECK(turned_away.read_all() == "no room");
    }
    loop.ask([&] { at->stop(); });
    CHECK_THROWS_AS(client{at->port()}, std::runtime_error);
    CHECK(door.accepted == 0);
}

TEST_CASE("what cannot be listened on is an error, and a port is shared only by those who want to") {
    test::shard_thread loop;
    auto const reserve = std::make_shared<descriptor_reserve>();
    auto const open = [&](
                          std::string const& address, std::uint16_t port, listener::sharing with,
                          listener::accept_handler on_accept = [](shard&, tcp_socket) {}) {
        return loop.ask(
            [&] { return listener::open(loop.home, address, port, with, std::move(on_accept), reserve); });
    };
    using enum listener::sharing;
    CHECK_FALSE(open("localhost", 0, exclusive)); // a name is no address
    CHECK(open("192.0.2.1", 0, exclusive).error() == std::errc::address_not_available);
    auto const alone = open("127.0.0.1", 0, exclusive);
    REQUIRE(alone);
    CHECK(open("127.0.0.1", (*alone)->port(), exclusive).error() == std::errc::address_in_use);
    CHECK(open("127.0.0.1", (*alone)->port(), reuse_port).error() == std::errc::address_in_use);

    greeter door;
    auto const one = open("127.0.0.1", 0, reuse_port, door.handler());
    REQUIRE(one);
    auto const other = open("127.0.0.1", (*one)->port(), reuse_port, door.handler());
    REQUIRE(other);
    CHECK((*one)->port() == (*other)->port());
    loop.ask([&] {
        (*one)->start();
        (*other)->start();
    });
    for (int i = 0; i < 20; ++i)
        CHECK(client{(*one)->port()}.read_all() == "hello");
    loop.ask([&] { // on their shard, as the sockets are its
        for (auto const* l : {&alone, &one, &other})
            (**l)->stop();
    });
}
