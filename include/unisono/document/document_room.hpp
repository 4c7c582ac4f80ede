#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/core/logger.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/document/document_replica.hpp>
#include <unisono/document/encoded_yjs.hpp>
#include <unisono/store/store.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <system_error>

namespace unisono::inline v0 {

struct document_room_options {
    /// What a document is, by its name; by default a Yjs document within the limits.
    std::function<std::unique_ptr<document_replica>(std::string const& name)> make = {};
    yjs::update_limits limits = {};
    std::size_t compact_records = 256;      ///< the log is replaced by a snapshot from so many records on,
    std::size_t compact_bytes = 256 * 1024; ///< or so many bytes, and when the document is put away
};

/// A document in memory and its life in the store: loaded once, every change appended, the log compacted now
/// and then.
///
/// What anybody is told about is durable: changes are passed on, and the whole is handed out, only when the
/// store has confirmed what they contain. A document whose load failed is never written to. Thread safety:
/// none; lives on the shard given.
class document_room : public std::enable_shared_from_this<document_room> {
public:
    document_room(std::string name, document_store& store, executor& home, logger& log,
                  document_room_options const& options = {});

    enum class state { loading, live, failed };
    state status() const noexcept { return state_; }
    std::string const& name() const noexcept { return name_; }

    /// Reads the document. `done` runs once, later, and says whether the room is live.
    void load(std::function<void(std::error_code)> done);

    /// Stores an update and then takes it in. `done` runs once, later, when others may be told, or with the
    /// store's error: then nothing has changed. Returns false, and never calls `done`, when the update brings
    /// nothing new; an error when it is malformed. Precondition: the room is live.
    result<bool> apply(payload update, std::function<void(std::error_code)> done);

    /// Replaces the log by a snapshot when there is a log. `done` runs when that is over, whatever came of
    /// it.
    void put_away(std::function<void()> done);

    /// Nothing is under way between this room and the store.
    bool at_rest() const noexcept { return unconfirmed_ == 0 && !compacting_ && state_ != state::loading; }

    document_replica& document() noexcept { return *document_; }

private:
    void on_loaded(result<stored_document> stored, std::function<void(std::error_code)> const& done);
    void on_appended(result<std::uint64_t> const& seq, payload update);
    void compact(std::function<void()> done);

    std::string name_;
    document_store& store_;
    executor& home_;
    logger& log_;
    document_room_options options_;
    std::unique_ptr<document_replica> document_;
    state state_ = state::loading;
    std::uint64_t last_seq_ = 0;
    std::size_t log_records_ = 0;
    std::size_t log_bytes_ = 0;
    std::size_t snapshot_bytes_ = 0;
    std::size_t retry_records_ = 0; ///< after a compaction failed: the next one when the log has so many
    std::size_t unconfirmed_ = 0;   ///< appends without an answer
    bool compacting_ = false;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/document/impl/document_room.ipp>
#endif
