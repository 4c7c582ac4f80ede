#pragma once

#include <unisono/store/store_memory.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace unisono::test {

/// A store in memory that does as it is told: holds operations back, and fails them. One thread.
class fault_store final : public document_store {
public:
    bool hold = false;       ///< operations wait for release()
    bool fail_loads = false; ///< as they begin, not as they are asked for
    bool fail_appends = false;
    bool fail_compactions = false;
    std::size_t loads = 0; ///< begun
    std::size_t appends = 0;
    std::size_t compactions = 0;

    void load(std::string_view name, executor& on, load_handler done) override {
        begin([this, name = std::string{name}, &on, done = std::move(done)] {
            ++loads;
            if (fail_loads)
                on.post([done] { done(store_error::io); });
            else
                store_.load(name, on, done);
        });
    }
    void append(std::string_view name, record_format const& format, payload record, executor& on,
                append_handler done) override {
        begin([this, name = std::string{name}, format, record = std::move(record), &on,
               done = std::move(done)] {
            ++appends;
            if (fail_appends)
                on.post([done] { done(store_error::full); });
            else
                store_.append(name, format, record, on, done);
        });
    }
    void compact(std::string_view name, record_format const& format, payload snapshot,
                 std::uint64_t includes_seq, executor& on, done_handler done) override {
        begin([this, name = std::string{name}, format, snapshot = std::move(snapshot), includes_seq, &on,
               done = std::move(done)] {
            ++compactions;
            if (fail_compactions)
                on.post([done] { done(store_error::io); });
            else
                store_.compact(name, format, snapshot, includes_seq, on, done);
        });
    }
    void remove(std::string_view name, executor& on, done_handler done) override {
        begin(
            [this, name = std::string{name}, &on, done = std::move(done)] { store_.remove(name, on, done); });
    }
    void close() override { store_.close(); }

    /// Lets the oldest operation that is held back begin. False when there is none.
    bool release_one() {
        if (held_.empty())
            return false;
        auto const operation = std::move(held_.front());
        held_.pop_front();
        operation();
        return true;
    }
    /// Lets all begin that are held back, and holds none any more.
    void release() {
        hold = false;
        while (release_one()) {
        }
    }
    std::size_t held() const noexcept { return held_.size(); }

private:
    void begin(task operation) {
        if (hold || !held_.empty())
            held_.push_back(std::move(operation));
        else
            operation();
    }

    memory_store store_;
    std::deque<task> held_;
};

} // namespace unisono::test
