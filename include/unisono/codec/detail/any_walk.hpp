#pragma once

#include <unisono/codec/any_value.hpp>

#include <cstddef>

namespace unisono::inline v0::detail {

/// Tells `handler` (see any_handler) a value that is not a container.
template <class Handler>
void tell_scalar(any_value const& value, Handler& handler) {
    switch (value.kind()) {
    case any_kind::null:
        return handler.null();
    case any_kind::boolean:
        return handler.boolean(*value.as_bool());
    case any_kind::number:
        return handler.number(*value.as_number());
    case any_kind::bigint:
        return handler.bigint(*value.as_bigint());
    case any_kind::string:
        return handler.string(*value.as_string());
    case any_kind::bytes:
        return handler.bytes(*value.as_bytes());
    default:
        return handler.undefined();
    }
}

/// Tells `handler` the events of `value`. False, somewhere in the middle, when it is nested deeper than
/// lib0_max_depth.
template <class Handler>
bool walk_any(any_value const& value, Handler& handler) {
    struct container {
        any_value const* value;
        std::size_t next; // element or member
    };
    container open[lib0_max_depth];
    std::size_t depth = 0;

    for (any_value const* current = &value;;) {
        if (current->as_array() != nullptr || current->as_object() != nullptr) {
            if (depth == lib0_max_depth)
                return false;
            open[depth++] = {current, 0};
            if (auto const* array = current->as_array())
                handler.open_array(array->size());
            else
                handler.open_object(current->as_object()->size());
        } else {
            tell_scalar(*current, handler);
        }
        // The next value, behind the containers that end here.
        for (current = nullptr; current == nullptr;) {
            if (depth == 0)
                return true;
            auto& [around, next] = open[depth - 1];
            if (auto const* array = around->as_array(); array != nullptr && next < array->size()) {
                current = &(*array)[next++];
            } else if (auto const* object = around->as_object(); object && next < object->size()) {
                any_member const& member = object->members()[next++];
                handler.key(member.key);
                current = &member.value;
            } else {
                handler.close();
                --depth;
            }
        }
    }
}

} // namespace unisono::inline v0::detail
