#include <unisono/server/server.hpp>
#include <unisono/wire/permessage_deflate.hpp>
#include <unisono/wire/websocket_frame.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/resident_memory.hpp"
#include "support/running_server.hpp"

#include <atomic>
#include <ctime>
#include <memory>
#include <string>
#include <vector>

using namespace unisono;
using test::eventually;
using client = test::loopback_client;
using op = websocket_opcode;

namespace {

/// Counts what it passes on.
class counting_compression final : public websocket_compression {
public:
    std::optional<agreement> accept(std::string_view offers) const override { return inner_->accept(offers); }
    bool compress(bytes_view message, byte_buffer& to) const override {
        ++compressed;
        return inner_->compress(message, to);
    }
    std::optional<wire_error> decompress(bytes_view body, std::size_t limit, byte_buffer& to) const override {
        ++decompressed;
        return inner_->decompress(body, limit, to);
    }

    mutable std::atomic<int> compressed{0};
    mutable std::atomic<int> decompressed{0};

private:
    std::shared_ptr<websocket_compression const> inner_ = permessage_deflate();
};

/// What the handlers of a fixture's server write to.
struct witness {
    std::shared_ptr<counting_compression const> codec = std::make_shared<counting_compression>();
    std::atomic<int> opened{0};
    std::atomic<int> closed{0};
};

struct fixture : witness, test::running_server {

    void echo(websocket_options options = {}) {
        options.compression = codec;
        app.websocket("/ws",
                      {.on_open = [this](auto const&) { ++opened; },
                       .on_message =
                           [](websocket_session const& s, bytes_view data, bool binary) {
                               if (binary)
                                   s.send_binary(data);
                               else
                                   s.send_text(as_text(data));
                           },
                       .on_close = [this](close_code, std::string_view) { ++closed; }},
                      options);
    }
    /// A client whose offer, if it makes one, was answered.
    client open(std::string const& offer = "permessage-deflate", std::string_view path = "/ws") {
        auto c = connect();
        std::string const fields = offer.empty() ? "" : "Sec-WebSocket-Extensions: " + offer + "\r\n";
        c.send(client::upgrade(path, fields));
        auto const response = c.read_response();
        REQUIRE(response.status == 101);
        CHECK(response.field("Sec-WebSocket-Extensions").empty() == offer.empty());
        return c;
    }
};

std::string compress(std::string_view message) {
    byte_buffer body;
    permessage_deflate({.threshold = 0})->compress(as_bytes(message), body);
    return std::string{as_text(body)};
}

std::string decompress(std::string_view body) {
    byte_buffer message;
    permessage_deflate()->decompress(as_bytes(body), 1'000'000, message);
    return std::string{as_text(message)};
}

/// A whole compressed message.
std::string packed_frame(std::string_view body, op opcode = op::text) {
    auto frame = client::frame(opcode, body);
    frame[0] |= 0x40;
    return frame;
}

std::string const long_text(5'000, 'x');

} // namespace

TEST_CASE("messages are compressed for clients that ask for it, and only for them") {
    fixture f;
    f.echo();
    auto with = f.open("permessage-deflate; client_max_window_bits");
    with.send(packed_frame(compress(long_text)));
    auto const echo = with.read_message();
    CHECK(echo.compressed);
    CHECK(echo.body.size() < 100);
    CHECK(decompress(echo.body) == long_text);
    with.send_text("short and plain");
    auto const plain = with.read_message();
    CHECK_FALSE(plain.compressed);
    CHECK(plain.body == "short and plain");

    auto without = f.open("");
    without.send_text(long_text);
    auto const same = without.read_message();
    CHECK_FALSE(same.compressed);
    CHECK(same.body == long_text);
    without.send(packed_frame(compress(long_text)));
    CHECK(without.read_message().close_code() == 1002);
}

TEST_CASE("threat B5: without the option compression is declined") {
    test::running_server s;
    s.app.websocket("/ws", websocket_callbacks{});
    auto c = s.connect();
    c.send(client::upgrade("/ws", "Sec-WebSocket-Extensions: permessage-deflate\r\n"));
    auto const response = c.read_response();
    CHECK(response.status == 101);
    CHECK(response.field("Sec-WebSocket-Extensions").empty());
}

TEST_CASE("the answer to an offer names what was agreed") {
    fixture f;
    f.echo();
    auto const ask = [&](std::string const& offer) {
        auto c = f.connect();
        c.send(client::upgrade("/ws", "Sec-WebSocket-Extensions: " + offer + "\r\n"));
        auto const response = c.read_response();
        return std::to_string(response.status) + " " + response.field("Sec-WebSocket-Extensions");
    };
    std::string const agreed =
        "101 permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    CHECK(ask("permessage-deflate") == agreed);
    CHECK(ask("permessage-deflate; server_max_window_bits=9") == agreed + "; server_max_window_bits=9");
    CHECK(ask("permessage-deflate; server_max_window_bits=271") == "101 ");
    CHECK(ask("permessage-deflate;;") == "400 ");
}

TEST_CASE("a room's message is compressed once, and its bytes are the same for all") {
    fixture f;
    std::vector<websocket_session> sessions;
    std::atomic<int> there{0};
    f.app.websocket("/room",
                    {.on_open =
                         [&](websocket_session const& s) {
                             sessions.push_back(s);
                             ++there;
                         },
                     .on_close = [&](close_code, std::string_view) { --there; }},
                    {.compression = f.codec});
    std::vector<client> with;
    for (int i = 0; i < 10; ++i)
        with.push_back(
            f.open(i == 0 ? "permessage-deflate; server_max_window_bits=13" : "permessage-deflate", "/room"));
    auto without = f.open("", "/room");
    auto narrow = f.open("permessage-deflate; server_max_window_bits=12", "/room");
    REQUIRE(eventually([&] { return there == 12; }));

    message m;
    m.data = payload{long_text};
    for (auto const& s : sessions)
        CHECK(s.send_message(m) == send_status::queued);
    auto const first = with[0].read_message();
    CHECK(first.compressed);
    CHECK(decompress(first.body) == long_text);
    for (std::size_t i = 1; i < with.size(); ++i)
        CHECK(with[i].read_message().body == first.body);
    CHECK(f.codec->compressed == 1);
    CHECK(without.read_message().body == long_text);
    // Its window of 4 KiB does not reach over the whole message.
    CHECK(narrow.read_message().body == long_text);
}

TEST_CASE("the native protocol's messages are compressed once as well") {
    fixture f;
    f.app.rooms("/rooms", {.websocket = {.compression = f.codec}});
    auto const enter = [&](std::string const& offer) {
        auto c = f.open(offer, "/rooms");
        c.send_text("{\"type\":\"connect\",\"id\":1,\"payload\":{\"v\":1}}\n"
                    "{\"type\":\"subscribe\",\"id\":2,\"channel\":\"lobby\"}");
        for (std::string said; said.find("\"id\":2") == std::string::npos;)
            said += c.read_message().body;
        return c;
    };
    auto one = enter("permessage-deflate");
    auto two = enter("permessage-deflate");
    auto plain = enter("");
    f.codec->compressed = 0;
    f.app.rooms().publish("lobby", {.data = payload{'"' + long_text + '"'}});
    auto const first = one.read_message();
    CHECK(first.compressed);
    auto const as_is = plain.read_message();
    CHECK_FALSE(as_is.compressed);
    CHECK(as_is.body.find(long_text) != std::string::npos);
    CHECK(decompress(first.body) == as_is.body);
    CHECK(two.read_message().body == first.body);
    CHECK(f.codec->compressed == 1);
}

TEST_CASE("threat B4: a message that grows over the limit closes its connection, and only that") {
    fixture f;
    f.echo({.limits = {.max_message_size = 100'000}});
    auto other = f.open();
    std::string const full(100'000, 'x');
    other.send(packed_frame(compress(full)));
    CHECK(decompress(other.read_message().body) == full);
    auto c = f.open();
    c.send(packed_frame(compress(full + "x")));
    CHECK(c.read_message().close_code() == 1009);
    other.send_text("still there");
    CHECK(other.read_message().body == "still there");
}

TEST_CASE("threat B4: a hundred bombs at once are found in time and take no memory") {
    constexpr std::uint32_t limit = 1'000'000;
    fixture f;
    f.echo({.limits = {.max_message_size = limit}});
    std::string const bomb = packed_frame(compress(std::string(100'000'000, '\0')), op::binary);
    REQUIRE(bomb.size() < 200'000);
    auto witness = f.open();
    witness.send(packed_frame(compress(std::string(limit, 'x')))); // the states are there
    CHECK(witness.read_message().compressed);

    std::vector<client> attackers;
    for (int i = 0; i < 100; ++i)
        attackers.push_back(f.open());
    auto const before = test::peak_resident_memory();
    for (auto& c : attackers)
        c.send(std::string_view{bomb}.substr(0, bomb.size() - 1));
    for (auto& c : attackers) {
        auto const sent = std::clock(); // time on a CPU: the computer may be busy
        c.send(std::string_view{bomb}.substr(bomb.size() - 1));
        CHECK(c.read_message().close_code() == 1009);
        CHECK(std::clock() - sent < CLOCKS_PER_SEC / 10);
    }
    // The bombs themselves, as they came in, and one message.
    CHECK(test::peak_resident_memory() - before < 2 * limit + 100 * 2 * bomb.size());
    witness.send_text("still there");
    CHECK(witness.read_message().body == "still there");
}

TEST_CASE("threat B5: an idle connection that agreed to compression costs nothing more") {
    fixture f;
    f.echo();
    constexpr int count = 400;
    auto const cost = [&](std::string const& offer) {
        std::vector<client> clients;
        clients.reserve(count);
        auto const before = test::allocated_memory();
        for (int i = 0; i < count; ++i)
            clients.push_back(f.open(offer));
        REQUIRE(eventually([&] { return f.opened - f.closed == count; }));
        auto const bytes = test::allocated_memory() - before;
        clients.clear();
        REQUIRE(eventually([&] { return f.opened == f.closed; }));
        return static_cast<double>(bytes) / count;
    };
    (void)cost(""); // what is made once is there
    double const plain = cost("");
    double const compressed = cost("permessage-deflate");
    INFO(plain << " and " << compressed << " bytes per connection");
    CHECK(compressed - plain < 256); // the client's own buffer for a longer answer among it
}
