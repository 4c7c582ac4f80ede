#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/shared_type.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace unisono::inline v0::yjs {

/// Which neighbour a position sticks to when something is inserted exactly there.
enum class association { right, left };

/// A place in a shared type that stays at its element while others edit around it: for cursors and comments.
///
/// A value type, the same on all replicas; encodes as Yjs does.
struct relative_position {
    /// The end (association::right) or the beginning (left) of a root or of a nested type.
    struct root_type {
        std::string name;
        friend bool operator==(root_type const&, root_type const&) = default;
    };
    struct nested_type {
        id item; ///< that holds the type
        friend bool operator==(nested_type const&, nested_type const&) = default;
    };

    /// The element it stands at, or the type at whose end it stands.
    std::variant<id, root_type, nested_type> anchor;
    association side = association::right;

    byte_buffer encode() const;

    /// Errors: codec_error; unknown_tag for an unknown kind of anchor.
    static result<relative_position> decode(bytes_view bytes);

    friend bool operator==(relative_position const&, relative_position const&) = default;
};

/// The place in front of the visible element `index`. Throws std::out_of_range beyond the end.
relative_position make_relative_position(shared_type const& type, std::uint32_t index,
                                         association side = association::right);

/// Where a relative position is now.
struct absolute_position {
    shared_type type;
    std::uint32_t index;
};

namespace detail {

/// See document::resolve().
std::optional<absolute_position> resolve(document_core& core, relative_position const& position);

} // namespace detail
} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/relative_position.ipp>
#endif
