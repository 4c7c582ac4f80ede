#pragma once

#include <unisono/core/detail/string_map.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/store/detail/sqlite_connection.hpp>
#include <unisono/store/store.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::detail {

/// `version` as sqlite3_libversion_number(), `threadsafe` as sqlite3_threadsafe(). The statements need 3.35
/// (RETURNING), and each store uses the library from a thread of its own.
constexpr bool is_sqlite_suitable(int version, int threadsafe) noexcept {
    return version >= 3'035'000 && threadsafe != 0;
}

/// The store's file: its schema and the statements on it. Used by one thread at a time; knows no threads, no
/// queue and no grouping. Every change happens inside begin() ... commit().
class sqlite_file {
public:
    /// Errors as sqlite_store::open.
    result<void> open(std::string const& path, std::uint64_t max_bytes);

    result<void> begin() { return begin_.use().run(); }
    result<void> commit();
    /// For after any failure; many of them have rolled back already.
    void rollback();

    /// The record's sequence number. Refusals (other_format) change nothing.
    result<std::uint64_t> append(std::string_view name, record_format const& format, bytes_view record);
    /// Refusals (outdated, other_format) change nothing.
    result<void> compact(std::string_view name, record_format const& format, bytes_view snapshot,
                         std::uint64_t includes_seq);
    result<void> remove(std::string_view name);

    /// Reads a document, and in a transaction of its own sets its damaged records aside.
    result<stored_document> load(std::string_view name);

    /// Damaged records found.
    std::uint64_t quarantined() const noexcept { return quarantined_; }

    /// The last error in SQLite's words, for the log.
    std::string message() const { return sqlite3_errmsg(connection_.get()); }

private:
    struct head {
        std::uint64_t id;
        record_format format;
        std::uint64_t last_seq;
    };

    struct damage {
        bool snapshot = false;
        std::vector<std::uint64_t> records; ///< sequence numbers
    };

    result<void> execute(char const* sql) noexcept;
    result<std::uint64_t> number_of(std::string_view sql) noexcept;
    result<void> claim();
    result<void> configure(std::uint64_t max_bytes);
    result<void> prepare_statements();

    result<std::optional<head>> find(std::string_view name);
    result<std::uint64_t> create(std::string_view name, record_format const& format, std::uint64_t last_seq);
    result<void> count_records(head const& document);
    result<void> count_records(std::string_view name);
    result<void> read_snapshot(std::string_view name, std::uint64_t document, stored_document& into,
                               damage& found);
    result<void> read_log(std::string_view name, std::uint64_t document, stored_document& into,
                          damage& found);
    result<void> set_aside(std::uint64_t document, damage const& found);

    std::unique_ptr<sqlite3, sqlite_closer> connection_;
    std::uint64_t quarantined_ = 0;
    /// Documents with records of this transaction; their rows are brought up to date once, at its end. The
    /// records of a busy document come in dozens.
    string_map<head> appended_;
    // After connection_, because they must be finalized before it closes.
    sqlite_statement begin_, commit_, rollback_;
    sqlite_statement find_, count_records_, create_, update_, drop_document_;
    sqlite_statement add_record_, records_, has_record_after_, drop_records_, drop_record_;
    sqlite_statement snapshot_, put_snapshot_, drop_snapshot_;
    sqlite_statement set_aside_record_, set_aside_snapshot_, set_aside_count_, drop_set_aside_;
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/store/impl/sqlite_file.ipp>
#include <unisono/store/impl/sqlite_file_reading.ipp>
#endif
