#pragma once

#include <unisono/core/config.hpp>
#include <unisono/document/document_room.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0 {

UNISONO_DECL document_room::document_room(std::string name, document_store& store, executor& home,
                                          logger& log, document_room_options const& options,
                                          document_room_events events)
    : name_(std::move(name)),
      store_(store),
      home_(home),
      log_(log),
      options_(options),
      events_(std::move(events)),
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
        quarantined_ = stored->quarantined;
        // What the document made of its past by itself, it makes of it every time.
        (void)document_->take_edits();
    }
    done(error);
}

UNISONO_DECL result<bool> document_room::wants(bytes_view update) {
    if (state_ != state::live)
        return store_error::closed;
    auto const anything_new = document_->is_new(update);
    if (anything_new && *anything_new)
        if (auto const full = document_->full())
            return full;
    return anything_new;
}

UNISONO_DECL result<bool> document_room::apply(payload update, std::function<void()> taken,
                                               std::function<void(std::error_code)> done) {
    auto const wanted = wants(update.view());
    if (wanted && *wanted)
        take(std::move(update), std::move(taken), std::move(done));
    else if (wanted)
        confirm(std::move(done));
    return wanted;
}

UNISONO_DECL void document_room::take(payload update, std::function<void()> taken,
                                      std::function<void(std::error_code)> done) {
    auto add = [self = shared_from_this(), update, taken = std::move(taken)] {
        self->document_->add(update);
        taken();
        // A document may have something to say to a change: Yjs tidies formats.
        self->settle([](std::error_code) {});
    };
    ++accepted_;
    if (options_.durability == document_durability::before_relay) {
        append(update, [self = shared_from_this(), add = std::move(add),
                        done = std::move(done)](std::error_code error) {
            ++self->answered_;
            if (!error) {
                add();
                self->compact_if_due();
            }
            done(error);
            self->take_turns();
        });
        return;
    }
    std::function<void(std::error_code)> waiting; // to hear that it is stored
    if (options_.durability == document_durability::before_ack)
        waiting.swap(done);
    append(update, [self = shared_from_this(), waiting = std::move(waiting)](std::error_code error) {
        ++self->answered_;
        if (error)
            self->fail(error);
        else
            self->compact_if_due();
        if (waiting)
            waiting(error);
        self->take_turns();
    });
    add();
    if (done)
        done({});
}

UNISONO_DECL void document_room::fail(std::error_code error) {
    if (std::exchange(state_, state::failed) == state::live && events_.lost)
        events_.lost(error);
}

UNISONO_DECL void document_room::confirm(std::function<void(std::error_code)> done) {
    after_changes([self = shared_from_this(), done = std::move(done)] {
        done(self->state_ == state::live ? std::error_code{} : store_error::closed);
    });
}

UNISONO_DECL void document_room::after_changes(std::function<void()> work) {
    turns_.push_back({accepted_, false, std::move(work)});
    take_turns();
}

UNISONO_DECL void document_room::when_settled(std::function<void()> work) {
    turns_.push_back({0, true, std::move(work)});
    take_turns();
}

UNISONO_DECL void document_room::take_turns() {
    auto const has_come = [this](turn const& t) {
        return t.behind <= answered_ && (!t.settled || settling_.empty());
    };
    while (!turns_.empty() && has_come(turns_.front())) {
        auto const next = std::move(turns_.front());
        turns_.pop_front();
        next.work();
    }
}

UNISONO_DECL void document_room::append(payload update, std::function<void(std::error_code)> done) {
    ++unconfirmed_;
    store_.append(name_, document_->format(), update, home_,
                  [self = shared_from_this(), size = update.size(),
                   done = std::move(done)](result<std::uint64_t> const& seq) {
                      --self->unconfirmed_;
                      if (seq) {
                          self->last_seq_ = *seq;
                          ++self->log_records_;
                          self->log_bytes_ += size;
                      } else {
                          self->log_.write(severity::error, "document", "a change cannot be stored",
                                           {{"reason", seq.error().message()}});
                      }
                      done(seq.error());
                  });
}

UNISONO_DECL void document_room::settle(std::function<void(std::error_code)> done) {
    if (state_ != state::live)
        return done(store_error::closed);
    if (!settling_.empty()) {
        // One after the other: if these cannot be stored, nothing may be that was built on them.
        unsettled_.push_back(std::move(done));
        return;
    }
    auto const edits = document_->take_edits();
    if (edits.empty())
        return done({});
    settling_.push_back(std::move(done));
    append(edits, [self = shared_from_this(), edits](std::error_code error) {
        self->on_edits_appended(edits, error);
    });
}

UNISONO_DECL void document_room::on_edits_appended(payload const& edits, std::error_code error) {
    auto settled = std::exchange(settling_, {});
    auto later = std::exchange(unsettled_, {});
    if (error) {
        settled.insert(settled.end(), later.begin(), later.end());
        later.clear();
        fail(error);
    } else if (events_.edited) {
        events_.edited(edits);
    }
    for (auto const& done : settled)
        done(error);
    if (!later.empty())
        settle([later = std::move(later)](std::error_code e) {
            for (auto const& done : later)
                done(e);
        });
    take_turns();
    compact_if_due();
}

UNISONO_DECL void document_room::compact_if_due() {
    if (log_records_ >= retry_records_ && (log_records_ >= options_.compact_records ||
                                           log_bytes_ >= std::max(options_.compact_bytes, snapshot_bytes_)))
        compact([] {});
}

UNISONO_DECL void document_room::compact(std::function<void()> done) {
    // What is not stored yet may be taken back: it does not belong in a snapshot.
    if (compacting_ || !settling_.empty() || state_ != state::live || log_records_ == 0) {
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
    store_.compact(name_, document_->format(), *snapshot, last_seq_, home_,
                   [self = shared_from_this(), records, bytes, whole = *snapshot,
                    done = std::move(done)](result<void> compacted) {
                       self->compacting_ = false;
                       if (compacted) {
                           self->log_records_ -= records;
                           self->log_bytes_ -= bytes;
                           self->snapshot_bytes_ = whole.size();
                           self->retry_records_ = 0;
                           if (self->events_.compacted)
                               self->events_.compacted(whole);
                       } else { // the log is still whole, so nothing is lost
                           self->retry_records_ = self->log_records_ + self->options_.compact_records;
                           self->log_.write(severity::warning, "document", "a log was not compacted",
                                            {{"reason", compacted.error().message()}});
                       }
                       done();
                   });
}

UNISONO_DECL document_room_figures document_room::figures() const noexcept {
    return {.log_records = log_records_,
            .log_bytes = log_bytes_,
            .snapshot_bytes = snapshot_bytes_,
            .unconfirmed = unconfirmed_,
            .quarantined = quarantined_};
}

} // namespace unisono::inline v0
