#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/codec/lib0_reader.hpp>
#include <unisono/codec/lib0_writer.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/hub/position_cookie.hpp>

#include <algorithm>
#include <cassert>

namespace unisono::inline v0 {

namespace detail {

inline constexpr std::string_view cookie_version = "v1.";

/// FNV-1a: the same on every machine, for a client may come back to another one.
UNISONO_DECL std::uint32_t room_hash(std::string_view room) noexcept {
    std::uint32_t hash = 2166136261u;
    for (char const c : room)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

} // namespace detail

UNISONO_DECL std::optional<position_cookie> position_cookie::parse(std::string_view text) {
    if (text.size() > max_size || !text.starts_with(detail::cookie_version))
        return std::nullopt;
    auto const bytes = base64_decode(text.substr(detail::cookie_version.size()), base64_alphabet::url);
    if (!bytes)
        return std::nullopt;
    position_cookie result;
    lib0_reader in{*bytes};
    while (in.remaining() != 0) {
        std::uint32_t room = 0;
        for (int i = 0; i < 4; ++i)
            room = room << 8 | in.u8();
        auto const epoch = as_text(in.bytes(in.u8()));
        auto const offset = in.var_uint();
        bool const twice = std::any_of(result.entries_.begin(), result.entries_.end(),
                                       [&](entry const& e) { return e.room == room; });
        if (!in.ok() || epoch.empty() || twice || !is_valid_utf8(epoch))
            return std::nullopt;
        result.entries_.push_back({room, {std::string{epoch}, offset}});
    }
    // One text for one meaning: padded numbers are nobody's cookies.
    if (result.empty() || result.text() != text)
        return std::nullopt;
    return result;
}

UNISONO_DECL void position_cookie::set(std::string_view room, position const& at) {
    assert(!at.epoch.empty() && at.epoch.size() < 256);
    auto const hash = detail::room_hash(room);
    auto const found =
        std::find_if(entries_.begin(), entries_.end(), [&](entry const& e) { return e.room == hash; });
    if (found == entries_.end())
        entries_.push_back({hash, at});
    else
        found->at = at;
}

UNISONO_DECL std::optional<position> position_cookie::find(std::string_view room) const {
    auto const hash = detail::room_hash(room);
    for (auto const& e : entries_)
        if (e.room == hash)
            return e.at;
    return std::nullopt;
}

UNISONO_DECL std::string position_cookie::text() const {
    constexpr std::size_t most_bytes = (max_size - detail::cookie_version.size()) / 4 * 3;
    byte_buffer bytes;
    lib0_writer out{bytes};
    for (auto const& [room, at] : entries_) {
        auto const before = bytes.size();
        for (int shift = 24; shift >= 0; shift -= 8)
            out.u8(static_cast<std::uint8_t>(room >> shift));
        out.u8(static_cast<std::uint8_t>(at.epoch.size()));
        out.bytes(as_bytes(at.epoch));
        out.var_uint(at.offset);
        if (bytes.size() > most_bytes)
            bytes.resize(before);
    }
    return std::string{detail::cookie_version} + base64_encode(bytes, base64_alphabet::url);
}

} // namespace unisono::inline v0
