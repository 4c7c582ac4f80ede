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
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace unisono::inline v0 {

/// When a change is stored: what a crash of the server may take back. Clients that are still there bring it
/// again.
enum class document_durability : std::uint8_t {
    before_relay, ///< before anybody hears of it
    before_ack,   ///< before who made it is told that it is safe; the others hear of it at once
    after_ack,    ///< soon; who made it is told at once, and loses it when the server and it crash
};

struct document_room_options {
    /// What a document is, by its name; by default a Yjs document within the limits.
    std::function<std::unique_ptr<document_replica>(std::string const& name)> make = {};
    yjs::update_limits limits = {};
    document_durability durability = document_durability::before_relay;
    std::size_t compact_records = 256;      ///< the log is replaced by a snapshot from so many records on,
    std::size_t compact_bytes = 256 * 1024; ///< or so many bytes, and when the document is put away
};

/// What a room tells whoever keeps it. Called on the room's shard.
struct document_room_events {
    /// The host's edits are stored, as this update: others may be told.
    std::function<void(payload const& update)> edited = {};
    /// Something that the document holds could not be stored, edits of the host's or a change that others
    /// were told of before: the room has failed.
    std::function<void(std::error_code)> lost = {};
    /// The log was replaced by this snapshot.
    std::function<void(payload const& snapshot)> compacted = {};
};

/// How a room stands with its store.
struct document_room_figures {
    std::size_t log_records = 0;
    std::size_t log_bytes = 0;
    std::size_t snapshot_bytes = 0;
    std::size_t unconfirmed = 0; ///< changes that are being stored
    std::size_t quarantined = 0; ///< damaged records that were set aside when it was loaded
};

/// A document in memory and its life in the store: loaded once, every change appended, the log compacted now
/// and then.
///
/// Unless options say otherwise, what anybody is told about is durable: changes are passed on, and the whole
/// is handed out, only when the store has confirmed what they contain. What the host edits in document() is
/// in memory first, so whatever is read from it waits for settle(). A document whose load failed is never
/// written to. Thread safety: none; lives on the shard given.
class document_room : public std::enable_shared_from_this<document_room> {
public:
    document_room(std::string name, document_store& store, executor& home, logger& log,
                  document_room_options const& options = {}, document_room_events events = {});

    enum class state { loading, live, failed };
    state status() const noexcept { return state_; }
    std::string const& name() const noexcept { return name_; }

    /// Reads the document. `done` runs once, later, and says whether the room is live.
    void load(std::function<void(std::error_code)> done);

    /// Nothing was ever stored of this document. Known when the room is live.
    bool is_unwritten() const noexcept { return last_seq_ == 0; }

    /// The number of the latest record that is stored.
    std::uint64_t last_seq() const noexcept { return last_seq_; }

    /// May this update be taken in? False when it brings nothing new; an error when it is malformed, or
    /// when nothing more can be taken in, or not now.
    result<bool> wants(bytes_view update);

    /// Stores an update that it wants and takes it in; which comes first, document_durability says. `taken`
    /// runs when the document has it and others may be told; `done` when who made it may be told that it is
    /// safe, or with the store's error. Then the document is as it was, or had taken it already and is lost.
    void take(payload update, std::function<void()> taken, std::function<void(std::error_code)> done);

    /// take(), if the room wants it. Otherwise `taken` never runs: returns false when the update brings
    /// nothing new, then `done` runs as confirm() says; or an error, and calls neither.
    result<bool> apply(payload update, std::function<void()> taken,
                       std::function<void(std::error_code)> done);

    /// Runs `done` when all the changes that the document holds now are stored, or with an error when not
    /// all of them could be. At once if none is under way.
    void confirm(std::function<void(std::error_code)> done);

    /// Stores what the host has edited in document() so far. `done` runs once: when all that the document
    /// holds now is stored, so at once if nothing was edited; or with the store's error, then the room has
    /// failed. Precondition: the room is live.
    void settle(std::function<void(std::error_code)> done);

    /// Runs `work` when every change that apply() has accepted so far is in the document or has failed, so at
    /// once if none is under way; in the order of the calls. The room may have failed by then.
    void after_changes(std::function<void()> work);

    /// Runs `work` when the document holds nothing that is not stored, among the work of after_changes():
    /// what is asked for later waits for it, so edits that follow each other closely do not keep it away.
    void when_settled(std::function<void()> work);

    /// Replaces the log by a snapshot when there is a log. `done` runs when that is over, whatever came of
    /// it.
    void compact(std::function<void()> done);

    /// Nothing is written any more on the room's behalf, except what is under way.
    void retire() noexcept { state_ = state::failed; }

    /// As retire(), and nobody who waits is told: for who takes everything down.
    void abandon() noexcept {
        retire();
        turns_.clear();
        settling_.clear();
        unsettled_.clear();
    }

    /// Nothing is under way between this room and the store.
    bool at_rest() const noexcept { return unconfirmed_ == 0 && !compacting_ && state_ != state::loading; }

    document_replica& document() noexcept { return *document_; }
    document_room_figures figures() const noexcept;

private:
    using settled = std::function<void(std::error_code)>;
    struct turn {
        std::uint64_t behind; ///< so many changes,
        bool settled;         ///< and all edits
        std::function<void()> work;
    };

    void on_loaded(result<stored_document> stored, std::function<void(std::error_code)> const& done);
    void append(payload update, std::function<void(std::error_code)> done);
    void on_edits_appended(payload const& edits, std::error_code error);
    void fail(std::error_code error);
    void take_turns();
    void compact_if_due();

    std::string name_;
    document_store& store_;
    executor& home_;
    logger& log_;
    document_room_options options_;
    document_room_events events_;
    std::unique_ptr<document_replica> document_;
    state state_ = state::loading;
    std::uint64_t last_seq_ = 0;
    std::size_t log_records_ = 0;
    std::size_t log_bytes_ = 0;
    std::size_t snapshot_bytes_ = 0;
    std::size_t quarantined_ = 0;
    std::size_t retry_records_ = 0;  ///< after a compaction failed: the next one when the log has so many
    std::size_t unconfirmed_ = 0;    ///< appends without an answer
    std::uint64_t accepted_ = 0;     ///< changes of apply(),
    std::uint64_t answered_ = 0;     ///< and those of them that the store has answered, in their order
    std::deque<turn> turns_;         ///< of after_changes() and when_settled()
    std::vector<settled> settling_;  ///< who waits for the edits that are being stored; never empty then
    std::vector<settled> unsettled_; ///< who waits for later ones
    bool compacting_ = false;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/document/impl/document_room.ipp>
#endif
