// What every store promises, checked for each of them.
#include <unisono/store/store_memory.hpp>
#include <unisono/store/store_sqlite.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "unit/store/store_support.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace std::literals;
using unisono::payload;
using unisono::store_error;
using texts = std::vector<std::string>;

namespace {

struct memory_fixture {
    std::unique_ptr<unisono::document_store> store = std::make_unique<unisono::memory_store>();
};

struct sqlite_fixture {
    temporary_directory directory;
    std::unique_ptr<unisono::document_store> store =
        std::move(unisono::sqlite_store::open(directory / "new/directories/documents.sqlite").value());
};

} // namespace

TEMPLATE_TEST_CASE("store: an unknown document is empty", "", memory_fixture, sqlite_fixture) {
    TestType fixture;
    waiting_store store{*fixture.store};
    auto const loaded = store.load("nothing").value();
    CHECK(loaded.records.empty());
    CHECK(loaded.last_seq == 0);
    CHECK(loaded.format.engine.empty());
    CHECK(loaded.quarantined == 0);
}

TEMPLATE_TEST_CASE("store: records come back in order, apart per document", "", memory_fixture,
                   sqlite_fixture) {
    TestType fixture;
    waiting_store store{*fixture.store};
    CHECK(store.append("a", "one").value() == 1);
    CHECK(store.append("a", "").value() == 2);
    CHECK(store.append("b", "other").value() == 1);
    CHECK(store.append("a", "thr\0e"s).value() == 3);
    CHECK(store.append("", "unnamed").value() == 1);
    CHECK(store.append("a\0b"s, "with NUL").value() == 1);

    auto const a = store.load("a").value();
    CHECK(store.records("a") == texts{"one", "", "thr\0e"s});
    CHECK(a.last_seq == 3);
    CHECK(a.format == yjs);
    CHECK(a.snapshot_bytes == 0);
    CHECK(a.log_bytes == 8);
    CHECK(a.log_records == 3);
    CHECK(store.records("b") == texts{"other"});
    CHECK(store.records("") == texts{"unnamed"});
    CHECK(store.records("a\0b"s) == texts{"with NUL"});
}

TEMPLATE_TEST_CASE("store: a snapshot replaces what it includes", "", memory_fixture, sqlite_fixture) {
    TestType fixture;
    waiting_store store{*fixture.store};
    for (auto const* record : {"1", "2", "3", "4"})
        REQUIRE(store.append("a", record));
    REQUIRE(store.append("b", "untouched"));
    REQUIRE(store.compact("a", "1+2+3", 3));
    CHECK(store.records("a") == texts{"1+2+3", "4"});
    auto const loaded = store.load("a").value();
    CHECK(loaded.snapshot_bytes == 5);
    CHECK(loaded.log_bytes == 1);
    CHECK(loaded.log_records == 1);
    CHECK(loaded.last_seq == 4);

    REQUIRE(store.compact("a", "all", 4));
    CHECK(store.records("a") == texts{"all"});
    CHECK(store.append("a", "5").value() == 5);
    CHECK(store.records("a") == texts{"all", "5"});
    CHECK(store.records("b") == texts{"untouched"});

    CHECK(store.compact("a", "late", 3).error() == store_error::outdated);
    CHECK(store.records("a") == texts{"all", "5"});
}

TEMPLATE_TEST_CASE("store: a document may begin with a snapshot", "", memory_fixture, sqlite_fixture) {
    TestType fixture;
    waiting_store store{*fixture.store};
    REQUIRE(store.compact("imported", "state", 0));
    CHECK(store.append("imported", "edit").value() == 1);
    CHECK(store.records("imported") == texts{"state", "edit"});
    REQUIRE(store.compact("moved", "state", 10));
    CHECK(store.append("moved", "edit").value() == 11);
}

TEMPLATE_TEST_CASE("store: formats do not mix", "", memory_fixture, sqlite_fixture) {
    TestType fixture;
    waiting_store store{*fixture.store};
    REQUIRE(store.append("a", "1"));
    CHECK(store.append("a", "2", {"yjs", 2}).error() == store_error::other_format);
    CHECK(store.append("a", "2", {"automerge", 1}).error() == store_error::other_format);
    CHECK(store.append("a", "2").value() == 2);
    CHECK(store.compact("a", "1'", 1, {"yjs", 2}).error() == store_error::other_format);
    CHECK(store.records("a") == texts{"1", "2"});
    REQUIRE(store.compact("a", "1'+2'", 2, {"yjs", 2}));
    CHECK(store.load("a").value().format == unisono::record_format{"yjs", 2});
    CHECK(store.append("a", "3", {"yjs", 2}).value() == 3);
}

TEMPLATE_TEST_CASE("store: a removed document starts anew", "", memory_fixture, sqlite_fixture) {
    TestType fixture;
    waiting_store store{*fixture.store};
    REQUIRE(store.append("a", "1"));
    REQUIRE(store.compact("a", "s", 1));
    REQUIRE(store.append("a", "2"));
    REQUIRE(store.append("b", "1"));
    REQUIRE(store.remove("a"));
    REQUIRE(store.remove("never there"));
    CHECK(store.load("a").value().last_seq == 0);
    CHECK(store.records("a").empty());
    CHECK(store.records("b") == texts{"1"});
    CHECK(store.append("a", "again", {"automerge", 1}).value() == 1);
    CHECK(store.records("a") == texts{"again"});
}

TEMPLATE_TEST_CASE("store: handlers run on the executor, in order, once", "", memory_fixture,
                   sqlite_fixture) {
    TestType fixture;
    waiting_executor executor;
    std::vector<std::uint64_t> seqs;
    bool on_executor = true;
    for (int i = 0; i < 500; ++i)
        fixture.store->append("a", yjs, payload{std::to_string(i)}, executor, [&](auto seq) {
            on_executor &= executor.running_here();
            seqs.push_back(seq.value());
        });
    // Asked for after the appends, so it sees them all.
    std::optional<std::size_t> loaded;
    fixture.store->load("a", executor, [&](auto document) { loaded = document.value().records.size(); });
    CHECK(seqs.empty());
    CHECK(executor.wait_for(loaded) == 500);
    REQUIRE(seqs.size() == 500);
    for (std::size_t i = 0; i < seqs.size(); ++i)
        CHECK(seqs[i] == i + 1);
    CHECK(on_executor);
}

TEMPLATE_TEST_CASE("store: close completes what was asked for and refuses the rest", "", memory_fixture,
                   sqlite_fixture) {
    TestType fixture;
    waiting_executor executor;
    int appended = 0;
    int refused = 0;
    for (int i = 0; i < 100; ++i)
        fixture.store->append("a", yjs, payload{"x"sv}, executor,
                              [&](auto seq) { appended += seq.has_value(); });
    fixture.store->close();
    fixture.store->close();
    auto const count_refusal = [&](auto outcome) { refused += outcome.error() == store_error::closed; };
    fixture.store->append("a", yjs, payload{"x"sv}, executor, count_refusal);
    fixture.store->compact("a", yjs, payload{"x"sv}, 1, executor, count_refusal);
    fixture.store->load("a", executor, count_refusal);
    fixture.store->remove("a", executor, count_refusal);
    CHECK(refused == 0);
    executor.run_ready();
    CHECK(appended == 100);
    CHECK(refused == 4);
}

TEMPLATE_TEST_CASE("store: threads may ask at the same time", "", memory_fixture, sqlite_fixture) {
    TestType fixture;
    std::vector<std::thread> threads;
    std::vector<int> appended(4);
    for (std::size_t t = 0; t < appended.size(); ++t)
        threads.emplace_back([&, t] {
            waiting_store store{*fixture.store};
            for (int i = 0; i < 50; ++i)
                appended[t] += store.append("shared", std::to_string(i)).has_value();
        });
    for (auto& thread : threads)
        thread.join();
    CHECK(appended == std::vector<int>(4, 50));
    CHECK(waiting_store{*fixture.store}.load("shared").value().last_seq == 200);
}

TEMPLATE_TEST_CASE("store: random operations match a model", "", memory_fixture, sqlite_fixture) {
    struct model {
        std::vector<std::pair<std::uint64_t, std::string>> records;
        std::uint64_t last_seq = 0;
        std::uint64_t snapshot_seq = 0;
    };
    TestType fixture;
    waiting_store store{*fixture.store};
    std::map<std::string, model> models;
    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    unisono::seeded_random random{seed};
    for (int step = 0; step < 300; ++step) {
        std::string const name(1, static_cast<char>('a' + random.below(3)));
        model& expected = models[name];
        switch (auto const choice = random.below(20); choice) {
        case 0:
            REQUIRE(store.remove(name));
            expected = {};
            break;
        case 1:
        case 2: {
            auto const upto = expected.last_seq - std::min(expected.last_seq, random.below(4));
            auto const done = store.compact(name, "s" + std::to_string(step), upto);
            if (upto < expected.snapshot_seq) {
                CHECK(done.error() == store_error::outdated);
                break;
            }
            REQUIRE(done);
            std::erase_if(expected.records, [&](auto const& record) { return record.first <= upto; });
            expected.records.emplace(expected.records.begin(), upto, "s" + std::to_string(step));
            expected.snapshot_seq = upto;
            break;
        }
        default:
            CHECK(store.append(name, std::to_string(step)).value() == ++expected.last_seq);
            expected.records.emplace_back(expected.last_seq, std::to_string(step));
        }
        texts wanted;
        for (auto const& record : expected.records)
            wanted.push_back(record.second);
        CHECK(store.records(name) == wanted);
        CHECK(store.load(name).value().last_seq == expected.last_seq);
    }
}
