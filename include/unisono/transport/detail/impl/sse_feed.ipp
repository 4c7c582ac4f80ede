#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/transport/detail/sse_feed.hpp>
#include <unisono/wire/sse_event.hpp>

#include <charconv>
#include <system_error>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL std::string feed_id(std::string_view epoch, std::uint64_t offset) {
    return std::string{epoch} + ":" + std::to_string(offset);
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

UNISONO_DECL void sse_feed::write_retry() {
    if (auto const block = encode_sse({.retry = retry()}))
        write(*block);
}

UNISONO_DECL void sse_feed::write_id(std::string_view id) {
    if (auto const block = encode_sse({.id = id}))
        write(*block);
}

UNISONO_DECL void sse_feed::write_reset(std::string_view id, std::string_view room) {
    std::string text;
    json::writer json{text};
    json.object([&] {
        if (!room.empty())
            json.member("room", room);
        json.member("reason", "position lost");
    });
    if (auto const block = encode_sse({.event = "reset", .id = id, .data = text}))
        write(*block);
}

UNISONO_DECL bool sse_feed::write_live(payload framed, message const& m) {
    if (link().send(std::move(framed), overflow::refuse, 0, m.pace))
        return true;
    if (link().is_open())
        link().abort(std::make_error_code(std::errc::no_buffer_space));
    return false;
}

} // namespace unisono::inline v0::detail
