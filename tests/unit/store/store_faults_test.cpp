// A disk that fails, fills up or loses its power at any moment never makes the store say what is not so.
#include <unisono/store/store_sqlite.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/fault_disk.hpp"
#include "support/sqlite_integrity.hpp"
#include "unit/store/store_support.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using namespace unisono;
using test::fault_disk;
using fault = fault_disk::fault;

namespace {

char const* const path = "documents.db";
constexpr std::array<std::string_view, 2> names{"a", "b"};

/// Checkpoints come with every few pages instead of every thousand, so that a short life meets all there is.
class frequent_checkpoints {
public:
    frequent_checkpoints() { sqlite3_auto_extension(hook()); }
    ~frequent_checkpoints() { sqlite3_cancel_auto_extension(hook()); }

private:
    static void (*hook())() { return reinterpret_cast<void (*)()>(&make_frequent); }
    static int make_frequent(sqlite3* connection, char**, void const*) {
        return sqlite3_wal_autocheckpoint(connection, 12);
    }
};

/// What was asked of a store for one document, and what it said to that. A change is a number.
struct history {
    std::set<int> offered = {};
    std::set<int> acknowledged = {};
    std::uint64_t last_seq = 0; ///< acknowledged
};
using histories = std::array<history, names.size()>;

/// A record says which changes it holds; the rest is there to fill pages.
std::string record_of(std::set<int> const& changes, std::size_t size) {
    std::string text;
    for (int const each : changes)
        text += std::to_string(each) + ' ';
    return text + std::string(size, '.');
}
std::set<int> changes_in(std::string_view record) {
    std::istringstream in{std::string{record}};
    std::set<int> changes;
    for (int each; in >> each;)
        changes.insert(each);
    return changes;
}

/// One life of a store: appends, alone and in groups, compactions, loads and a proper end.
void live(histories& all, int& next_change) {
    auto opened = sqlite_store::open(path);
    if (!opened)
        return;
    waiting_store store{**opened};
    for (int round = 0; round < 14; ++round) {
        auto const d = static_cast<std::size_t>(round) % names.size();
        history& h = all[d];
        if (round % 5 == 4) {
            // Behind what is acknowledged, so that it includes nothing it does not know.
            auto const snapshot = record_of(h.acknowledged, 9000);
            static_cast<void>(store.compact(names[d], snapshot, h.last_seq));
            continue;
        }
        int const group = round % 3 == 0 ? 3 : 1;
        std::size_t const size = round % 4 == 1 ? 6000 : 20;
        waiting_executor on;
        int answers = 0;
        gate held{**opened};
        for (int i = 0; i < group; ++i) {
            int const change = next_change++;
            h.offered.insert(change);
            (*opened)->append(names[d], yjs, payload{record_of({change}, size)}, on,
                              [&, change](result<std::uint64_t> seq) {
                                  ++answers;
                                  if (!seq)
                                      return;
                                  CHECK(*seq > h.last_seq);
                                  h.last_seq = *seq;
                                  h.acknowledged.insert(change);
                              });
        }
        held.open();
        while (answers < group)
            on.run_one();
        if (round % 7 == 6)
            static_cast<void>(store.load(names[d]));
    }
}

/// What is on the disk for a document.
std::set<int> stored(waiting_store& store, std::string_view name) {
    std::set<int> found;
    auto const document = store.load(name);
    REQUIRE(document);
    CHECK(document->quarantined == 0);
    for (auto const& record : document->records)
        found.merge(changes_in(record.text()));
    return found;
}

bool is_within(std::set<int> const& part, std::set<int> const& whole) {
    return std::includes(whole.begin(), whole.end(), part.begin(), part.end());
}

/// All that was acknowledged is there, and nothing that was never offered.
void check(histories const& all) {
    {
        auto file = sqlite_store::open(path);
        REQUIRE(file);
        waiting_store store{**file};
        for (std::size_t d = 0; d < names.size(); ++d) {
            auto const found = stored(store, names[d]);
            CHECK(is_within(all[d].acknowledged, found));
            CHECK(is_within(found, all[d].offered));
        }
    }
    CHECK(test::integrity_of(path) == "ok");
}

/// Two lives on one disk, the power gone in between, and after.
struct lives {
    fault_disk disk;
    histories all = {};
    int next_change = 1;

    /// How many changes to the disk both lives make when all goes well.
    static std::size_t length() {
        lives l;
        l.run();
        return l.disk.changes();
    }
    void run() {
        live(all, next_change);
        live(all, next_change);
    }
};

} // namespace

TEST_CASE("threat D12: the power may go at any write, sync and deletion; what was acknowledged is there") {
    frequent_checkpoints const on;
    auto const length = lives::length();
    CHECK(length > 200);
    auto const seed = test::seed();
    CAPTURE(seed);
    seeded_random random{seed};
    for (std::uint64_t round = 0; round < test::from_environment("UNISONO_STORE_FAULTS", 1); ++round)
        for (std::size_t change = 0; change <= length; ++change) {
            CAPTURE(change);
            lives l;
            l.disk.fail(change, fault::power);
            l.run();
            l.disk.power_cycle(random);
            check(l.all);
        }
}

TEST_CASE("threat D10: a write or sync that fails is never acknowledged, and harms nothing that was") {
    frequent_checkpoints const on;
    auto const length = lives::length();
    auto const seed = test::seed();
    CAPTURE(seed);
    seeded_random random{seed};
    for (std::uint64_t round = 0; round < test::from_environment("UNISONO_STORE_FAULTS", 1); ++round)
        for (std::size_t change = 0; change <= length; ++change) {
            auto const how = random.below(2) == 0 ? fault::io : fault::full;
            bool const lasting = random.below(2) == 0;
            CAPTURE(change, static_cast<int>(how), lasting);
            lives l;
            l.disk.fail(change, how, lasting);
            l.run();
            l.disk.power_cycle(random);
            check(l.all);
            live(l.all, l.next_change); // it works again
            check(l.all);
        }
}

TEST_CASE("threat D10, the control: without syncs the same test sees what is lost") {
    frequent_checkpoints const on;
    auto const seed = test::seed();
    CAPTURE(seed);
    seeded_random random{seed};
    int losses = 0;
    for (int round = 0; round < 20; ++round) {
        lives l;
        l.disk.ignores_syncs = true; // what synchronous = OFF amounts to
        l.disk.fail(100 + random.below(100), fault::power);
        l.run();
        l.disk.power_cycle(random);
        auto file = sqlite_store::open(path);
        if (!file) {
            ++losses;
            continue;
        }
        waiting_store store{**file};
        for (std::size_t d = 0; d < names.size(); ++d) {
            std::set<int> found;
            if (auto const document = store.load(names[d]))
                for (auto const& record : document->records)
                    found.merge(changes_in(record.text()));
            losses += !is_within(l.all[d].acknowledged, found);
        }
    }
    CHECK(losses > 10);
}

TEST_CASE("threat D11: a flipped bit costs at most what it hit, and is never served") {
    lives l;
    l.run();
    auto const intact = l.disk.contents();
    auto const seed = test::seed();
    CAPTURE(seed);
    seeded_random random{seed};
    std::size_t served = 0;
    std::size_t rounds = test::from_environment("UNISONO_BIT_FLIPS", 200);
    for (std::size_t round = 0; round < rounds; ++round) {
        CAPTURE(round);
        l.disk.restore(intact);
        REQUIRE(l.disk.flip_bit(path, random));
        auto file = sqlite_store::open(path);
        if (!file)
            continue;
        waiting_store store{**file};
        for (std::size_t d = 0; d < names.size(); ++d) {
            auto const document = store.load(names[d]);
            if (!document)
                continue;
            std::set<int> found;
            for (auto const& record : document->records)
                found.merge(changes_in(record.text()));
            CHECK(is_within(found, l.all[d].offered));
            // Nothing is missing without anybody being told, unless SQLite's own structure is damaged, which
            // has no checksum: then a table may look shorter than it is.
            served += is_within(l.all[d].acknowledged, found);
        }
    }
    CHECK(served > rounds); // of two documents each
}
