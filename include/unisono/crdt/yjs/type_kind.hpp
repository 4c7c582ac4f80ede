#pragma once

#include <cstdint>

namespace unisono::inline v0::yjs {

/// What a shared type is. The values are those of the wire.
enum class type_kind : std::uint8_t {
    array = 0,
    map = 1,
    text = 2,
    xml_element = 3,
    xml_fragment = 4,
    xml_hook = 5,
    xml_text = 6,
    weak_link = 7,   ///< of yrs: points at something else; passed on as it is
    undefined = 255, ///< a root that nobody has asked for by kind: the wire names roots, not what they are
};

constexpr bool is_text(type_kind kind) noexcept {
    return kind == type_kind::text || kind == type_kind::xml_text;
}

} // namespace unisono::inline v0::yjs
