#pragma once

#include <unisono/core/logger.hpp>
#include <unisono/core/result.hpp>
#include <unisono/store/store.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace unisono::inline v0 {

namespace detail {
class sqlite_worker;
}

struct sqlite_options {
    logger* log = &null_logger(); ///< outlives the store; not null
    std::uint64_t max_bytes = 0;  ///< the file grows no further than this; 0: as far as the disk allows
    /// How long a write waits for others to share its fsync; reading does not wait. Changes that nobody waits
    /// for, as with document_durability::before_ack, are stored at a fraction of the cost with 10 ms or so.
    std::chrono::milliseconds commit_delay{0};
};

/// A store in one SQLite file (docs/storage-format.md), with one thread that owns the file. It runs under
/// SCHED_BATCH: on a processor that both want, it does not interrupt an event loop.
///
/// An append is acknowledged after fsync, so it survives a crash of the process and of the machine; what is
/// asked for while one fsync runs, or within sqlite_options::commit_delay, shares the next. The thread holds
/// the file's only connection, under an exclusive lock: two connections can corrupt a WAL file in SQLite
/// before 3.51.3.
///
/// Damaged records are set aside and the rest is served. When the disk is full or fails, operations report
/// it, nothing is written in part, and later operations try again.
class sqlite_store final : public document_store {
public:
    /// Opens or creates the file and the directories above it.
    ///
    /// Errors: unavailable (in use by another store), newer_format, foreign_file, corrupt, io, full,
    /// not_durable (SQLite before 3.35 or without threads, or a place where it has no write-ahead log, such
    /// as ":memory:"). The logger receives the details.
    static result<std::unique_ptr<sqlite_store>> open(std::filesystem::path const& path,
                                                      sqlite_options const& options = {});

    ~sqlite_store() override;

    void load(std::string_view name, executor& on, load_handler done) override;
    void append(std::string_view name, record_format const& format, payload record, executor& on,
                append_handler done) override;
    void compact(std::string_view name, record_format const& format, payload snapshot,
                 std::uint64_t includes_seq, executor& on, done_handler done) override;
    void remove(std::string_view name, executor& on, done_handler done) override;
    bool healthy() const noexcept override;
    void close() override;

    /// Bytes of records that wait to be written. The queue has no limit of its own: whoever appends bounds
    /// what is not yet acknowledged.
    std::size_t queued_bytes() const noexcept;

    /// Transactions committed since open().
    std::uint64_t commits() const noexcept;

    /// Damaged records found since open().
    std::uint64_t quarantined() const noexcept;

private:
    explicit sqlite_store(std::unique_ptr<detail::sqlite_worker> worker) noexcept;

    std::unique_ptr<detail::sqlite_worker> worker_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/store/impl/store_sqlite.ipp>
#endif
