#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/store/detail/sqlite_file.hpp>
#include <unisono/store/store.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace unisono::inline v0::detail {

/// One thing the store was asked for. run() and settle() on the worker, then deliver() on the executor.
class sqlite_operation {
public:
    sqlite_operation(bool writes, std::size_t bytes, executor& on) noexcept
        : on_(on), writes_(writes), bytes_(bytes) {}
    virtual ~sqlite_operation() = default;

    executor& on() const noexcept { return on_; }
    bool writes() const noexcept { return writes_; }
    std::size_t bytes() const noexcept { return bytes_; }

    /// Writes run inside a transaction that the worker keeps.
    virtual std::error_code run(sqlite_file& file) = 0;
    /// Without an error, the outcome is what the last run() gave.
    virtual void settle(std::error_code error) = 0;
    /// Calls the handler with the outcome.
    virtual void deliver() = 0;

private:
    executor& on_;
    bool writes_;
    std::size_t bytes_;
};

using sqlite_operations = std::vector<std::unique_ptr<sqlite_operation>>;

/// `work(file)` gives a result<T>, which goes to `done` on the executor.
template <class T, class Work>
class sqlite_operation_of final : public sqlite_operation {
public:
    sqlite_operation_of(bool writes, std::size_t bytes, executor& on, std::function<void(result<T>)> done,
                        Work work)
        : sqlite_operation(writes, bytes, on), done_(std::move(done)), work_(std::move(work)) {}

    std::error_code run(sqlite_file& file) override {
        outcome_ = work_(file);
        return outcome_.error();
    }
    void settle(std::error_code error) override {
        if (error)
            outcome_ = error;
    }
    void deliver() override { done_(std::move(outcome_)); }

private:
    std::function<void(result<T>)> done_;
    Work work_;
    result<T> outcome_{store_error::closed};
};

/// The thread that owns the file, and its queue.
class sqlite_worker {
public:
    sqlite_worker(std::unique_ptr<sqlite_file> file, logger& log, std::chrono::milliseconds commit_delay);
    ~sqlite_worker() { close(); }

    /// Completed with store_error::closed after close().
    void push(std::unique_ptr<sqlite_operation> operation);
    void close();

    std::size_t queued_bytes() const noexcept { return queued_bytes_.load(std::memory_order_relaxed); }
    std::uint64_t commits() const noexcept { return commits_.load(std::memory_order_relaxed); }
    bool healthy() const noexcept;
    std::uint64_t quarantined() const noexcept { return quarantined_.load(std::memory_order_relaxed); }

private:
    using operations = std::span<std::unique_ptr<sqlite_operation>>;

    void work();
    void process(operations all);
    void read(operations one);
    void write(operations group);
    static void complete(operations group);
    std::error_code write_in_one_transaction(operations group, std::span<std::error_code> refusals);
    std::error_code run_guarded(sqlite_operation& operation);

    std::unique_ptr<sqlite_file> file_; // the worker's thread only, while it runs
    logger& log_;
    std::chrono::milliseconds const commit_delay_;
    std::atomic<std::size_t> queued_bytes_{0};
    std::atomic<std::uint64_t> commits_{0};
    std::atomic<std::uint64_t> quarantined_{0};
    std::atomic<std::chrono::steady_clock::time_point> write_failed_{}; ///< none since the last success

    std::mutex mutex_;
    std::condition_variable changed_;
    sqlite_operations queue_;
    bool reads_ = false; // somebody waits for something in the queue to be read
    bool closing_ = false;

    std::mutex closing_mutex_; // whoever calls close() second waits for the first
    std::thread thread_;       // last: everything it uses is there before it starts
};

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/store/impl/sqlite_worker.ipp>
#endif
