#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/transport/detail/sse_feed.hpp>
#include <unisono/wire/http_chunk.hpp>
#include <unisono/wire/sse_event.hpp>

#include <charconv>
#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL std::string feed_id(position const& at) {
    return at.epoch + ":" + std::to_string(at.offset);
}

UNISONO_DECL std::optional<position> parse_feed_id(std::string_view id) {
    auto const colon = id.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    position at{std::string{id.substr(0, colon)}, 0};
    auto const* const end = id.data() + id.size();
    auto const [stopped, ec] = std::from_chars(id.data() + colon + 1, end, at.offset);
    if (ec != std::errc{} || stopped != end || at.epoch.empty())
        return std::nullopt;
    return at;
}

UNISONO_DECL void sse_feed::serve(http_exchange const& exchange, hub& rooms, std::size_t where,
                                  feed_layout layout, std::vector<feed_wish> wishes,
                                  sse_options const& options) {
    auto const stream = sse_connection::start(exchange, options);
    if (!stream)
        return;
    std::shared_ptr<sse_feed> const feed{new sse_feed{stream, layout, options.retry}};
    stream->on_end([feed] { feed->stop(); });
    feed->start(rooms, where, std::move(wishes));
}

UNISONO_DECL void sse_feed::start(hub& rooms, std::size_t where, std::vector<feed_wish> wishes) {
    waiting_ = wishes.size();
    rooms_ = std::vector<room>(wishes.size());
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        room& r = rooms_[i];
        r.feed = this;
        r.from = wishes[i].from;
        if (layout_ == feed_layout::many_rooms)
            r.name = wishes[i].room;
        rooms.subscribe(where, wishes[i].room, std::shared_ptr<subscriber>{shared_from_this(), &r},
                        std::move(wishes[i].past),
                        [self = shared_from_this(), &r](subscription s, subscribed past) {
                            self->begin(r, std::move(s), std::move(past));
                        });
    }
}

UNISONO_DECL void sse_feed::stop() {
    for (room& r : rooms_)
        r.membership.cancel();
    held_.clear();
}

UNISONO_DECL void sse_feed::begin(room& r, subscription s, subscribed past) {
    auto const stream = stream_.lock();
    if (!stream || !stream->link().is_open())
        return;
    live_ = stream.get();
    r.membership = std::move(s);
    r.at = past.at;
    if (!past.messages.empty()) // the client moves forward with what it gets, not before
        r.at.offset = past.messages.front()->offset - 1;
    bool const lost = is_lost(r, past);
    if (lost) {
        held_.push_back({&r, nullptr});
    } else {
        if (r.from)
            r.at.offset = r.from->offset;
        note_position(r, r.at.offset);
    }
    for (auto const& m : past.messages)
        if (!r.from || lost || m->offset > r.from->offset)
            held_.push_back({&r, m});
    // Nothing is written before every room has answered, so that every id covers every room.
    if (--waiting_ == 0)
        write_past();
}

UNISONO_DECL bool sse_feed::is_lost(room const& r, subscribed const& past) {
    if (!r.from)
        return past.was_recovering && !past.recovered;
    bool const other_life = !r.from->epoch.empty() && r.from->epoch != past.at.epoch;
    auto const first = past.at.offset - past.messages.size();
    return other_life || r.from->offset < first || r.from->offset > past.at.offset;
}

UNISONO_DECL void sse_feed::write_past() {
    // A cut connection has no last word to say it in.
    if (auto const block = encode_sse({.retry = retry_}))
        live_->write(*block);
    if (held_.empty())
        if (auto const block = encode_sse({.id = id()}))
            live_->write(*block);
    for (auto const& [where, message] : std::exchange(held_, {}))
        if (message)
            write(*message, *where, false);
        else
            write_reset(*where);
}

UNISONO_DECL void sse_feed::deliver(room& r, message_ptr const& m) {
    if (waiting_ != 0)
        held_.push_back({&r, m});
    else
        write(*m, r, true);
}

UNISONO_DECL void sse_feed::write_reset(room& r) {
    note_position(r, r.at.offset); // not before it is told: a cut in between must not hide it
    std::string text;
    json::writer json{text};
    json.object([&] {
        if (!r.name.empty())
            json.member("room", r.name);
        json.member("reason", "position lost");
    });
    if (auto const block = encode_sse({.event = "reset", .id = id(), .data = text}))
        live_->write(*block);
}

UNISONO_DECL void sse_feed::write(message const& m, room& r, bool live) {
    if (m.kind != message_kind::publication)
        return;
    if (m.offset != 0)
        note_position(r, m.offset);
    auto& link = live_->link();
    if (layout_ == feed_layout::blocks && m.data.empty()) {
        live_->close();
        return;
    }
    auto bytes = bytes_of(m, r);
    if (bytes.empty())
        return;
    // The fields of one event may come in two pieces: what all share, and before it what differs.
    payload front;
    if (layout_ == feed_layout::many_rooms && m.offset != 0) {
        front = payload{std::string_view{"id: " + id() + "\n"}};
        if (live_->chunked())
            front = encode_chunk(front.view());
    }
    if (!live) {
        // History is bounded itself, and who comes back slowly could never catch up if it counted.
        link.send_exempt(std::move(front));
        link.send_exempt(std::move(bytes));
        return;
    }
    bool const fits = (front.empty() || link.send(std::move(front), overflow::refuse, 0, m.pace)) &&
                      link.send(std::move(bytes), overflow::refuse, 0, m.pace);
    if (!fits && link.is_open())
        link.abort(std::make_error_code(std::errc::no_buffer_space)); // it resumes by its last id
}

UNISONO_DECL void sse_feed::note_position(room& r, std::uint64_t offset) {
    r.at.offset = offset;
    if (layout_ == feed_layout::many_rooms)
        cookie_.set(r.name, r.at);
}

UNISONO_DECL std::string sse_feed::id() const {
    return layout_ == feed_layout::many_rooms ? cookie_.text() : feed_id(rooms_.front().at);
}

UNISONO_DECL payload sse_feed::bytes_of(message const& m, room const& r) const {
    if (!live_->chunked())
        return block(m, r);
    auto const form = layout_ == feed_layout::many_rooms ? wire_form::sse_room : wire_form::sse;
    return m.form(form, [&](message const& from) { return encode_chunk(block(from, r).view()); });
}

UNISONO_DECL payload sse_feed::block(message const& m, room const& r) const {
    std::string const id = m.offset != 0 ? feed_id({r.at.epoch, m.offset}) : std::string{};
    if (layout_ == feed_layout::blocks)
        return payload{std::string_view{"id: " + id + "\n" + std::string{m.data.text()}}};
    sse_event event{.data = m.data.text()};
    if (layout_ == feed_layout::many_rooms)
        event.event = r.name;
    else if (m.offset != 0)
        event.id = id;
    auto bytes = encode_sse(event);
    return bytes ? *std::move(bytes) : payload{}; // binary data does not fit a text stream
}

} // namespace unisono::inline v0::detail
