#pragma once

#include <unisono/store/store.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// A store that lasts as long as the object: for tests and for documents that may be lost.
class memory_store final : public document_store {
public:
    void load(std::string_view name, executor& on, load_handler done) override;
    void append(std::string_view name, record_format const& format, payload record, executor& on,
                append_handler done) override;
    void compact(std::string_view name, record_format const& format, payload snapshot,
                 std::uint64_t includes_seq, executor& on, done_handler done) override;
    void remove(std::string_view name, executor& on, done_handler done) override;
    void close() override;

private:
    struct snapshot {
        payload record;
        std::uint64_t includes_seq;
    };
    struct entry {
        explicit entry(record_format const& f) : format(f) {}

        record_format format;
        std::uint64_t last_seq = 0;
        std::optional<memory_store::snapshot> snapshot;
        std::map<std::uint64_t, payload> log;
    };

    result<stored_document> read(std::string_view name) const;
    result<std::uint64_t> add(std::string_view name, record_format const& format, payload record);
    result<void> replace(std::string_view name, record_format const& format, payload record,
                         std::uint64_t includes_seq);

    std::mutex mutex_; // also held while posting, so that handlers keep the order of the operations
    std::map<std::string, entry, std::less<>> documents_;
    bool closed_ = false;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/store/impl/store_memory.ipp>
#endif
