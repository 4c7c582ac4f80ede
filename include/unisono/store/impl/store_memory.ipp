#pragma once

#include <unisono/core/config.hpp>
#include <unisono/store/store_memory.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL void memory_store::load(std::string_view name, executor& on, load_handler done) {
    std::lock_guard const lock{mutex_};
    on.post([done = std::move(done), outcome = read(name)]() mutable { done(std::move(outcome)); });
}

UNISONO_DECL void memory_store::append(std::string_view name, record_format const& format, payload record,
                                       executor& on, append_handler done) {
    std::lock_guard const lock{mutex_};
    on.post([done = std::move(done), outcome = add(name, format, std::move(record))] { done(outcome); });
}

UNISONO_DECL void memory_store::compact(std::string_view name, record_format const& format, payload snapshot,
                                        std::uint64_t includes_seq, executor& on, done_handler done) {
    std::lock_guard const lock{mutex_};
    on.post([done = std::move(done), outcome = replace(name, format, std::move(snapshot), includes_seq)] {
        done(outcome);
    });
}

UNISONO_DECL void memory_store::remove(std::string_view name, executor& on, done_handler done) {
    std::lock_guard const lock{mutex_};
    result<void> outcome;
    if (closed_)
        outcome = store_error::closed;
    else if (auto const found = documents_.find(name); found != documents_.end())
        documents_.erase(found);
    on.post([done = std::move(done), outcome] { done(outcome); });
}

UNISONO_DECL void memory_store::close() {
    std::lock_guard const lock{mutex_};
    closed_ = true;
}

UNISONO_DECL result<stored_document> memory_store::read(std::string_view name) const {
    if (closed_)
        return store_error::closed;
    stored_document document;
    auto const found = documents_.find(name);
    if (found == documents_.end())
        return document;
    entry const& stored = found->second;
    document.format = stored.format;
    document.last_seq = stored.last_seq;
    if (stored.snapshot) {
        document.snapshot_bytes = stored.snapshot->record.size();
        document.records.push_back(stored.snapshot->record);
    }
    for (auto const& [seq, record] : stored.log) {
        document.log_bytes += record.size();
        ++document.log_records;
        document.records.push_back(record);
    }
    return document;
}

UNISONO_DECL result<std::uint64_t> memory_store::add(std::string_view name, record_format const& format,
                                                     payload record) {
    if (closed_)
        return store_error::closed;
    entry& stored = documents_.try_emplace(std::string{name}, format).first->second;
    if (stored.format != format)
        return store_error::other_format;
    stored.log.emplace(++stored.last_seq, std::move(record));
    return stored.last_seq;
}

UNISONO_DECL result<void> memory_store::replace(std::string_view name, record_format const& format,
                                                payload record, std::uint64_t includes_seq) {
    if (closed_)
        return store_error::closed;
    entry& stored = documents_.try_emplace(std::string{name}, format).first->second;
    if (stored.snapshot && stored.snapshot->includes_seq > includes_seq)
        return store_error::outdated;
    auto const first_kept = stored.log.upper_bound(includes_seq);
    if (stored.format != format && first_kept != stored.log.end())
        return store_error::other_format;
    stored.log.erase(stored.log.begin(), first_kept);
    stored.format = format;
    stored.last_seq = std::max(stored.last_seq, includes_seq);
    stored.snapshot = memory_store::snapshot{std::move(record), includes_seq};
    return {};
}

} // namespace unisono::inline v0
