// A process that is killed while it stores loses nothing that was acknowledged.
#include <unisono/core/random.hpp>
#include <unisono/store/store_sqlite.hpp>

#include "support/catch.hpp"
#include "support/environment.hpp"
#include "unit/store/store_support.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <poll.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

using unisono::payload;
using unisono::sqlite_store;

namespace {

constexpr std::size_t documents = 3;

std::string name_of(std::size_t document) {
    return "document " + std::to_string(document);
}

/// What the killed process reports before it goes on.
struct acknowledgement {
    std::uint64_t document;
    std::uint64_t seq;
};

class immediate_executor final : public unisono::executor {
public:
    void post(unisono::task work) override { work(); }
    bool running_here() const noexcept override { return false; }
};

/// Appends and compacts until killed. Record number n of a document says n, a snapshot which includes n says
/// "up to n".
[[noreturn]] void store_until_killed(std::filesystem::path const& path, int report, std::uint64_t seed) {
    unisono::seeded_random random{seed};
    auto store = std::move(sqlite_store::open(path).value());
    std::array<std::uint64_t, documents> appended;
    std::array<std::atomic<std::uint64_t>, documents> acknowledged;
    for (std::size_t d = 0; d < documents; ++d)
        acknowledged[d] = appended[d] = waiting_store{*store}.load(name_of(d)).value().last_seq;

    immediate_executor on;
    for (;;) {
        auto const d = static_cast<std::size_t>(random.below(documents));
        if (random.below(50) == 0) {
            std::uint64_t const upto = acknowledged[d];
            store->compact(name_of(d), yjs, payload{"up to " + std::to_string(upto)}, upto, on, [](auto) {});
        }
        store->append(name_of(d), yjs, payload{std::to_string(++appended[d])}, on, [&, d](auto seq) {
            if (!seq)
                _exit(1);
            acknowledged[d] = *seq;
            acknowledgement const done{d, *seq};
            if (write(report, &done, sizeof done) != sizeof done)
                _exit(1);
        });
        // Enough to group commits, and few enough that every moment of the cycle is hit.
        while (store->queued_bytes() > 200)
            std::this_thread::yield();
    }
}

/// Collects acknowledgements until `deadline`, kills the process, and collects the rest.
std::array<std::uint64_t, documents> collect_and_kill(pid_t process, int report,
                                                      std::chrono::steady_clock::time_point deadline) {
    std::array<std::uint64_t, documents> acknowledged{};
    bool killed = false;
    for (;;) {
        auto const left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        pollfd wanted{report, POLLIN, 0};
        if (!killed && (left.count() <= 0 || poll(&wanted, 1, static_cast<int>(left.count())) == 0)) {
            kill(process, SIGKILL);
            killed = true;
        }
        acknowledgement done{};
        auto const size = read(report, &done, sizeof done); // whole: the writes are small enough to be atomic
        if (size < 0 && errno == EINTR)
            continue;
        if (size != sizeof done)
            return acknowledged;
        acknowledged[done.document] = done.seq;
    }
}

/// The records are an unbroken sequence, behind a snapshot if there is one; returns where it ends.
std::uint64_t check_unbroken(unisono::stored_document const& document) {
    constexpr std::string_view snapshot = "up to ";
    CHECK(document.quarantined == 0);
    std::uint64_t seq = 0;
    for (auto const& record : document.records) {
        if (seq == 0 && record.text().substr(0, snapshot.size()) == snapshot)
            seq = std::stoull(std::string{record.text().substr(snapshot.size())});
        else
            CHECK(record.text() == std::to_string(++seq));
    }
    return seq;
}

} // namespace

TEST_CASE("crash: kill -9 loses no acknowledged record") {
    constexpr int rounds = 50;
    temporary_directory directory;
    auto const path = directory / "documents.sqlite";
    auto const seed = unisono::test::seed();
    CAPTURE(seed);
    unisono::seeded_random random{seed};
    std::uint64_t total = 0;
    for (int round = 0; round < rounds; ++round) {
        CAPTURE(round);
        int report[2];
        REQUIRE(pipe(report) == 0);
        auto const child_seed = random.next();
        pid_t const process = fork(); // no other thread runs here now
        REQUIRE(process >= 0);
        if (process == 0) {
            close(report[0]);
            store_until_killed(path, report[1], child_seed);
        }
        close(report[1]);
        auto const deadline =
            std::chrono::steady_clock::now() + std::chrono::microseconds{random.below(60'000)};
        auto const acknowledged = collect_and_kill(process, report[0], deadline);
        close(report[0]);
        int status = 0;
        REQUIRE(waitpid(process, &status, 0) == process);
        REQUIRE(WIFSIGNALED(status)); // it did not fail by itself

        auto store = sqlite_store::open(path);
        REQUIRE(store);
        for (std::size_t d = 0; d < documents; ++d) {
            auto const document = waiting_store{**store}.load(name_of(d)).value();
            CHECK(check_unbroken(document) == document.last_seq);
            CHECK(document.last_seq >= acknowledged[d]);
            total = std::max(total, document.last_seq);
        }
    }
    CHECK(total > 0);
}
