#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/sse_rooms_feed.hpp>
#include <unisono/wire/http_chunk.hpp>
#include <unisono/wire/sse_event.hpp>

#include <memory>
#include <string_view>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL void sse_rooms_feed::serve(http_exchange const& exchange, hub& rooms, std::size_t where,
                                        std::vector<wish> wishes, sse_options const& options) {
    auto const feed = start_sse(exchange, std::make_unique<sse_rooms_feed>(exchange, wishes.size(), options));
    if (!feed)
        return;
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        room& r = feed->rooms_[i];
        r.feed = feed.get();
        r.name = std::move(wishes[i].room);
        rooms.subscribe(
            where, r.name, std::shared_ptr<subscriber>{feed, &r}, std::move(wishes[i].past),
            [feed, &r](subscription s, subscribed const& past) { feed->begin(r, std::move(s), past); });
    }
}

UNISONO_DECL void sse_rooms_feed::on_end() noexcept {
    for (room& r : rooms_)
        r.membership.cancel();
    held_.clear();
}

UNISONO_DECL void sse_rooms_feed::begin(room& r, subscription s, subscribed const& past) {
    if (!link().is_open())
        return;
    r.membership = std::move(s);
    r.at = past.at;
    r.at.offset -= past.messages.size(); // the client moves forward with what it gets, not before
    if (past.was_recovering && !past.recovered)
        held_.push_back({&r, nullptr}); // and is told of a loss first: a cut before that must not hide it
    else
        move_to(r, r.at.offset);
    for (auto const& m : past.messages)
        held_.push_back({&r, m});
    // Nothing is written before every room has answered, so that every id covers every room.
    if (--waiting_ == 0)
        write_held();
}

UNISONO_DECL void sse_rooms_feed::write_held() {
    write_retry();
    if (held_.empty())
        write_id(cookie_.text());
    for (auto const& [where, message] : std::exchange(held_, {})) {
        if (message) {
            write(*where, *message, false);
        } else {
            move_to(*where, where->at.offset);
            write_reset(cookie_.text(), where->name);
        }
    }
}

UNISONO_DECL void sse_rooms_feed::deliver(room& r, message_ptr const& m) {
    if (waiting_ != 0)
        held_.push_back({&r, m});
    else
        write(r, *m, true);
}

UNISONO_DECL void sse_rooms_feed::write(room& r, message const& m, bool live) {
    if (m.kind != message_kind::publication)
        return;
    if (m.offset != 0)
        move_to(r, m.offset);
    auto bytes = bytes_of(m, r);
    if (bytes.empty())
        return;
    // One event in two pieces: before what all streams share the id, in which they differ.
    payload front;
    if (m.offset != 0)
        front = framed(payload{std::string_view{"id: " + cookie_.text() + "\n"}});
    if (!live) {
        write_past(std::move(front));
        write_past(std::move(bytes));
    } else if (front.empty() || write_live(std::move(front), m)) {
        write_live(std::move(bytes), m);
    }
}

UNISONO_DECL void sse_rooms_feed::move_to(room& r, std::uint64_t offset) {
    r.at.offset = offset;
    cookie_.set(r.name, r.at);
}

UNISONO_DECL payload sse_rooms_feed::bytes_of(message const& m, room const& r) const {
    auto const block = [&](message const& from) {
        auto bytes = encode_sse({.event = r.name, .data = from.data.text()});
        return bytes ? *std::move(bytes) : payload{}; // binary data does not fit a text stream
    };
    if (!chunked())
        return block(m);
    return m.form(wire_form::sse_room, [&](message const& from) { return encode_chunk(block(from).view()); });
}

} // namespace unisono::inline v0::detail
