#pragma once

#include <unisono/core/config.hpp>
#include <unisono/store/detail/sqlite_worker.hpp>
#include <unisono/store/store_sqlite.hpp>

#include <string>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// SQLite's own limit for a row is 1e9 bytes; what is far below never meets it in the middle of a
/// transaction.
inline constexpr std::size_t largest_sqlite_record = 512 * 1024 * 1024;

template <class T, class Work>
std::unique_ptr<sqlite_operation> make_sqlite_operation(bool writes, std::size_t bytes, executor& on,
                                                        std::function<void(result<T>)> done, Work work) {
    return std::make_unique<sqlite_operation_of<T, Work>>(writes, bytes, on, std::move(done),
                                                          std::move(work));
}

} // namespace detail

UNISONO_DECL result<std::unique_ptr<sqlite_store>> sqlite_store::open(std::filesystem::path const& path,
                                                                      sqlite_options const& options) {
    std::error_code no_directory;
    if (path.has_parent_path())
        std::filesystem::create_directories(path.parent_path(), no_directory);
    if (no_directory) {
        options.log->write(severity::error, "store", "no directory", {{"reason", no_directory.message()}});
        return store_error::io;
    }
    auto file = std::make_unique<detail::sqlite_file>();
    if (auto opened = file->open(path.string(), options.max_bytes); !opened) {
        options.log->write(severity::error, "store", "not opened",
                           {{"reason", opened.error().message()}, {"sqlite", file->message()}});
        return opened.error();
    }
    options.log->write(severity::info, "store", "opened",
                       {{"sqlite", std::string_view{sqlite3_libversion()}}});
    return std::unique_ptr<sqlite_store>{new sqlite_store{
        std::make_unique<detail::sqlite_worker>(std::move(file), *options.log, options.commit_delay)}};
}

UNISONO_DECL sqlite_store::sqlite_store(std::unique_ptr<detail::sqlite_worker> worker) noexcept
    : worker_(std::move(worker)) {}

UNISONO_DECL sqlite_store::~sqlite_store() = default;

UNISONO_DECL void sqlite_store::load(std::string_view name, executor& on, load_handler done) {
    worker_->push(detail::make_sqlite_operation<stored_document>(
        false, 0, on, std::move(done),
        [name = std::string{name}](detail::sqlite_file& file) { return file.load(name); }));
}

UNISONO_DECL void sqlite_store::append(std::string_view name, record_format const& format, payload record,
                                       executor& on, append_handler done) {
    std::size_t const size = record.size();
    worker_->push(detail::make_sqlite_operation<std::uint64_t>(
        true, size, on, std::move(done),
        [name = std::string{name}, format,
         record = std::move(record)](detail::sqlite_file& file) -> result<std::uint64_t> {
            if (record.size() > detail::largest_sqlite_record)
                return store_error::too_large;
            return file.append(name, format, record.view());
        }));
}

UNISONO_DECL void sqlite_store::compact(std::string_view name, record_format const& format, payload snapshot,
                                        std::uint64_t includes_seq, executor& on, done_handler done) {
    std::size_t const size = snapshot.size();
    worker_->push(detail::make_sqlite_operation<void>(
        true, size, on, std::move(done),
        [name = std::string{name}, format, snapshot = std::move(snapshot),
         includes_seq](detail::sqlite_file& file) -> result<void> {
            if (snapshot.size() > detail::largest_sqlite_record)
                return store_error::too_large;
            return file.compact(name, format, snapshot.view(), includes_seq);
        }));
}

UNISONO_DECL void sqlite_store::remove(std::string_view name, executor& on, done_handler done) {
    worker_->push(detail::make_sqlite_operation<void>(
        true, 0, on, std::move(done),
        [name = std::string{name}](detail::sqlite_file& file) { return file.remove(name); }));
}

UNISONO_DECL bool sqlite_store::healthy() const noexcept {
    return worker_->healthy();
}

UNISONO_DECL void sqlite_store::close() {
    worker_->close();
}

UNISONO_DECL std::size_t sqlite_store::queued_bytes() const noexcept {
    return worker_->queued_bytes();
}

UNISONO_DECL std::uint64_t sqlite_store::commits() const noexcept {
    return worker_->commits();
}

UNISONO_DECL std::uint64_t sqlite_store::quarantined() const noexcept {
    return worker_->quarantined();
}

} // namespace unisono::inline v0
