#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/detail/sse_room_feed.hpp>
#include <unisono/wire/http_chunk.hpp>
#include <unisono/wire/sse_event.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL void sse_room_feed::serve(http_exchange const& exchange, hub& rooms, std::size_t where,
                                       std::string_view room, wish wanted, content what,
                                       sse_options const& options) {
    auto const feed = start_sse(exchange, std::make_unique<sse_room_feed>(exchange, what, options));
    if (feed)
        rooms.subscribe(where, room, feed, std::move(wanted.past),
                        [feed, from = std::move(wanted.from)](subscription s, subscribed const& past) {
                            feed->begin(std::move(s), past, from);
                        });
}

UNISONO_DECL void sse_room_feed::begin(subscription s, subscribed const& past,
                                       std::optional<position> const& from) {
    if (!link().is_open())
        return;
    membership_ = std::move(s);
    bool const lost = is_lost(past, from);
    auto news = past.messages.begin();
    auto at = past.at.offset - past.messages.size(); // moves forward with what the client gets, not before
    if (from && !lost) {
        news =
            std::find_if(news, past.messages.end(), [&](auto const& m) { return m->offset > from->offset; });
        at = from->offset;
    }
    write_retry();
    if (lost)
        write_reset(feed_id(past.at.epoch, at), {});
    else if (news == past.messages.end())
        write_id(feed_id(past.at.epoch, at));
    for (; news != past.messages.end() && membership_; ++news)
        write(**news, false);
}

/// Is something missing between what the client had and what there is to give it?
UNISONO_DECL bool sse_room_feed::is_lost(subscribed const& past, std::optional<position> const& from) {
    if (!from)
        return past.was_recovering && !past.recovered;
    bool const other_life = !from->epoch.empty() && from->epoch != past.at.epoch;
    auto const first = past.at.offset - past.messages.size();
    return other_life || from->offset < first || from->offset > past.at.offset;
}

UNISONO_DECL void sse_room_feed::write(message const& m, bool live) {
    if (m.kind != message_kind::publication)
        return;
    if (content_ == content::blocks && m.data.empty())
        close();
    else if (auto bytes = bytes_of(m); bytes.empty())
        return;
    else if (live)
        write_live(std::move(bytes), m);
    else
        write_past(std::move(bytes));
}

UNISONO_DECL payload sse_room_feed::bytes_of(message const& m) const {
    if (!chunked())
        return block(m);
    return m.form(wire_form::sse, [&](message const& from) { return encode_chunk(block(from).view()); });
}

UNISONO_DECL payload sse_room_feed::block(message const& m) const {
    std::string const id = m.offset != 0 ? feed_id(membership_.epoch(), m.offset) : std::string{};
    if (content_ == content::blocks)
        return payload{std::string_view{"id: " + id + "\n" + std::string{m.data.text()}}};
    sse_event event{.data = m.data.text()};
    if (m.offset != 0)
        event.id = id;
    auto bytes = encode_sse(event);
    return bytes ? *std::move(bytes) : payload{}; // binary data does not fit a text stream
}

} // namespace unisono::inline v0::detail
