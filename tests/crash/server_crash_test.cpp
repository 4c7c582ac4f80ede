// A server that is killed while people edit loses nothing that anybody was promised: neither changes that
// were confirmed as stored nor, if it stores them before it relays them, those that were relayed.
// UNISONO_CRASHES=300 kills more of them.
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/loopback_client.hpp"
#include "support/server_process.hpp"
#include "support/small_updates.hpp"
#include "support/sqlite_integrity.hpp"
#include "support/sync_update.hpp"
#include "support/temporary_directory.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;

namespace {

constexpr std::array<std::string_view, 2> documents{"notes", "plan"};
constexpr std::size_t editors = 4; ///< half of them in each document

/// By author, how many characters.
using amounts = std::map<std::uint64_t, std::uint64_t>;

void take_maximum(amounts& to, amounts const& from) {
    for (auto const& [author, count] : from)
        to[author] = std::max(to[author], count);
}

/// Of an update that begins at the beginning.
amounts amounts_in(bytes_view update) {
    amounts all;
    auto const encoded = yjs::state_vector_from_update(update, {});
    if (!encoded)
        throw std::runtime_error("the server sent no update");
    lib0_reader in{*encoded};
    for (auto count = in.var_uint(); count != 0; --count) {
        auto const author = in.var_uint();
        all[author] = in.var_uint();
    }
    return all;
}

/// Of an update that goes on somewhere: where each author is at its end.
amounts ends_in(bytes_view update) {
    amounts all;
    auto const about = yjs::parse_update_meta(update);
    if (!about)
        throw std::runtime_error("the server sent no update");
    for (auto const& author : about->clients)
        all[author.client] = author.to;
    return all;
}

/// A client of a document, over Hocuspocus.
class editor {
public:
    editor(std::uint16_t port, std::string_view document) : socket_(port), document_(document) {
        if (!socket_.open("/hocuspocus"))
            throw std::runtime_error("no WebSocket");
        send({"\2\0\0", 3}); // a token, of no characters
    }

    /// All that the server has.
    amounts read_all() {
        send({"\0\0\1\0", 4}); // step 1 with an empty state vector
        for (;;) {
            auto const frame = socket_.read_message();
            if (auto const update = test::update_in(as_bytes(frame.body), true); !update.empty())
                return amounts_in(update);
        }
    }

    /// Types, with some changes under way, until the connection ends.
    void type(std::uint64_t author, std::uint64_t from) {
        constexpr std::uint64_t under_way = 6;
        stored_[author] = from;
        for (auto typed = from;;) {
            for (; typed < stored_[author] + under_way; ++typed) {
                byte_buffer message;
                append(message, std::string_view{"\0\2", 2});
                lib0_writer{message}.var_bytes(test::typed(author, typed, "x"));
                send(as_text(message));
            }
            auto const frame = socket_.read_message();
            if (frame.body.ends_with("\10\1")) // in their order
                ++stored_[author];
            else if (auto const update = test::update_in(as_bytes(frame.body), true); !update.empty())
                take_maximum(relayed_, ends_in(update));
        }
    }

    amounts const& stored() const noexcept { return stored_; }
    amounts const& relayed() const noexcept { return relayed_; }

private:
    void send(std::string_view message) {
        byte_buffer bytes;
        lib0_writer{bytes}.var_string(document_);
        append(bytes, message);
        socket_.send(test::loopback_client::frame(websocket_opcode::binary, as_text(bytes)));
    }

    test::loopback_client socket_;
    std::string_view document_;
    amounts stored_;
    amounts relayed_;
};

} // namespace

TEST_CASE("threat D10: kill -9 of a server loses nothing that it confirmed or relayed") {
    // A server that relays first promises nothing to those who only heard of a change.
    auto const [relays_first, commit_delay] =
        GENERATE(std::pair{false, 0}, std::pair{true, 0}, std::pair{false, 5}, std::pair{true, 5});
    CAPTURE(relays_first, commit_delay);
    std::string const relay = relays_first ? "first" : "stored";
    test::temporary_directory directory;
    auto const seed = test::seed();
    CAPTURE(seed);
    seeded_random random{seed};
    std::array<amounts, documents.size()> told;
    std::chrono::steady_clock::duration slowest{};
    std::uint64_t relayed = 0; ///< how much further others were told that somebody had come
    auto const rounds = test::from_environment("UNISONO_CRASHES", 10);
    for (std::uint64_t round = 0; round <= rounds; ++round) {
        CAPTURE(round);
        test::server_process server{UNISONO_DOCUMENT_SERVER,
                                    {"--data", directory.path().string(), "--relay", relay, "--commit-delay",
                                     std::to_string(commit_delay)}};
        std::array<amounts, documents.size()> kept;
        for (std::size_t d = 0; d < documents.size(); ++d) {
            auto const begun = std::chrono::steady_clock::now();
            kept[d] = editor{server.port(), documents[d]}.read_all();
            slowest = std::max(slowest, std::chrono::steady_clock::now() - begun);
            for (auto const& [author, count] : told[d]) {
                CAPTURE(author);
                CHECK(kept[d][author] >= count);
            }
        }
        std::vector<std::unique_ptr<editor>> all;
        std::vector<std::thread> threads;
        for (std::uint64_t i = 0; i < editors; ++i) {
            auto const d = i % documents.size();
            auto& e = *all.emplace_back(std::make_unique<editor>(server.port(), documents[d]));
            threads.emplace_back([&e, author = i + 1, from = kept[d][i + 1]] {
                try {
                    e.type(author, from);
                } catch (std::runtime_error const&) { // the end of the connection
                }
            });
        }
        std::this_thread::sleep_for(std::chrono::microseconds{random.below(100'000)}); // any moment
        server.kill();
        for (auto& t : threads)
            t.join();
        for (std::size_t i = 0; i < editors; ++i) {
            for (auto const& [author, end] : all[i]->relayed())
                relayed += end - std::min(end, kept[i % documents.size()][author]);
            take_maximum(told[i % documents.size()], all[i]->stored());
            if (!relays_first)
                take_maximum(told[i % documents.size()], all[i]->relayed());
        }
        CHECK(test::integrity_of_copy(directory / "documents.db") == "ok");
    }
    std::uint64_t total = 0;
    for (auto const& each : told)
        for (auto const& [author, count] : each)
            total += count;
    CAPTURE(total, relayed);
    CHECK(total > 10 * rounds); // else this would have proved nothing
    CHECK(relayed > rounds);
    CHECK(slowest < 1s);
}
