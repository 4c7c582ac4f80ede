#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/store/error.hpp>

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace unisono::inline v0::detail {

inline store_error sqlite_error(int code) noexcept {
    switch (code & 0xFF) { // the upper bits say where it happened
    case SQLITE_FULL:
        return store_error::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
        return store_error::unavailable;
    case SQLITE_CORRUPT:
        return store_error::corrupt;
    case SQLITE_NOTADB:
        return store_error::foreign_file;
    case SQLITE_TOOBIG:
        return store_error::too_large;
    default:
        return store_error::io;
    }
}

struct sqlite_closer {
    void operator()(sqlite3* connection) const noexcept { sqlite3_close(connection); }
    void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

/// One use of a prepared statement: bind in order, step, read; the destructor makes it ready for the next
/// use. What is bound must outlive it.
class sqlite_query {
public:
    explicit sqlite_query(sqlite3_stmt* statement) noexcept : statement_(statement) {}
    ~sqlite_query() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    sqlite_query(sqlite_query const&) = delete;
    sqlite_query& operator=(sqlite_query const&) = delete;

    sqlite_query& operator<<(std::uint64_t number) noexcept {
        return note(sqlite3_bind_int64(statement_, ++bound_, static_cast<sqlite3_int64>(number)));
    }
    sqlite_query& operator<<(std::string_view text) noexcept {
        return note(sqlite3_bind_text64(statement_, ++bound_, text.empty() ? "" : text.data(), text.size(),
                                        SQLITE_STATIC, SQLITE_UTF8));
    }
    sqlite_query& operator<<(bytes_view bytes) noexcept {
        // A null pointer would bind NULL.
        return note(sqlite3_bind_blob64(statement_, ++bound_,
                                        bytes.empty() ? static_cast<void const*>("") : bytes.data(),
                                        bytes.size(), SQLITE_STATIC));
    }

    /// Runs to the next row. False when there is none.
    result<bool> step() noexcept {
        if (failure_ == SQLITE_OK) {
            int const code = sqlite3_step(statement_);
            if (code == SQLITE_ROW)
                return true;
            if (code == SQLITE_DONE)
                return false;
            failure_ = code;
        }
        return sqlite_error(failure_);
    }

    /// Runs a statement that gives no rows.
    result<void> run() noexcept { return step().error(); }

    std::uint64_t number(int column) const noexcept {
        return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
    }
    /// Valid until the next step.
    bytes_view blob(int column) const noexcept {
        auto const* data = static_cast<std::byte const*>(sqlite3_column_blob(statement_, column));
        return {data,
                data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }
    std::string_view text(int column) const noexcept { return as_text(blob(column)); }

private:
    sqlite_query& note(int code) noexcept {
        if (failure_ == SQLITE_OK)
            failure_ = code;
        return *this;
    }

    sqlite3_stmt* statement_;
    int bound_ = 0;
    int failure_ = SQLITE_OK;
};

/// A statement that is prepared once.
class sqlite_statement {
public:
    result<void> prepare(sqlite3* connection, std::string_view sql) noexcept {
        sqlite3_stmt* statement = nullptr;
        int const code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()),
                                            SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
        statement_.reset(statement);
        if (code != SQLITE_OK)
            return sqlite_error(code);
        return {};
    }
    /// Precondition: prepared, and no other use goes on.
    sqlite_query use() const noexcept { return sqlite_query{statement_.get()}; }

private:
    std::unique_ptr<sqlite3_stmt, sqlite_closer> statement_;
};

} // namespace unisono::inline v0::detail
