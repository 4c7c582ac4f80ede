#include <unisono/net/connection.hpp>

#include "support/catch.hpp"

#include <asio/io_context.hpp>

#include <chrono>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// What a connection's handler was told.
struct story {
    std::string received = {};
    int reads = 0;
    int ends = 0;
    std::error_code why = {};
    std::function<void(unisono::connection&)> on_data = {};
};

class listener_to final : public unisono::connection_handler {
public:
    explicit listener_to(story& told) : told_(told) {}
    void on_data(unisono::connection& c, unisono::mutable_bytes bytes) override {
        told_.received += unisono::as_text(bytes);
        ++told_.reads;
        if (told_.on_data)
            told_.on_data(c);
    }
    void on_closed(unisono::connection&, std::error_code why) override {
        ++told_.ends;
        told_.why = why;
    }

private:
    story& told_;
};

/// A connection and the other end of its socket, which blocks unless told otherwise.
struct pair {
    pair(unisono::shard& shard, story& told, std::size_t outbox_limit = 1 << 20) : home(shard) {
        int both[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both) == 0);
        far = both[0];
        near = std::make_shared<unisono::connection>(home, unisono::tcp_socket::adopt(both[1]),
                                                     std::make_unique<listener_to>(told), outbox_limit);
        near->start();
    }
    ~pair() { // its handler knows of a story that may go before the shard
        hang_up();
        if (near)
            near->abort();
        home.context().restart();
        home.context().poll();
    }
    void hang_up() {
        if (far >= 0)
            ::close(std::exchange(far, -1));
    }
    void say(std::string_view text) const {
        REQUIRE(::send(far, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<::ssize_t>(text.size()));
    }
    /// What has arrived at the far end.
    std::string hear() const {
        std::string heard(1 << 20, '\0');
        auto const count = ::recv(far, heard.data(), heard.size(), MSG_DONTWAIT);
        heard.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
        return heard;
    }

    unisono::shard& home;
    int far = -1;
    std::shared_ptr<unisono::connection> near;
};

struct fixture {
    asio::io_context loop{1};
    unisono::shard home{loop};

    /// Runs what is ready and what follows from it; how many turns that took.
    std::size_t run() {
        loop.restart();
        std::size_t count = 0;
        while (count < 1000 && loop.poll_one() != 0)
            ++count;
        return count;
    }
};

} // namespace

TEST_CASE_METHOD(fixture, "a connection reads what arrives and learns of the end once") {
    story told;
    pair p{home, told};
    run();
    p.say("hello");
    run();
    CHECK(told.received == "hello");
    p.hang_up();
    run();
    CHECK(told.ends == 1);
    CHECK_FALSE(p.near->is_open());
}

TEST_CASE_METHOD(fixture, "a paused connection gets nothing, and costs no turn, until it is resumed") {
    story told;
    pair p{home, told};
    run();
    p.near->pause_reading();
    p.say("wait");
    run();
    CHECK(told.received.empty());
    p.hang_up(); // the end, too, has to wait
    run();
    CHECK(run() == 0);
    CHECK(told.ends == 0);

    p.near->resume_reading();
    run();
    CHECK(told.received == "wait");
    CHECK(told.ends == 1);
}

TEST_CASE_METHOD(fixture, "a connection ended by another one hears nothing more, not even of the same turn") {
    story told[2];
    pair a{home, told[0]};
    pair b{home, told[1]};
    told[0].on_data = [&](auto&) { b.near->abort(); };
    told[1].on_data = [&](auto&) { a.near->abort(); };
    run();
    a.say("x");
    b.say("y");
    run();
    CHECK(told[0].reads + told[1].reads == 1);
    CHECK(told[0].ends + told[1].ends == 1);
}

TEST_CASE_METHOD(fixture, "what a socket does not take at once is written when it does") {
    story told;
    pair p{home, told, 64 << 20};
    run();
    std::string sent;
    loop.restart();
    home.post([&] {
        for (char letter = 'a'; letter <= 'z'; ++letter) {
            std::string const message(100'000, letter);
            sent += message;
            REQUIRE(p.near->send(unisono::payload{std::string_view{message}}));
        }
    });
    run();
    CHECK(p.near->waits_for_peer());
    CHECK(run() == 0);
    std::string heard;
    while (heard.size() < sent.size()) {
        auto const part = p.hear();
        heard += part;
        if (run() == 0 && part.empty())
            break;
    }
    CHECK(heard == sent);
    CHECK_FALSE(p.near->waits_for_peer());
    CHECK(p.near->queued_bytes() == 0);
}

TEST_CASE_METHOD(fixture, "a peer that says no more may still listen to what is queued") {
    story told;
    pair p{home, told, 64 << 20};
    run();
    std::string const large(1'000'000, 'x');
    home.post([&] { REQUIRE(p.near->send(unisono::payload{std::string_view{large}})); });
    run();
    ::shutdown(p.far, SHUT_WR);
    run();
    CHECK(run() == 0); // its end is there to be read all the time, and must not keep the loop busy
    std::string heard;
    for (int i = 0; i < 1000 && heard.size() < large.size(); ++i) {
        heard += p.hear();
        run();
    }
    CHECK(heard == large);
    CHECK(told.ends == 1);
    CHECK_FALSE(told.why == std::errc::timed_out);
}

TEST_CASE_METHOD(fixture, "a connection whose peer is gone ends when it writes, also while paused") {
    story told;
    pair p{home, told};
    run();
    p.near->pause_reading();
    p.say("x");
    run();
    p.hang_up();
    home.post([&] { (void)p.near->send(unisono::payload{std::string_view{"anybody there?"}}); });
    run();
    CHECK(told.ends == 1);
    CHECK(told.why == std::errc::broken_pipe);
}

TEST_CASE_METHOD(fixture, "a connection that is gone is not flushed any more, neither at once nor paced") {
    for (auto const window : {0ms, 5ms}) {
        story told;
        pair p{home, told};
        run();
        home.post([&] {
            auto const bytes = unisono::payload{std::string_view{"too late"}};
            CHECK(p.near->send(bytes, unisono::overflow::refuse, 0, window));
            p.near->abort();
            p.near.reset();
        });
        run();
        CHECK(told.ends == 1);
        CHECK(p.hear().empty());
    }
}

TEST_CASE_METHOD(fixture, "bytes built in place keep their order among all others") {
    story told;
    pair p{home, told};
    run();
    std::string expected;
    home.post([&] {
        for (int i = 0; i < 500; ++i) {
            std::string const text = std::to_string(i) + std::string(static_cast<std::size_t>(i), '.') + "\n";
            expected += text;
            if (i % 7 == 0)
                REQUIRE(p.near->send(unisono::payload{std::string_view{text}}));
            else
                REQUIRE(p.near->post_built(text.size(), [&](unisono::mutable_bytes out) {
                    std::memcpy(out.data(), text.data(), text.size());
                }) == unisono::send_status::queued);
        }
    });
    std::string heard;
    for (int i = 0; i < 100 && heard.size() < 1000 * 500; ++i) {
        run();
        heard += p.hear();
    }
    CHECK(heard == expected);
}
