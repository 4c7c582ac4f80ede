#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/id.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace unisono::inline v0::yjs {

/// What a struct is. The values are those of the wire.
enum class struct_kind : std::uint8_t {
    gc = 0,      ///< elements whose content and place were forgotten
    deleted = 1, ///< elements whose content was forgotten
    json = 2,    ///< values as JSON text (written by old versions)
    binary = 3,  ///< one byte string
    string = 4,  ///< text, one element per UTF-16 code unit
    embed = 5,   ///< one object inside text
    format = 6,  ///< the start or end of a text attribute
    type = 7,    ///< one nested shared type
    any = 8,     ///< values
    doc = 9,     ///< one sub-document
    skip = 10,   ///< nothing is known about these clocks
};

/// What holds an item that has no neighbour to tell.
struct parent_view {
    bool is_root = false;
    std::string_view root = {};           ///< the name of the root type
    id owner = {.client = 0, .clock = 0}; ///< otherwise: the element that holds the type
    std::string_view key = {};            ///< of struct_view::keyed
};

/// One run of elements of an update, decoded as far as operations on updates need it. The same for both wire
/// forms, which differ in where they put the fields.
///
/// Refers to the bytes of the update, or of its reader, so it lives as long as they do.
struct struct_view {
    std::uint64_t client = 0;
    std::uint64_t clock = 0;
    std::uint64_t length = 0; ///< elements; at least 1
    struct_kind kind = struct_kind::gc;

    /// The wire's mark for "belongs to a map key". Not reliable when there is an origin: documents set it
    /// then, merged updates do not.
    bool keyed = false;

    /// Does `parent` mean something? If not, the element an origin points to knows it.
    bool has_parent = false;

    std::optional<id> origin;       ///< the element directly left at creation
    std::optional<id> right_origin; ///< the element directly right at creation
    parent_view parent;

    /// What the elements are, in the form of V1 and without their number: UTF-8 for text, one value after the
    /// other for any and json. Nothing of deleted and forgotten elements.
    bytes_view content;
    std::uint64_t cut = 0; ///< elements at the front of `content` that no longer belong to it

    std::uint64_t end() const noexcept { return clock + length; }

    /// Is this an item: something that has a place in the document?
    bool is_item() const noexcept { return kind != struct_kind::gc && kind != struct_kind::skip; }

    /// Forgets the first `count` elements. Precondition: `0 < count < length`.
    void drop_front(std::uint64_t count) noexcept {
        clock += count;
        length -= count;
        cut += count;
        if (is_item())
            origin = id{client, clock - 1};
    }
};

} // namespace unisono::inline v0::yjs
