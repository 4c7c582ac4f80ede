#pragma once

#include <unisono/core/config.hpp>
#include <unisono/store/detail/sqlite_worker.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <new>
#include <sched.h>
#include <vector>

namespace unisono::inline v0::detail {

UNISONO_DECL sqlite_worker::sqlite_worker(std::unique_ptr<sqlite_file> file, logger& log,
                                          std::chrono::milliseconds commit_delay)
    : file_(std::move(file)), log_(log), commit_delay_(commit_delay), thread_([this] { work(); }) {}

UNISONO_DECL void sqlite_worker::push(std::unique_ptr<sqlite_operation> operation) {
    bool awaited = false; // nobody has to be woken for one more write
    {
        std::lock_guard const lock{mutex_};
        if (!closing_) {
            awaited = queue_.empty() || !operation->writes();
            reads_ = reads_ || !operation->writes();
            queued_bytes_.fetch_add(operation->bytes(), std::memory_order_relaxed);
            queue_.push_back(std::move(operation));
        }
    }
    if (operation) {
        operation->settle(store_error::closed);
        complete({&operation, 1});
    } else if (awaited) {
        changed_.notify_one();
    }
}

UNISONO_DECL void sqlite_worker::close() {
    {
        std::lock_guard const lock{mutex_};
        closing_ = true;
    }
    changed_.notify_one();
    std::lock_guard const lock{closing_mutex_};
    if (thread_.joinable())
        thread_.join();
}

/// Where this thread shares a processor with an event loop, it does not interrupt that when it wakes up
/// (SCHED_BATCH, sched(7)): a commit can wait for the messages in hand, they cannot wait for it.
UNISONO_DECL void let_event_loops_go_first() noexcept {
    ::sched_param const no_priority{};
    if (::sched_getscheduler(0) == SCHED_OTHER) // else the host has plans of its own
        ::sched_setscheduler(0, SCHED_BATCH, &no_priority);
}

UNISONO_DECL void sqlite_worker::work() {
    let_event_loops_go_first();
    for (;;) {
        sqlite_operations batch; // anew: after a rush nothing of its size stays
        {
            std::unique_lock lock{mutex_};
            changed_.wait(lock, [&] { return closing_ || !queue_.empty(); });
            if (queue_.empty())
                break;
            if (commit_delay_.count() > 0)
                changed_.wait_for(lock, commit_delay_, [&] { return closing_ || reads_; });
            batch.swap(queue_);
            reads_ = false;
        }
        process(batch);
    }
    // Checkpoints the log and lets go of the file, so that it can be opened again at once.
    file_.reset();
}

/// Runs of writes share a transaction; a read ends the run, because it must not see what may yet be rolled
/// back.
UNISONO_DECL void sqlite_worker::process(operations all) {
    while (!all.empty()) {
        auto const first_read =
            std::find_if(all.begin(), all.end(), [](auto const& operation) { return !operation->writes(); });
        auto const writes = static_cast<std::size_t>(first_read - all.begin());
        if (writes > 0)
            write(all.first(writes));
        else
            read(all.first(1));
        all = all.subspan(std::max<std::size_t>(writes, 1));
    }
}

/// Calls the handlers from `next` on. One that throws concerns nobody else.
UNISONO_DECL void deliver_all(std::shared_ptr<sqlite_operations> const& all, std::size_t next) {
    for (; next < all->size(); ++next)
        try {
            (*all)[next]->deliver();
        } catch (...) {
            (*all)[next]->on().post([all, next] { deliver_all(all, next + 1); });
            throw;
        }
}

/// Hands over with one task for each executor: waking a thread costs more than an outcome.
UNISONO_DECL void sqlite_worker::complete(operations group) {
    while (!group.empty()) {
        executor& on = group.front()->on();
        auto const others = std::stable_partition(
            group.begin(), group.end(), [&](auto const& operation) { return &operation->on() == &on; });
        auto const all = std::make_shared<sqlite_operations>(std::make_move_iterator(group.begin()),
                                                             std::make_move_iterator(others));
        on.post([all] { deliver_all(all, 0); });
        group = group.subspan(all->size());
    }
}

UNISONO_DECL void sqlite_worker::read(operations one) {
    sqlite_operation& operation = *one.front();
    std::uint64_t const before = file_->quarantined();
    std::error_code const error = run_guarded(operation);
    if (std::uint64_t const found = file_->quarantined() - before; found > 0) {
        quarantined_.fetch_add(found, std::memory_order_relaxed);
        log_.write(severity::error, "store", "damaged records set aside", {{"records", found}});
    }
    if (error)
        log_.write(severity::error, "store", "reading failed", {{"reason", error.message()}});
    operation.settle(error);
    complete(one);
}

UNISONO_DECL void sqlite_worker::write(operations group) {
    std::vector<std::error_code> refusals(group.size());
    std::error_code const error = write_in_one_transaction(group, refusals);
    if (error == store_error::full && group.size() > 1) {
        // One large record must not fail the small ones that happen to share its transaction.
        for (std::size_t i = 0; i < group.size(); ++i)
            write(group.subspan(i, 1));
        return;
    }
    for (std::size_t i = 0; i < group.size(); ++i) {
        queued_bytes_.fetch_sub(group[i]->bytes(), std::memory_order_relaxed);
        group[i]->settle(error ? error : refusals[i]);
    }
    complete(group);
}

/// An error means that nothing was written; a refusal concerns one operation, which then changed nothing.
UNISONO_DECL std::error_code sqlite_worker::write_in_one_transaction(operations group,
                                                                     std::span<std::error_code> refusals) {
    auto const failed = [&](std::error_code error) {
        write_failed_.store(std::chrono::steady_clock::now(), std::memory_order_relaxed);
        log_.write(severity::error, "store", "writing failed", {{"reason", error.message()}});
        file_->rollback();
        return error;
    };
    if (auto const begun = file_->begin(); !begun)
        return failed(begun.error());
    for (std::size_t i = 0; i < group.size(); ++i) {
        std::error_code const error = run_guarded(*group[i]);
        bool const refused = error == condition::conflict || error == condition::too_large;
        if (error && !refused)
            return failed(error);
        refusals[i] = error;
    }
    if (auto const committed = file_->commit(); !committed)
        return failed(committed.error());
    commits_.fetch_add(1, std::memory_order_relaxed);
    write_failed_.store({}, std::memory_order_relaxed);
    return {};
}

UNISONO_DECL bool sqlite_worker::healthy() const noexcept {
    constexpr std::chrono::seconds memory{10};
    auto const failed = write_failed_.load(std::memory_order_relaxed);
    return failed == std::chrono::steady_clock::time_point{} ||
           std::chrono::steady_clock::now() - failed > memory;
}

UNISONO_DECL std::error_code sqlite_worker::run_guarded(sqlite_operation& operation) {
    try {
        return operation.run(*file_);
    } catch (std::bad_alloc const&) {
        return store_error::unavailable;
    }
}

} // namespace unisono::inline v0::detail
