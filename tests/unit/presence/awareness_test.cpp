#include <unisono/codec/lib0_writer.hpp>
#include <unisono/presence/awareness.hpp>

#include "support/catch.hpp"
#include "support/vectors.hpp"

#include <string>
#include <string_view>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using unisono::test::to_hex;

namespace {

struct entry {
    std::uint64_t id;
    std::uint64_t clock;
    std::string_view state;
};

byte_buffer update(std::vector<entry> const& entries) {
    byte_buffer bytes;
    lib0_writer out{bytes};
    out.var_uint(entries.size());
    for (auto const& e : entries) {
        out.var_uint(e.id);
        out.var_uint(e.clock);
        out.var_string(e.state);
    }
    return bytes;
}

struct fixture {
    manual_clock time;
    awareness who;

    explicit fixture(awareness_limits limits = {}) : who(limits) {}
    result<awareness::outcome> apply(std::vector<entry> const& entries, awareness::peer_id from = 1) {
        return who.apply(update(entries), from, time.now());
    }
    /// What is relayed of an accepted update.
    byte_buffer relayed(std::vector<entry> const& entries, awareness::peer_id from = 1) {
        auto const outcome = apply(entries, from).value();
        CHECK(outcome.reply.empty());
        return outcome.relay;
    }
};

} // namespace

TEST_CASE("updates written by y-protocols are taken in and relayed as they came") {
    fixture f;
    auto const vectors = test::load_vectors("yjs-vectors.json");
    std::vector<byte_buffer> relayed;
    for (auto v : vectors.root()["awareness"].elements()) {
        auto const bytes = test::bytes_of(v[1]);
        relayed.push_back(f.who.apply(bytes, 1, f.time.now()).value().relay);
        CHECK((relayed.back().empty() || to_hex(relayed.back()) == to_hex(bytes)));
    }
    REQUIRE(relayed.size() == 4);
    CHECK(relayed[0].empty()); // clock 0 of an unknown client is never accepted
    CHECK_FALSE(relayed[1].empty());
    CHECK_FALSE(relayed[2].empty());
    CHECK_FALSE(relayed[3].empty());
    CHECK(f.who.present() == 0);
}

TEST_CASE("only news is accepted: a higher clock, or a removal under the same") {
    fixture f;
    CHECK_FALSE(f.relayed({{5, 3, "{}"}}).empty());
    CHECK(f.relayed({{5, 3, "{\"a\":1}"}}).empty());
    CHECK(f.relayed({{5, 2, "{\"a\":1}"}}).empty());
    CHECK(f.relayed({{5, 2, "null"}}).empty());
    CHECK(f.who.encode() == update({{5, 3, "{}"}}));
    CHECK(f.relayed({{5, 4, "{\"a\":1}"}}) == update({{5, 4, "{\"a\":1}"}}));
    CHECK(f.relayed({{5, 4, "null"}}) == update({{5, 4, "null"}}));
    CHECK(f.relayed({{5, 4, "null"}}).empty());
    CHECK(f.who.encode().empty());
    CHECK(f.relayed({{5, 5, "{}"}}) == update({{5, 5, "{}"}}));
    CHECK(f.who.present() == 1);
}

TEST_CASE("only the news of an update is relayed") {
    fixture f;
    f.relayed({{5, 3, "{}"}, {6, 1, "{}"}});
    CHECK(f.relayed({{5, 3, "{}"}, {6, 2, "[1]"}, {7, 1, "1"}}) == update({{6, 2, "[1]"}, {7, 1, "1"}}));
    CHECK(f.who.present() == 3);
}

TEST_CASE("a client that comes back under an old clock is told the one to overtake") {
    fixture f;
    f.relayed({{5, 3, "{}"}}, 1);
    CHECK(f.who.remove_peer(1, f.time.now()) == update({{5, 3, "null"}}));
    auto const outcome = f.apply({{5, 3, "{}"}}, 2).value();
    CHECK(outcome.relay.empty());
    CHECK(outcome.reply == update({{5, 3, "null"}}));
    CHECK(f.relayed({{5, 4, "{}"}}, 2) == update({{5, 4, "{}"}}));
    CHECK(f.who.remove_peer(1, f.time.now()).empty());
    CHECK(f.who.remove_peer(2, f.time.now()) == update({{5, 4, "null"}}));
}

TEST_CASE("a state goes with the connection that introduced it, and with nobody else") {
    fixture f;
    f.relayed({{5, 3, "{}"}}, 1);
    CHECK_FALSE(f.relayed({{5, 4, "{}"}}, 2).empty()); // another tab passes it on
    CHECK(f.relayed({{5, 4, "null"}}, 2).empty());
    CHECK(f.relayed({{5, 9, "null"}}, 2).empty());
    CHECK(f.who.remove_peer(2, f.time.now()).empty());
    CHECK(f.who.encode() == update({{5, 4, "{}"}}));
    CHECK(f.who.remove_peer(1, f.time.now()) == update({{5, 4, "null"}}));
}

TEST_CASE("what is not renewed for 30 seconds is dropped; its clock is remembered for two minutes") {
    fixture f;
    f.relayed({{5, 3, "{}"}, {6, 1, "{}"}});
    f.time.advance(29s);
    CHECK(f.who.expire(f.time.now()).empty());
    f.relayed({{6, 2, "{}"}});
    f.time.advance(1s);
    CHECK(f.who.expire(f.time.now()) == update({{5, 3, "null"}}));
    CHECK(f.who.present() == 1);
    CHECK_FALSE(f.apply({{5, 3, "{}"}}).value().reply.empty());
    f.time.advance(2min);
    f.who.expire(f.time.now());
    CHECK(f.relayed({{5, 1, "{}"}}) == update({{5, 1, "{}"}}));
}

TEST_CASE("what is malformed or beyond a limit is refused whole") {
    fixture f{{.state = 64, .clients_per_peer = 3, .clients = 5}};
    f.relayed({{1, 1, "{}"}});
    auto const before = f.who.encode();
    auto const whole = update({{2, 1, "{}"}, {3, 1, "[]"}});
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(f.who.apply(bytes_view{whole}.first(size), 1, f.time.now()));
    auto longer = whole;
    longer.push_back(std::byte{0});
    CHECK_FALSE(f.who.apply(longer, 1, f.time.now()));
    CHECK_FALSE(f.who.apply(test::from_hex("ffffffffffffff0f"), 1, f.time.now()));
    for (std::string_view state : {"", "{", "nul", "{}x", "\xff"})
        CHECK_FALSE(f.apply({{2, 1, "{}"}, {3, 1, state}}));
    CHECK_FALSE(f.apply({{2, 1, "\"" + std::string(64, 'x') + "\""}}));
    CHECK_FALSE(f.apply({{2, (std::uint64_t{1} << 31) + 1, "{}"}}));
    CHECK_FALSE(f.apply({{2, 1, "{}"}, {3, 1, "{}"}, {4, 1, "{}"}}));
    CHECK(f.who.encode() == before);
    CHECK(f.relayed({}).empty()); // nobody: valid
}

TEST_CASE("removals of strangers leave nothing behind") {
    fixture f{{.clients_per_peer = 2, .clients = 4}};
    for (std::uint64_t id = 10; id < 100; ++id)
        CHECK(f.relayed({{id, 1, "null"}}).empty());
    CHECK_FALSE(f.relayed({{1, 1, "{}"}}, 2).empty());
}

TEST_CASE("a connection cannot fill the table by coming and going under many names") {
    fixture f{{.clients_per_peer = 2, .clients = 4}};
    int accepted = 0;
    for (std::uint64_t id = 10; id < 100; ++id)
        if (f.apply({{id, 1, "{}"}})) {
            ++accepted;
            f.relayed({{id, 2, "null"}});
        }
    CHECK(accepted == 2);
    CHECK_FALSE(f.relayed({{1, 1, "{}"}}, 2).empty());
}
