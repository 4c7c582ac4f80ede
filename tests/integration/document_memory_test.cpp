// Documents leave nothing behind in memory, and readers who do not read cost a bounded amount of it.
#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/document/encoded_yjs.hpp>
#include <unisono/server/server.hpp>
#include <unisono/store/store_sqlite.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/live_memory.hpp"
#include "support/loopback_client.hpp"
#include "support/running_server.hpp"
#include "support/small_updates.hpp"
#include "support/sync_update.hpp"
#include "support/temporary_directory.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;
using client = test::loopback_client;
using test::typed;

namespace {

/// SQLite, and how often it was asked for something.
class counting_store final : public document_store {
public:
    explicit counting_store(std::filesystem::path const& path)
        : below_(std::move(sqlite_store::open(path).value())) {}

    std::size_t compactions() const noexcept { return compactions_; }

    void load(std::string_view name, executor& on, load_handler done) override {
        below_->load(name, on, std::move(done));
    }
    void append(std::string_view name, record_format const& format, payload record, executor& on,
                append_handler done) override {
        below_->append(name, format, std::move(record), on, std::move(done));
    }
    void compact(std::string_view name, record_format const& format, payload snapshot,
                 std::uint64_t includes_seq, executor& on, done_handler done) override {
        below_->compact(name, format, std::move(snapshot), includes_seq, on,
                        [this, done = std::move(done)](result<void> outcome) {
                            done(outcome);
                            ++compactions_;
                        });
    }
    void remove(std::string_view name, executor& on, done_handler done) override {
        below_->remove(name, on, std::move(done));
    }
    void close() override { below_->close(); }

private:
    std::unique_ptr<sqlite_store> below_;
    std::atomic<std::size_t> compactions_{0};
};

void say(client& c, std::vector<std::uint64_t> head, bytes_view body) {
    byte_buffer message;
    lib0_writer out{message};
    for (auto const number : head)
        out.var_uint(number);
    out.var_bytes(body);
    c.send(client::frame(websocket_opcode::binary, as_text(message)));
}
void say_change(client& c, bytes_view update) {
    say(c, {0, 2}, update);
}

/// All that the server has, for a client that has nothing.
void read_document(client& c) {
    say(c, {0, 0}, as_bytes(std::string_view{"\0", 1}));
    while (test::update_in(as_bytes(c.read_message().body)).empty()) {
    }
}

/// A y-websocket server over SQLite, where documents are put away when nobody has them open.
struct world {
    test::temporary_directory directory;
    std::shared_ptr<counting_store> store = std::make_shared<counting_store>(directory / "documents.db");
    test::running_server server{{.store = store, .documents = {.unload_after = 0ms}}};

    world() { server.app.documents("/yjs"); }

    /// Opens `count` documents, edits and leaves them.
    void visit(std::string const& prefix, std::size_t count, std::size_t at_once) {
        auto const before = store->compactions();
        for (std::size_t begin = 0; begin < count; begin += at_once) {
            std::vector<client> clients;
            for (std::size_t i = begin; i < std::min(begin + at_once, count); ++i) {
                auto& c = clients.emplace_back(server.open("/yjs/" + prefix + std::to_string(i)));
                say(c, {1}, as_bytes(std::string_view{"\1\7\1\2{}", 6}));
                for (std::uint64_t clock = 0; clock < 5; ++clock)
                    say_change(c, typed(7, clock, "x"));
            }
            for (auto& c : clients)
                read_document(c);
        }
        REQUIRE(test::eventually([&] { return store->compactions() >= before + count; }, 60s));
        REQUIRE(test::eventually([&] { return is_idle(); }));
    }

    /// Nobody is there, and no document is in memory.
    bool is_idle() {
        std::promise<bool> idle;
        server.app.inspect([&](inspection const& seen) {
            idle.set_value(seen.documents.documents == 0 && seen.shards[0].connections == 0);
        });
        return idle.get_future().get();
    }
};

/// What is live when the store's thread has let go of what it did last.
std::size_t settled_memory() {
    auto least = test::live_memory();
    for (int i = 0; i < 50; ++i) {
        std::this_thread::sleep_for(1ms);
        least = std::min(least, test::live_memory());
    }
    return least;
}

/// What is live, without the pages of SQLite, which has a bound of its own for them; and a twentieth.
bool is_as_before(std::size_t before) {
    return test::live_memory() <= before + before / 20;
}

} // namespace

TEST_CASE("threat D10: documents that were opened, edited and left leave nothing in memory") {
    world w;
    w.visit("warm-up-", 400, 400); // tables have the size of the fullest moment
    auto const before = settled_memory();
    w.visit("visited-", test::from_environment("UNISONO_DOCUMENTS", 500), 100);
    auto const in_time = test::eventually([&] { return is_as_before(before); });
    CAPTURE(before, test::live_memory());
    CHECK(in_time);
}

TEST_CASE("soak: people who come, edit, read and go leave memory as it was") {
    world w;
    auto const seed = test::seed();
    CAPTURE(seed);
    seeded_random random{seed};
    auto const live = [&](std::chrono::seconds time) {
        std::vector<std::unique_ptr<client>> clients;
        std::vector<std::uint64_t> clocks(1000);
        auto const end = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < end) {
            if (clients.size() < 50 && random.below(3) == 0) {
                clients.push_back(
                    std::make_unique<client>(w.server.open("/yjs/soak-" + std::to_string(random.below(40)))));
            } else if (!clients.empty()) {
                auto const who = random.below(clients.size());
                auto const author = random.below(clocks.size());
                if (random.below(8) == 0) {
                    std::swap(clients[who], clients.back());
                    clients.pop_back();
                } else if (random.below(4) == 0) {
                    read_document(*clients[who]);
                } else {
                    say_change(*clients[who], typed(1 + author, 0, "x"));
                    clients[who]->discard_available();
                }
            }
        }
    };
    std::chrono::seconds const time{static_cast<int>(test::from_environment("UNISONO_SOAK_SECONDS", 2))};
    live(time);
    auto const settle = [&] { w.visit("settle-" + std::to_string(random.next()), 1, 1); };
    settle();
    auto const before = settled_memory();
    live(time);
    settle();
    auto const in_time = test::eventually([&] { return is_as_before(before); });
    CAPTURE(before, test::live_memory());
    CHECK(in_time);
}

TEST_CASE(
    "threat B7: editors who do not read cost a bounded amount, and are up to date when they read again") {
    world w;
    auto writer = w.server.open("/yjs/doc");
    read_document(writer);
    std::vector<client> stalled;
    for (int i = 0; i < 4; ++i) {
        stalled.push_back(w.server.open("/yjs/doc", 4096));
        read_document(stalled.back());
    }
    auto const before = test::live_memory();
    // More than an outbox and the kernel take for each of them.
    std::size_t peak = 0;
    std::uint64_t clock = 0;
    encoded_yjs written;
    for (int round = 0; round < 12; ++round) {
        for (int i = 0; i < 100; ++i, clock += 10'000) {
            auto const change = typed(1, clock, std::string(10'000, 'x'));
            written.add(payload{change});
            say_change(writer, change);
        }
        read_document(writer);
        peak = std::max(peak, test::live_memory());
    }
    std::size_t const document = clock;
    CAPTURE(document, peak - before);
    CHECK(peak - before < 8 * document + stalled.size() * 1024 * 1024);
    for (auto& c : stalled) {
        encoded_yjs known;
        int changes = 0;
        for (std::uint64_t end = 0; end < clock; ++changes) {
            auto const message = c.read_message();
            REQUIRE(message.opcode == websocket_opcode::binary);
            auto const update = test::update_in(as_bytes(message.body));
            if (update.empty())
                continue;
            known.add(payload{update});
            auto const meta = yjs::parse_update_meta(update).value();
            for (auto const& author : meta.clients)
                end = std::max(end, author.to);
        }
        CHECK(known.state_vector() == written.state_vector());
        CHECK(changes < 900); // of 1,200: what the kernel held, a queue, and one change for all the rest
    }
}
