#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/array.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>

#include <stdexcept>

namespace unisono::inline v0::yjs {

UNISONO_DECL value array::get(std::uint32_t index) const {
    if (index >= length())
        throw std::out_of_range("beyond the end of a shared type");
    auto const [at, offset] = detail::find_element(core().store, type(), index);
    return detail::read_element(core(), core().store.items[at], offset);
}

UNISONO_DECL std::vector<value> array::to_vector() const {
    return held() ? detail::read_elements(core(), type()) : std::vector<value>{};
}

UNISONO_DECL void array::insert(std::uint32_t index, std::span<any_value const> values) {
    insert_at(index, [&](detail::list_position at) {
        detail::insert_values(core(), record().children, at, values);
    });
}

UNISONO_DECL void array::push(std::span<any_value const> values) {
    if (!held())
        return;
    core().transact(nullptr, [&] {
        auto at = detail::end_of(core().store, record().children);
        detail::insert_values(core(), record().children, at, values);
    });
}

UNISONO_DECL void array::insert_subdocument(std::uint32_t index, subdocument const& document) {
    insert_at(index, [&](detail::list_position at) {
        detail::insert_single(core(), record().children, at, struct_kind::doc, detail::wire_of(document));
    });
}

UNISONO_DECL void array::erase(std::uint32_t index, std::uint32_t count) {
    erase_at(index, count, [&](auto at) { detail::erase_elements(core().store, at, count); });
}

UNISONO_DECL shared_type array::insert_nested(std::uint32_t index, type_kind kind, std::string_view name) {
    std::optional<shared_type> nested;
    insert_at(index, [&](detail::list_position at) {
        nested.emplace(core(), detail::insert_type(core(), record().children, at, kind, name));
    });
    return nested ? *nested : *this;
}

} // namespace unisono::inline v0::yjs
