#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>
#include <unisono/crdt/yjs/map.hpp>

namespace unisono::inline v0::yjs {

UNISONO_DECL std::optional<value> map::get(std::string_view key) const {
    return held() ? detail::read_key(core(), type(), key) : std::nullopt;
}

UNISONO_DECL bool map::contains(std::string_view key) const noexcept {
    return held() && detail::find_value(core().store, type(), key) != detail::no_slot;
}

UNISONO_DECL std::vector<std::string> map::keys() const {
    return held() ? detail::read_keys(core().store, type()) : std::vector<std::string>{};
}

UNISONO_DECL void map::set(std::string_view key, any_value const& value) {
    require_utf8(key);
    if (held())
        detail::set_key(core(), type(), key, [&](detail::list_index list, detail::list_position at) {
            detail::insert_values(core(), list, at, {&value, 1});
        });
}

UNISONO_DECL void map::set_subdocument(std::string_view key, subdocument const& document) {
    require_utf8(key);
    if (held())
        detail::set_key(core(), type(), key, [&](detail::list_index list, detail::list_position at) {
            detail::insert_single(core(), list, at, struct_kind::doc, detail::wire_of(document));
        });
}

UNISONO_DECL void map::erase(std::string_view key) {
    if (held())
        detail::erase_key(core(), type(), key);
}

UNISONO_DECL shared_type map::set_nested(std::string_view key, type_kind kind, std::string_view name) {
    require_utf8(key);
    std::optional<shared_type> nested;
    if (held())
        detail::set_key(core(), type(), key, [&](detail::list_index list, detail::list_position at) {
            nested.emplace(core(), detail::insert_type(core(), list, at, kind, name));
        });
    return nested ? *nested : *this;
}

} // namespace unisono::inline v0::yjs
