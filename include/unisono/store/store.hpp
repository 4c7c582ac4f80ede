#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/store/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// What the bytes of a document's records mean: the engine that wrote them and its version of the format.
struct record_format {
    std::string engine;
    std::uint32_t version = 1;

    bool operator==(record_format const&) const = default;
};

/// A document as it was stored.
struct stored_document {
    record_format format;         ///< empty engine when nothing is stored
    std::uint64_t last_seq = 0;   ///< highest sequence number given so far; 0 when nothing is stored
    std::vector<payload> records; ///< the snapshot if there is one, then the log in order; import them all
    std::size_t snapshot_bytes = 0;
    std::size_t log_bytes = 0;
    std::size_t log_records = 0;
    std::size_t quarantined = 0; ///< damaged records of this document that were set aside, not in `records`
};

/// Where documents outlive the process: per document a log of records, and a snapshot that replaces its
/// beginning. Records are opaque bytes.
///
/// Everything is asynchronous: handlers run on the executor given with the call, never before the call
/// returns, exactly once. Operations on one document take effect and complete in the order they were asked
/// for from one thread; a load sees everything asked for before it. Executors must outlive close().
///
/// Thread safety: all members may be called from any thread.
class document_store {
public:
    using load_handler = std::function<void(result<stored_document>)>;
    using append_handler = std::function<void(result<std::uint64_t>)>;
    using done_handler = std::function<void(result<void>)>;

    virtual ~document_store() = default;

    /// Reads a document. One that was never stored is no error: it has no records.
    virtual void load(std::string_view name, executor& on, load_handler done) = 0;

    /// Adds a record behind the log. `done` receives its sequence number (1, 2, ...) once the record is
    /// durable. All records of a document have one format (store_error::other_format); only compact() changes
    /// it.
    virtual void append(std::string_view name, record_format const& format, payload record, executor& on,
                        append_handler done) = 0;

    /// Replaces the snapshot and all records up to `includes_seq` by `snapshot`, which contains them; later
    /// records stay. Happens whole or not at all. store_error::outdated when the stored snapshot includes
    /// more; store_error::other_format when records of another format would stay.
    virtual void compact(std::string_view name, record_format const& format, payload snapshot,
                         std::uint64_t includes_seq, executor& on, done_handler done) = 0;

    /// Forgets a document, also its quarantined records. Its sequence numbers start anew.
    virtual void remove(std::string_view name, executor& on, done_handler done) = 0;

    /// False while the backend refuses changes. After ten seconds without an attempt it counts as healthy
    /// again: a server that was taken out of service for it must get another chance.
    virtual bool healthy() const noexcept { return true; }

    /// Completes everything asked for before, posts its handlers, and refuses what comes later
    /// (store_error::closed). Blocks; a second call does nothing. Destroying a store closes it.
    virtual void close() = 0;
};

} // namespace unisono::inline v0
