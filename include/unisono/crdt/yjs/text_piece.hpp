#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/crdt/yjs/value.hpp>

namespace unisono::inline v0::yjs {

/// A piece of rich text: a string, or one embedded value or type, with its attributes.
struct text_piece {
    value insert;
    any_object attributes = {};

    friend bool operator==(text_piece const&, text_piece const&) = default;
};

} // namespace unisono::inline v0::yjs
