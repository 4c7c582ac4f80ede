#pragma once

#include <unisono/core/config.hpp>
#include <unisono/store/detail/record_crc.hpp>
#include <unisono/store/detail/sqlite_file.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace unisono::inline v0::detail {

UNISONO_DECL result<stored_document> sqlite_file::load(std::string_view name) {
    stored_document document;
    auto const known = find(name);
    if (!known)
        return known.error();
    if (!known->has_value())
        return document;
    document.format = (*known)->format;
    document.last_seq = (*known)->last_seq;

    std::uint64_t const id = (*known)->id;
    damage found;
    if (auto done = read_snapshot(name, id, document, found); !done)
        return done.error();
    if (auto done = read_log(name, id, document, found); !done)
        return done.error();
    if (std::size_t const count = found.records.size() + found.snapshot; count > 0) {
        quarantined_ += count;
        // Where that fails, the disk is full perhaps, they are found again by the next load.
        if (!set_aside(id, found)) {
            rollback();
            document.quarantined += count;
        }
    }
    auto counted = set_aside_count_.use();
    counted << id;
    if (auto const row = counted.step(); !row)
        return row.error();
    document.quarantined += static_cast<std::size_t>(counted.number(0));
    return document;
}

UNISONO_DECL result<void> sqlite_file::read_snapshot(std::string_view name, std::uint64_t document,
                                                     stored_document& into, damage& found) {
    auto stored = snapshot_.use();
    stored << document;
    auto const row = stored.step();
    if (!row || !*row)
        return row.error();
    bytes_view const record = stored.blob(2);
    if (stored.number(1) != record_crc(name, stored.number(0), record)) {
        found.snapshot = true;
        return {};
    }
    into.snapshot_bytes = record.size();
    into.records.emplace_back(record);
    return {};
}

UNISONO_DECL result<void> sqlite_file::read_log(std::string_view name, std::uint64_t document,
                                                stored_document& into, damage& found) {
    auto stored = records_.use();
    stored << document;
    for (;;) {
        auto const row = stored.step();
        if (!row || !*row)
            return row.error();
        bytes_view const record = stored.blob(2);
        if (stored.number(1) != record_crc(name, stored.number(0), record)) {
            found.records.push_back(stored.number(0));
            continue;
        }
        into.log_bytes += record.size();
        ++into.log_records;
        into.records.emplace_back(record);
    }
}

UNISONO_DECL result<void> sqlite_file::set_aside(std::uint64_t document, damage const& found) {
    auto const run = [](sqlite_statement const& statement, auto... values) {
        auto query = statement.use();
        (query << ... << values);
        return query.run();
    };
    if (auto done = begin(); !done)
        return done;
    if (found.snapshot) {
        if (auto done = run(set_aside_snapshot_, document); !done)
            return done;
        if (auto done = run(drop_snapshot_, document); !done)
            return done;
    }
    for (std::uint64_t const seq : found.records) {
        if (auto done = run(set_aside_record_, document, seq); !done)
            return done;
        if (auto done = run(drop_record_, document, seq); !done)
            return done;
    }
    return commit();
}

} // namespace unisono::inline v0::detail
