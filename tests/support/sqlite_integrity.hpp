#pragma once

#include "support/temporary_directory.hpp"

#include <sqlite3.h>

#include <filesystem>
#include <string>

namespace unisono::test {

/// What SQLite finds wrong with a database; "ok" when nothing.
inline std::string integrity_of(std::string const& path) {
    sqlite3* connection = nullptr;
    std::string said = "cannot be opened";
    if (sqlite3_open(path.c_str(), &connection) == SQLITE_OK)
        sqlite3_exec(
            connection, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA integrity_check",
            [](void* to, int, char** values, char**) {
                *static_cast<std::string*>(to) = values[0];
                return 0;
            },
            &said, nullptr);
    sqlite3_close(connection);
    return said;
}

/// The same, and leaves the file and its write-ahead log as they are.
inline std::string integrity_of_copy(std::filesystem::path const& path) {
    temporary_directory elsewhere;
    std::filesystem::copy(path, elsewhere / "copy.db");
    if (auto const log = path.string() + "-wal"; std::filesystem::exists(log))
        std::filesystem::copy(log, elsewhere / "copy.db-wal");
    return integrity_of((elsewhere / "copy.db").string());
}

} // namespace unisono::test
