#include <unisono/store/detail/sqlite_file.hpp>
#include <unisono/store/store_sqlite.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "support/recording_logger.hpp"
#include "unit/store/store_support.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace std::literals;
using unisono::payload;
using unisono::sqlite_store;
using unisono::store_error;
using texts = std::vector<std::string>;

namespace {

std::unique_ptr<sqlite_store> opened(std::filesystem::path const& path,
                                     unisono::sqlite_options const& options = {}) {
    return std::move(sqlite_store::open(path, options).value());
}

std::string file_bytes(std::filesystem::path const& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

void overwrite(std::filesystem::path const& path, std::size_t at, std::string_view bytes) {
    std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
    file.seekp(static_cast<std::streamoff>(at));
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    REQUIRE(file.good());
}

/// Flips a bit of the only place where `marker` stands in the file.
void damage(std::filesystem::path const& path, std::string_view marker) {
    std::string const bytes = file_bytes(path);
    auto const at = bytes.find(marker);
    REQUIRE(at != bytes.npos);
    REQUIRE(bytes.find(marker, at + 1) == bytes.npos);
    overwrite(path, at, std::string(1, static_cast<char>(marker[0] ^ 0x10)));
}

using unisono::test::recording_logger;

} // namespace

TEST_CASE("sqlite: documents survive reopening") {
    temporary_directory directory;
    auto const path = directory / "documents.sqlite";
    {
        auto file = opened(path);
        waiting_store store{*file};
        REQUIRE(store.append("a", "1"));
        REQUIRE(store.append("a", "2"));
        REQUIRE(store.compact("a", "1+2", 2));
        REQUIRE(store.append("a", "3"));
    }
    CHECK_FALSE(std::filesystem::exists(path.string() + "-wal"));
    auto file = opened(path);
    waiting_store store{*file};
    CHECK(store.records("a") == texts{"1+2", "3"});
    CHECK(store.load("a").value().format == yjs);
    CHECK(store.append("a", "4").value() == 4);
}

TEST_CASE("sqlite: what waits shares one transaction") {
    temporary_directory directory;
    auto file = opened(directory / "documents.sqlite");
    waiting_executor executor;
    gate held{*file};
    int acknowledged = 0;
    for (int i = 0; i < 1000; ++i)
        file->append(std::to_string(i % 7), yjs, payload{"0123456789"sv}, executor,
                     [&](auto seq) { acknowledged += seq.has_value(); });
    CHECK(file->queued_bytes() == 10'000);
    held.open();
    while (acknowledged < 1000)
        executor.run_one();
    CHECK(file->commits() <= 2);
    CHECK(file->queued_bytes() == 0);
}

TEST_CASE("sqlite: writes wait for each other as long as they are told to, unless somebody reads") {
    temporary_directory directory;
    auto file = opened(directory / "documents.sqlite", {.commit_delay = 1h});
    waiting_executor executor;
    int acknowledged = 0;
    auto const append = [&] {
        file->append("a", yjs, payload{"x"sv}, executor, [&](auto seq) { acknowledged += seq.has_value(); });
    };
    for (int i = 0; i < 100; ++i)
        append();
    bool read = false;
    file->load("a", executor, [&](auto stored) { read = stored && stored->records.size() == 100; });
    while (!read)
        executor.run_one();
    CHECK(acknowledged == 100);
    CHECK(file->commits() == 1);
    append();
    file->close(); // waits for nobody
    executor.run_one();
    CHECK(acknowledged == 101);
}

TEST_CASE("sqlite: writes that wait for each other are written when the time has come") {
    temporary_directory directory;
    auto file = opened(directory / "documents.sqlite", {.commit_delay = 1ms});
    waiting_store store{*file};
    CHECK(store.append("a", "1").value() == 1);
    CHECK(store.append("a", "2").value() == 2);
}

TEST_CASE("sqlite: outcomes come together, and a handler that throws keeps nobody from theirs") {
    temporary_directory directory;
    auto file = opened(directory / "documents.sqlite");
    waiting_executor here;
    waiting_executor there;
    std::vector<int> told;
    gate held{*file};
    for (int i = 0; i < 6; ++i)
        file->append("a", yjs, payload{"x"sv}, i % 2 == 0 ? here : there, [&told, i](auto) {
            told.push_back(i);
            if (i == 2)
                throw std::runtime_error("a mistake of the host");
        });
    held.open();
    there.run_one();
    CHECK(told == std::vector{1, 3, 5});
    CHECK_THROWS(here.run_one());
    here.run_one();
    CHECK(told == std::vector{1, 3, 5, 0, 2, 4});
    file->close();
    CHECK(here.empty());
    CHECK(there.empty());
}

TEST_CASE("sqlite: a refusal leaves the others of its transaction alone") {
    temporary_directory directory;
    auto file = opened(directory / "documents.sqlite");
    waiting_store store{*file};
    REQUIRE(store.append("a", "1"));
    waiting_executor executor;
    std::vector<std::error_code> outcomes;
    auto const note = [&](auto seq) { outcomes.push_back(seq.error()); };
    gate held{*file};
    file->append("a", yjs, payload{"2"sv}, executor, note);
    file->append("a", {"automerge", 1}, payload{"x"sv}, executor, note);
    file->append("a", yjs, payload{"3"sv}, executor, note);
    held.open();
    while (outcomes.size() < 3)
        executor.run_one();
    CHECK_FALSE(outcomes[0]);
    CHECK(outcomes[1] == store_error::other_format);
    CHECK_FALSE(outcomes[2]);
    CHECK(store.records("a") == texts{"1", "2", "3"});
}

TEST_CASE("sqlite: one file has one owner") {
    temporary_directory directory;
    auto const path = directory / "documents.sqlite";
    auto first = opened(path);
    CHECK(sqlite_store::open(path).error() == store_error::unavailable);
    first->close();
    CHECK(sqlite_store::open(path));
}

TEST_CASE("sqlite: a damaged record is set aside, the rest is served") {
    temporary_directory directory;
    auto const path = directory / "documents.sqlite";
    {
        auto file = opened(path);
        waiting_store store{*file};
        REQUIRE(store.append("a", "first-record"));
        REQUIRE(store.append("a", "damaged-record"));
        REQUIRE(store.append("a", "third-record"));
        REQUIRE(store.append("b", "of another document"));
    }
    damage(path, "damaged-record");
    recording_logger log;
    {
        auto file = opened(path, {.log = &log});
        waiting_store store{*file};
        auto const loaded = store.load("a").value();
        CHECK(store.records("a") == texts{"first-record", "third-record"});
        CHECK(loaded.quarantined == 1);
        CHECK(loaded.last_seq == 3);
        CHECK(file->quarantined() == 1);
        CHECK(store.load("b").value().quarantined == 0);
        CHECK(store.append("a", "fourth").value() == 4);
    }
    CHECK(log.errors() == "damaged records set aside records=1\n");
    CHECK(file_bytes(path).find("damaged-record"sv.substr(1)) != std::string::npos);
    auto file = opened(path);
    waiting_store store{*file};
    CHECK(store.load("a").value().quarantined == 1);
    CHECK(file->quarantined() == 0);
    REQUIRE(store.remove("a"));
    REQUIRE(store.append("a", "new"));
    CHECK(store.load("a").value().quarantined == 0);
}

TEST_CASE("sqlite: a damaged snapshot leaves the log") {
    temporary_directory directory;
    auto const path = directory / "documents.sqlite";
    {
        auto file = opened(path);
        waiting_store store{*file};
        REQUIRE(store.compact("a", "damaged-snapshot", 7));
        REQUIRE(store.append("a", "later"));
    }
    damage(path, "damaged-snapshot");
    auto file = opened(path);
    waiting_store store{*file};
    auto const loaded = store.load("a").value();
    CHECK(loaded.quarantined == 1);
    CHECK(loaded.snapshot_bytes == 0);
    CHECK(loaded.last_seq == 8);
    CHECK(store.records("a") == texts{"later"});
}

TEST_CASE("sqlite: any flipped bit is an error or a missing record, never a wrong one") {
    temporary_directory directory;
    auto const path = directory / "documents.sqlite";
    texts all;
    {
        auto file = opened(path);
        waiting_store store{*file};
        for (int i = 0; i < 40; ++i) {
            all.push_back("record number " + std::to_string(i));
            REQUIRE(store.append("a", all.back()));
        }
    }
    std::string const intact = file_bytes(path);
    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    unisono::seeded_random random{seed};
    for (int round = 0; round < 150; ++round) {
        auto const at = random.below(intact.size());
        overwrite(path, 0, intact);
        overwrite(path, at, std::string(1, static_cast<char>(intact[at] ^ (1 << random.below(8)))));
        auto file = sqlite_store::open(path);
        if (!file)
            continue;
        if (auto const loaded = waiting_store{**file}.load("a"))
            for (auto const& record : loaded->records)
                CHECK(std::find(all.begin(), all.end(), record.text()) != all.end());
    }
}

TEST_CASE("sqlite: files of others and of later versions are refused and left alone") {
    temporary_directory directory;
    auto const path = directory / "documents.sqlite";
    // Where SQLite's header keeps them, big endian: https://www.sqlite.org/fileformat2.html
    constexpr std::size_t user_version = 60;
    constexpr std::size_t application_id = 68;
    auto file = opened(path);
    file.reset();

    recording_logger log;
    SECTION("later version") {
        overwrite(path, user_version, "\0\0\0\2"sv);
        CHECK(sqlite_store::open(path, {.log = &log}).error() == store_error::newer_format);
        CHECK(log.errors().find("later version") != std::string::npos);
    }
    SECTION("another program") {
        overwrite(path, application_id, "\1\2\3\4"sv);
        CHECK(sqlite_store::open(path).error() == store_error::foreign_file);
    }
    SECTION("a database without an owner") {
        overwrite(path, application_id, "\0\0\0\0"sv);
        CHECK(sqlite_store::open(path).error() == store_error::foreign_file);
    }
    SECTION("no database") {
        std::ofstream{path, std::ios::trunc} << std::string(5000, 'x');
        auto const before = file_bytes(path);
        CHECK(sqlite_store::open(path).error() == store_error::foreign_file);
        CHECK(file_bytes(path) == before);
    }
    SECTION("a directory") {
        CHECK(sqlite_store::open(path.parent_path()).error() == store_error::io);
    }
    SECTION("below a file") {
        CHECK(sqlite_store::open(path / "below").error() == store_error::io);
    }
}

TEST_CASE("sqlite: a full disk refuses, acknowledges nothing falsely, and recovers") {
    temporary_directory directory;
    auto const path = directory / "documents.sqlite";
    recording_logger log;
    auto file = opened(path, {.log = &log, .max_bytes = 200'000});
    waiting_store store{*file};
    texts acknowledged;
    std::error_code error;
    while (!error) {
        std::string const record(10'000, static_cast<char>('a' + acknowledged.size() % 26));
        error = store.append("a", record).error();
        if (!error)
            acknowledged.push_back(record);
        REQUIRE(acknowledged.size() < 100);
    }
    CHECK(error == store_error::full);
    CHECK(error == unisono::condition::unavailable);
    CHECK_FALSE(file->healthy());
    CHECK(log.errors().find("no space left") != std::string::npos);
    CHECK(store.records("a") == acknowledged);
    CHECK(store.load("a").value().last_seq == acknowledged.size());

    SECTION("a record that still fits is not failed by one that does not") {
        waiting_executor executor;
        std::vector<std::error_code> outcomes;
        gate held{*file};
        for (std::size_t const size : {1, 100'000, 1})
            file->append("b", yjs, payload{std::string(size, 'x')}, executor,
                         [&](auto seq) { outcomes.push_back(seq.error()); });
        held.open();
        while (outcomes.size() < 3)
            executor.run_one();
        CHECK_FALSE(outcomes[0]);
        CHECK(outcomes[1] == store_error::full);
        CHECK_FALSE(outcomes[2]);
        CHECK(store.records("b") == texts{"x", "x"});
    }
    SECTION("compaction makes space") {
        REQUIRE(store.compact("a", std::string(150'000, 's'), acknowledged.size()));
        CHECK(store.append("a", std::string(10'000, 'z')).value() == acknowledged.size() + 1);
        CHECK(file->healthy());
    }
    SECTION("reopening with a higher limit") {
        file.reset();
        file = opened(path);
        waiting_store larger{*file};
        CHECK(larger.records("a") == acknowledged);
        CHECK(larger.append("a", "more").value() == acknowledged.size() + 1);
    }
}

TEST_CASE("sqlite: what could not keep its word is not opened") {
    CHECK(sqlite_store::open(":memory:").error() == store_error::not_durable);
    CHECK(unisono::detail::is_sqlite_suitable(3'035'000, 1));
    CHECK_FALSE(unisono::detail::is_sqlite_suitable(3'034'001, 1));
    CHECK_FALSE(unisono::detail::is_sqlite_suitable(3'050'000, 0));
}

TEST_CASE("sqlite: the library's version is reported") {
    temporary_directory directory;
    recording_logger log;
    auto const file = opened(directory / "documents.sqlite", {.log = &log});
    CHECK(log.others().rfind("opened sqlite=3.", 0) == 0);
}
