#pragma once

#include <unisono/core/config.hpp>
#include <unisono/document/document_room.hpp>

#include <algorithm>

namespace unisono::inline v0 {

UNISONO_DECL document_room::document_room(std::string name, document_store& store, executor& home,
                                          logger& log, document_room_options const& options)
    : name_(std::move(name)),
      store_(store),
      home_(home),
      log_(log),
      options_(options),
      document_(options.make ? options.make(name_) : std::make_unique<encoded_yjs>(options.limits)) {}

UNISONO_DECL void document_room::load(std::function<void(std::error_code)> done) {
    store_.load(name_, home_,
                [self = shared_from_this(), done = std::move(done)](result<stored_document> stored) {
                    self->on_loaded(std::move(stored), done);
                });
}

UNISONO_DECL void document_room::on_loaded(result<stored_document> stored,
                                           std::function<void(std::error_code)> const& done) {
    std::error_code error = stored.error();
    if (!error && !stored->format.engine.empty() && stored->format != document_->format())
        error = store_error::other_format;
    if (!error)
        for (auto& record : stored->records) {
            if (auto const valid = document_->is_new(record.view()); !valid)
                error = valid.error();
            else
                document_->add(std::move(record));
        }
    if (error) {
        state_ = state::failed;
        log_.write(severity::error, "document", "a document cannot be loaded", {{"reason", error.message()}});
    } else {
        state_ = state::live;
        last_seq_ = stored->last_seq;
        log_records_ = stored->log_records;
        log_bytes_ = stored->log_bytes;
        snapshot_bytes_ = stored->snapshot_bytes;
    }
    done(error);
}

UNISONO_DECL result<bool> document_room::apply(payload update, std::function<void(std::error_code)> done) {
    auto const anything_new = document_->is_new(update.view());
    if (!anything_new || !*anything_new)
        return anything_new;
    if (auto const full = document_->full())
        return full;
    ++unconfirmed_;
    store_.append(name_, document_->format(), update, home_,
                  [self = shared_from_this(), update, done = std::move(done)](result<std::uint64_t> seq) {
                      self->on_appended(seq, update);
                      done(seq.error());
                  });
    return true;
}

UNISONO_DECL void document_room::on_appended(result<std::uint64_t> const& seq, payload update) {
    --unconfirmed_;
    if (!seq) {
        log_.write(severity::error, "document", "a change cannot be stored",
                   {{"reason", seq.error().message()}});
        return;
    }
    last_seq_ = *seq;
    ++log_records_;
    log_bytes_ += update.size();
    document_->add(std::move(update));
    if (log_records_ >= retry_records_ && (log_records_ >= options_.compact_records ||
                                           log_bytes_ >= std::max(options_.compact_bytes, snapshot_bytes_)))
        compact([] {});
}

UNISONO_DECL void document_room::compact(std::function<void()> done) {
    if (compacting_ || state_ != state::live || log_records_ == 0) {
        done();
        return;
    }
    auto snapshot = document_->whole();
    if (!snapshot) {
        log_.write(severity::warning, "document", "a log cannot be compacted",
                   {{"reason", snapshot.error().message()}});
        retry_records_ = log_records_ + options_.compact_records;
        done();
        return;
    }
    compacting_ = true;
    std::size_t const records = log_records_;
    std::size_t const bytes = log_bytes_;
    std::size_t const size = snapshot->size();
    store_.compact(
        name_, document_->format(), *std::move(snapshot), last_seq_, home_,
        [self = shared_from_this(), records, bytes, size, done = std::move(done)](result<void> compacted) {
            self->compacting_ = false;
            if (compacted) {
                self->log_records_ -= records;
                self->log_bytes_ -= bytes;
                self->snapshot_bytes_ = size;
                self->retry_records_ = 0;
            } else { // the log is still whole, so nothing is lost
                self->retry_records_ = self->log_records_ + self->options_.compact_records;
                self->log_.write(severity::warning, "document", "a log was not compacted",
                                 {{"reason", compacted.error().message()}});
            }
            done();
        });
}

UNISONO_DECL void document_room::put_away(std::function<void()> done) {
    compact(std::move(done));
}

} // namespace unisono::inline v0
