// What must hold for any updates, tried on those of the vectors and on damaged ones.
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/random.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/vectors.hpp"

#include <algorithm>
#include <string>
#include <vector>

using unisono::byte_buffer;
using unisono::bytes_view;
using unisono::test::all_bytes_of;
using unisono::test::bytes_of;
using unisono::test::to_hex;
namespace yjs = unisono::yjs;

namespace {

using updates = std::vector<byte_buffer>;

byte_buffer merge(updates const& list) {
    return yjs::merge_updates(std::vector<bytes_view>(list.begin(), list.end())).value();
}

byte_buffer compact(updates const& list) {
    return yjs::compact_updates(std::vector<bytes_view>(list.begin(), list.end())).value();
}

/// The updates of every document of the vectors.
std::vector<updates> const& logs() {
    static auto const all = [] {
        std::vector<updates> result;
        auto const vectors = unisono::test::load_vectors("yjs-vectors.json");
        for (auto doc : vectors.root()["docs"].elements())
            result.push_back(all_bytes_of(doc["updates"]));
        return result;
    }();
    return all;
}

std::uint64_t seed() {
    return unisono::test::from_environment("UNISONO_SEED", 20240607);
}

template <class T>
void shuffle(std::vector<T>& list, unisono::random_source& random) {
    for (std::size_t i = list.size(); i > 1; --i)
        std::swap(list[i - 1], list[random.below(i)]);
}

/// Runs everything that takes an update. Returns whether it is valid.
bool survive(bytes_view update) {
    bool const valid = yjs::validate_update(update).has_value();
    bytes_view const twice[] = {update, update};
    auto const merged = yjs::merge_updates(twice);
    auto const compacted = yjs::compact_updates(twice);
    auto const vector = yjs::state_vector_from_update(update);
    REQUIRE(merged.has_value() == valid);
    REQUIRE(compacted.has_value() == valid);
    REQUIRE(vector.has_value() == valid);
    REQUIRE(yjs::parse_update_meta(update).has_value() == valid);
    if (valid) {
        REQUIRE(yjs::validate_update(*merged));
        REQUIRE(yjs::validate_update(*compacted));
        REQUIRE(yjs::diff_update(update, *vector));
    }
    return valid;
}

} // namespace

TEST_CASE("merging adds nothing to what is there already") {
    INFO("UNISONO_SEED=" << seed());
    unisono::seeded_random random{seed()};
    for (auto const& log : logs()) {
        auto const whole = compact(log);
        updates again = log;
        shuffle(again, random);
        again.insert(again.begin(), whole);
        CHECK(to_hex(compact(again)) == to_hex(whole));
    }
}

TEST_CASE("merging does not depend on order, grouping or repetition") {
    // Updates of one history may carry the same element with its content and without, and either may come
    // first. Parts of one update do not, so what is made from them can be compared byte by byte.
    INFO("UNISONO_SEED=" << seed());
    unisono::seeded_random random{seed()};
    for (auto const& log : logs()) {
        auto const whole = compact({merge(log)}); // without the key marks that a difference drops too
        updates parts{whole};
        auto const meta = yjs::parse_update_meta(whole).value();
        for (int i = 0; i < 8; ++i) {
            yjs::state_vector known;
            for (auto const& [client, from, to] : meta.clients)
                known.set(client, from + random.below(to - from + 1));
            parts.push_back(yjs::diff_update(whole, known.encode()).value());
        }
        parts.push_back(parts.back());
        shuffle(parts, random);
        auto const middle = parts.begin() + static_cast<std::ptrdiff_t>(random.below(parts.size()));
        CHECK(to_hex(compact(parts)) == to_hex(whole));
        CHECK(to_hex(compact({merge({parts.begin(), middle}), compact({middle, parts.end()})})) ==
              to_hex(whole));
    }
}

TEST_CASE("a difference holds all that a replica lacks, and no element it has") {
    INFO("UNISONO_SEED=" << seed());
    unisono::seeded_random random{seed()};
    for (auto const& log : logs()) {
        auto const whole = merge(log);
        auto const count = static_cast<std::ptrdiff_t>(random.below(log.size()) + 1);
        auto const part = merge({log.begin(), log.begin() + count});
        auto const encoded = yjs::state_vector_from_update(part).value();
        auto const known = yjs::state_vector::decode(encoded).value();
        auto const rest = yjs::diff_update(whole, encoded).value();
        auto const meta = yjs::parse_update_meta(rest).value();
        for (auto const& client : meta.clients)
            CHECK(client.from == known.get(client.client));
        CHECK(to_hex(yjs::state_vector_from_update(merge({part, rest})).value()) ==
              to_hex(yjs::state_vector_from_update(whole).value()));
    }
}

TEST_CASE("no prefix of an update is an update") {
    for (auto const& log : logs()) {
        for (auto const& update : log)
            for (std::size_t size = 0; size < update.size(); ++size)
                REQUIRE_FALSE(survive(bytes_view{update}.first(size)));
    }
}

TEST_CASE("a damaged update is refused or means something else, and harms nobody") {
    INFO("UNISONO_SEED=" << seed());
    unisono::seeded_random random{seed()};
    std::size_t valid = 0;
    std::size_t refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        auto const& log = logs()[random.below(logs().size())];
        byte_buffer update = log[random.below(log.size())];
        for (auto changes = 1 + random.below(3); changes > 0 && !update.empty(); --changes) {
            auto const at = update.begin() + static_cast<std::ptrdiff_t>(random.below(update.size()));
            switch (random.below(4)) {
            case 0:
                *at = static_cast<std::byte>(random.next());
                break;
            case 1:
                *at ^= static_cast<std::byte>(1U << random.below(8));
                break;
            case 2:
                update.erase(at);
                break;
            default:
                update.insert(at, static_cast<std::byte>(random.below(2) == 0 ? 0xff : random.below(16)));
            }
        }
        INFO(to_hex(update));
        ++(survive(update) ? valid : refused);
    }
    CHECK(valid > 100);
    CHECK(refused > 100);
}

TEST_CASE("keys typed one by one become one run, in whatever order they arrive") {
    updates log;
    for (std::uint64_t clock = 0; clock < 20'000; ++clock) {
        byte_buffer update;
        unisono::lib0_writer out{update};
        for (std::uint64_t n : {std::uint64_t{1}, std::uint64_t{1}, std::uint64_t{7}, clock})
            out.var_uint(n);
        if (clock == 0) {
            unisono::append(update, std::string_view{"\x04\x01\x01t"});
        } else {
            out.u8(0x84);
            out.var_uint(7);
            out.var_uint(clock - 1);
        }
        out.var_string("x");
        out.var_uint(0);
        log.push_back(update);
    }
    unisono::seeded_random random{seed()};
    shuffle(log, random);
    auto const whole = compact(log);
    CHECK(whole.size() < 20'020);
    CHECK(compact({merge(log)}) == whole);
}
