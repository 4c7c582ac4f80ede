#pragma once

#include <unisono/store/store.hpp>

#include "support/temporary_directory.hpp"
#include "unit/store/waiting_executor.hpp"

#include <cstdint>
#include <optional>
#include <semaphore>
#include <string>
#include <string_view>
#include <vector>

using unisono::test::temporary_directory;

inline unisono::record_format const yjs{"yjs", 1};

/// A store's operations, each waited for.
class waiting_store {
public:
    explicit waiting_store(unisono::document_store& store) : store_(store) {}

    unisono::result<unisono::stored_document> load(std::string_view name) {
        std::optional<unisono::result<unisono::stored_document>> outcome;
        store_.load(name, executor_, [&](auto loaded) { outcome = std::move(loaded); });
        return executor_.wait_for(outcome);
    }
    unisono::result<std::uint64_t> append(std::string_view name, std::string_view record,
                                          unisono::record_format const& format = yjs) {
        std::optional<unisono::result<std::uint64_t>> outcome;
        store_.append(name, format, unisono::payload{record}, executor_, [&](auto seq) { outcome = seq; });
        return executor_.wait_for(outcome);
    }
    unisono::result<void> compact(std::string_view name, std::string_view snapshot,
                                  std::uint64_t includes_seq, unisono::record_format const& format = yjs) {
        std::optional<unisono::result<void>> outcome;
        store_.compact(name, format, unisono::payload{snapshot}, includes_seq, executor_,
                       [&](auto done) { outcome = done; });
        return executor_.wait_for(outcome);
    }
    unisono::result<void> remove(std::string_view name) {
        std::optional<unisono::result<void>> outcome;
        store_.remove(name, executor_, [&](auto done) { outcome = done; });
        return executor_.wait_for(outcome);
    }
    std::vector<std::string> records(std::string_view name) {
        std::vector<std::string> texts;
        auto const loaded = load(name).value();
        for (auto const& record : loaded.records)
            texts.emplace_back(record.text());
        return texts;
    }

private:
    unisono::document_store& store_;
    waiting_executor executor_;
};

/// Holds up the worker with a load whose outcome cannot be posted yet, so that what is asked for meanwhile
/// shares a transaction.
class gate final : public unisono::executor {
public:
    explicit gate(unisono::document_store& store) {
        store.load("", *this, [](auto) {});
        arrived_.acquire();
    }
    void open() { opened_.release(); }

    void post(unisono::task) override {
        arrived_.release();
        opened_.acquire();
    }
    bool running_here() const noexcept override { return false; }

private:
    std::binary_semaphore arrived_{0};
    std::binary_semaphore opened_{0};
};
