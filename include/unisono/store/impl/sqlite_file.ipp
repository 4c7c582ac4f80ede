#pragma once

#include <unisono/core/config.hpp>
#include <unisono/store/detail/record_crc.hpp>
#include <unisono/store/detail/sqlite_file.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::detail {

// The format of the file: docs/storage-format.md. A change to it needs a new version and a migration.
inline constexpr std::uint64_t sqlite_application_id = 0x756e6973; // "unis"
inline constexpr std::uint64_t sqlite_format_version = 1;
inline constexpr char const* sqlite_schema = R"(
BEGIN IMMEDIATE;
CREATE TABLE document(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    engine TEXT NOT NULL,
    format INTEGER NOT NULL,
    last_seq INTEGER NOT NULL);
CREATE TABLE log(
    document INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY(document, seq)) WITHOUT ROWID;
CREATE TABLE snapshot(
    document INTEGER PRIMARY KEY,
    includes_seq INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    record BLOB NOT NULL);
CREATE TABLE quarantine(
    document INTEGER NOT NULL,
    is_snapshot INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    record BLOB NOT NULL);
PRAGMA application_id = 0x756e6973;
PRAGMA user_version = 1;
COMMIT;
)";

UNISONO_DECL result<void> sqlite_file::open(std::string const& path, std::uint64_t max_bytes) {
    if (!is_sqlite_suitable(sqlite3_libversion_number(), sqlite3_threadsafe()))
        return store_error::not_durable;
    sqlite3* connection = nullptr;
    int const code = sqlite3_open_v2(
        path.c_str(), &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    connection_.reset(connection); // also a failed one must be closed
    if (code != SQLITE_OK)
        return sqlite_error(code);
    if (auto done = claim(); !done)
        return done;
    if (auto done = configure(max_bytes); !done)
        return done;
    return prepare_statements();
}

/// Takes the lock and refuses files that are not ours, before anything in them changes.
UNISONO_DECL result<void> sqlite_file::claim() {
    // Set before the first access, WAL then works without shared memory, and nobody else gets in.
    if (auto done = execute("PRAGMA locking_mode = EXCLUSIVE"); !done)
        return done;
    auto const owner = number_of("PRAGMA application_id");
    if (!owner)
        return owner.error();
    auto const version = number_of("PRAGMA user_version");
    if (!version)
        return version.error();
    auto const tables = number_of("SELECT count(*) FROM sqlite_schema");
    if (!tables)
        return tables.error();

    bool const is_new = *owner == 0 && *version == 0 && *tables == 0;
    if (!is_new && *owner != sqlite_application_id)
        return store_error::foreign_file;
    if (!is_new && *version > sqlite_format_version)
        return store_error::newer_format;
    // Where it cannot be had, in memory for example, SQLite stays with another mode and reports no error.
    sqlite_statement mode;
    if (auto done = mode.prepare(connection_.get(), "PRAGMA journal_mode = WAL"); !done)
        return done;
    {
        auto query = mode.use();
        if (auto const row = query.step(); !row)
            return row.error();
        if (query.text(0) != "wal")
            return store_error::not_durable;
    }
    if (is_new)
        return execute(sqlite_schema);
    return {};
}

UNISONO_DECL result<void> sqlite_file::configure(std::uint64_t max_bytes) {
    if (auto done = execute("PRAGMA synchronous = FULL;"
                            "PRAGMA mmap_size = 0;"
                            "PRAGMA trusted_schema = OFF;"
                            "PRAGMA cell_size_check = ON");
        !done)
        return done;
    if (max_bytes == 0)
        return {};
    auto const page_size = number_of("PRAGMA page_size");
    if (!page_size)
        return page_size.error();
    // SQLite takes 32 bits, and 0 for "as it is".
    std::uint64_t const pages = std::clamp<std::uint64_t>(max_bytes / *page_size, 1, 0xFFFFFFFE);
    return number_of("PRAGMA max_page_count = " + std::to_string(pages)).error();
}

UNISONO_DECL result<void> sqlite_file::prepare_statements() {
    std::pair<sqlite_statement&, char const*> const all[] = {
        {begin_, "BEGIN IMMEDIATE"},
        {commit_, "COMMIT"},
        {rollback_, "ROLLBACK"},
        {find_, "SELECT id, engine, format, last_seq FROM document WHERE name = ?"},
        {count_records_, "UPDATE document SET last_seq = ? WHERE id = ?"},
        {create_, "INSERT INTO document(name, engine, format, last_seq) VALUES(?, ?, ?, ?) RETURNING id"},
        {update_, "UPDATE document SET engine = ?, format = ?, last_seq = max(last_seq, ?) WHERE id = ?"},
        {drop_document_, "DELETE FROM document WHERE id = ?"},
        {add_record_, "INSERT INTO log(document, seq, crc, record) VALUES(?, ?, ?, ?)"},
        {records_, "SELECT seq, crc, record FROM log WHERE document = ? ORDER BY seq"},
        {has_record_after_, "SELECT 1 FROM log WHERE document = ? AND seq > ? LIMIT 1"},
        {drop_records_, "DELETE FROM log WHERE document = ? AND seq <= ?"},
        {drop_record_, "DELETE FROM log WHERE document = ? AND seq = ?"},
        {snapshot_, "SELECT includes_seq, crc, record FROM snapshot WHERE document = ?"},
        {put_snapshot_, "INSERT OR REPLACE INTO snapshot(document, includes_seq, crc, record) "
                        "VALUES(?, ?, ?, ?)"},
        {drop_snapshot_, "DELETE FROM snapshot WHERE document = ?"},
        {set_aside_record_, "INSERT INTO quarantine SELECT document, 0, seq, crc, record FROM log "
                            "WHERE document = ? AND seq = ?"},
        {set_aside_snapshot_, "INSERT INTO quarantine SELECT document, 1, includes_seq, crc, record "
                              "FROM snapshot WHERE document = ?"},
        {set_aside_count_, "SELECT count(*) FROM quarantine WHERE document = ?"},
        {drop_set_aside_, "DELETE FROM quarantine WHERE document = ?"},
    };
    for (auto const& [statement, sql] : all)
        if (auto done = statement.prepare(connection_.get(), sql); !done)
            return done;
    return {};
}

UNISONO_DECL result<void> sqlite_file::commit() {
    for (auto const& [name, document] : appended_)
        if (auto done = count_records(document); !done)
            return done;
    appended_ = string_map<head>(); // clearing the table of a large transaction would cost each small one
    return commit_.use().run();
}

UNISONO_DECL void sqlite_file::rollback() {
    appended_ = string_map<head>();
    // Many failures have rolled back already; one that did not must, or the next begin() fails.
    if (sqlite3_get_autocommit(connection_.get()) == 0)
        static_cast<void>(rollback_.use().run());
}

UNISONO_DECL result<std::uint64_t> sqlite_file::append(std::string_view name, record_format const& format,
                                                       bytes_view record) {
    auto known = appended_.find(name);
    if (known == appended_.end()) {
        auto found = find(name);
        if (!found)
            return found.error();
        if (!found->has_value()) {
            auto const id = create(name, format, 0);
            if (!id)
                return id.error();
            *found = head{*id, format, 0};
        }
        known = appended_.emplace(name, **std::move(found)).first;
    }
    head& document = known->second;
    if (document.format != format)
        return store_error::other_format;
    std::uint64_t const seq = document.last_seq + 1;
    auto added = add_record_.use();
    added << document.id << seq << record_crc(name, seq, record) << record;
    if (auto done = added.run(); !done)
        return done.error();
    return document.last_seq = seq;
}

UNISONO_DECL result<std::uint64_t> sqlite_file::create(std::string_view name, record_format const& format,
                                                       std::uint64_t last_seq) {
    auto created = create_.use();
    created << name << std::string_view{format.engine} << format.version << last_seq;
    if (auto const row = created.step(); !row)
        return row.error();
    std::uint64_t const id = created.number(0);
    // A statement that returns rows takes effect when it is run to its end.
    if (auto done = created.run(); !done)
        return done.error();
    return id;
}

UNISONO_DECL result<void> sqlite_file::count_records(head const& document) {
    auto counted = count_records_.use();
    counted << document.last_seq << document.id;
    return counted.run();
}

/// For who reads the document's row.
UNISONO_DECL result<void> sqlite_file::count_records(std::string_view name) {
    auto const known = appended_.find(name);
    if (known == appended_.end())
        return {};
    auto done = count_records(known->second);
    appended_.erase(known);
    return done;
}

UNISONO_DECL result<void> sqlite_file::compact(std::string_view name, record_format const& format,
                                               bytes_view snapshot, std::uint64_t includes_seq) {
    if (auto done = count_records(name); !done)
        return done;
    auto const known = find(name);
    if (!known)
        return known.error();
    std::uint64_t document = 0;
    if (known->has_value()) {
        document = (*known)->id;
        auto present = snapshot_.use();
        present << document;
        auto const has_snapshot = present.step();
        if (!has_snapshot)
            return has_snapshot.error();
        if (*has_snapshot && present.number(0) > includes_seq)
            return store_error::outdated;
        auto later = has_record_after_.use();
        later << document << includes_seq;
        auto const has_later = later.step();
        if (!has_later)
            return has_later.error();
        if (*has_later && (*known)->format != format)
            return store_error::other_format;
        auto updated = update_.use();
        updated << std::string_view{format.engine} << format.version << includes_seq << document;
        if (auto done = updated.run(); !done)
            return done;
    } else {
        auto const id = create(name, format, includes_seq);
        if (!id)
            return id.error();
        document = *id;
    }
    {
        // First, so that the snapshot fits into their space in a full file.
        auto dropped = drop_records_.use();
        dropped << document << includes_seq;
        if (auto done = dropped.run(); !done)
            return done;
    }
    auto put = put_snapshot_.use();
    put << document << includes_seq << record_crc(name, includes_seq, snapshot) << snapshot;
    return put.run();
}

UNISONO_DECL result<void> sqlite_file::remove(std::string_view name) {
    if (auto done = count_records(name); !done)
        return done;
    auto const known = find(name);
    if (!known || !known->has_value())
        return known.error();
    for (sqlite_statement const* each : {&drop_snapshot_, &drop_set_aside_, &drop_document_}) {
        auto dropped = each->use();
        dropped << (*known)->id;
        if (auto done = dropped.run(); !done)
            return done;
    }
    auto dropped = drop_records_.use();
    dropped << (*known)->id << (*known)->last_seq;
    return dropped.run();
}

UNISONO_DECL result<std::optional<sqlite_file::head>> sqlite_file::find(std::string_view name) {
    auto found = find_.use();
    found << name;
    auto const row = found.step();
    if (!row)
        return row.error();
    std::optional<head> known;
    if (*row)
        known = head{.id = found.number(0),
                     .format = {std::string{found.text(1)}, static_cast<std::uint32_t>(found.number(2))},
                     .last_seq = found.number(3)};
    return known;
}

UNISONO_DECL result<void> sqlite_file::execute(char const* sql) noexcept {
    if (int const code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
        return sqlite_error(code);
    return {};
}

/// The number that `sql` gives.
UNISONO_DECL result<std::uint64_t> sqlite_file::number_of(std::string_view sql) noexcept {
    sqlite_statement statement;
    if (auto done = statement.prepare(connection_.get(), sql); !done)
        return done.error();
    auto query = statement.use();
    if (auto const row = query.step(); !row)
        return row.error();
    return query.number(0);
}

} // namespace unisono::inline v0::detail
