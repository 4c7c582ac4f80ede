#pragma once

#include <unisono/crdt/yjs/value.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace unisono::inline v0::yjs {

/// What happened to one key of a map, or one attribute of an XML element.
struct key_change {
    enum class action : std::uint8_t { add, update, erase };

    std::string key;
    action what;

    /// The value before the transaction, when it had one. A nested type can be read during the call.
    std::optional<value> old_value = {};

    friend bool operator==(key_change const&, key_change const&) = default;
};

} // namespace unisono::inline v0::yjs
