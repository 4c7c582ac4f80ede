#pragma once

#include <unisono/hub/position.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0 {

/// Where a client stands in several rooms, in one short text: `v1.` and base64url. It serves as the event id
/// of a stream that carries many rooms.
///
/// Rooms are named by a hash, so that the text stays short. Should two rooms share one, the epoch, which is
/// random in every room, still keeps their positions apart: the worst that happens is a reset. The text says
/// nothing about what the client may see, and anybody may write one.
class position_cookie {
public:
    /// The longest text, in bytes. 16 rooms always fit, with epochs as the hub makes them about 25 do. Rooms
    /// beyond that are left out, and reset when the client comes back.
    static constexpr std::size_t max_size = 512;

    /// Reads a text; nothing when it is not exactly what text() writes. Never trusts a length.
    static std::optional<position_cookie> parse(std::string_view text);

    /// Enters a room or moves it on. Precondition: an epoch of 1 to 255 bytes, an offset below 2^53.
    void set(std::string_view room, position const& at);

    /// The position in `room`; nothing when it is not in here.
    std::optional<position> find(std::string_view room) const;

    std::string text() const;

    bool empty() const noexcept { return entries_.empty(); }
    std::size_t size() const noexcept { return entries_.size(); }

private:
    struct entry {
        std::uint32_t room; ///< hash of its name
        position at;
    };
    std::vector<entry> entries_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/hub/impl/position_cookie.ipp>
#endif
