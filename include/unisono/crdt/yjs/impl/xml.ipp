#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/local_edit.hpp>
#include <unisono/crdt/yjs/detail/xml_string.hpp>
#include <unisono/crdt/yjs/xml.hpp>

#include <stdexcept>

namespace unisono::inline v0::yjs {

UNISONO_DECL value xml_fragment::get(std::uint32_t index) const {
    if (index >= length())
        throw std::out_of_range("beyond the end of a shared type");
    auto const [at, offset] = detail::find_element(core().store, type(), index);
    return detail::read_element(core(), core().store.items[at], offset);
}

UNISONO_DECL std::vector<value> xml_fragment::to_vector() const {
    return held() ? detail::read_elements(core(), type()) : std::vector<value>{};
}

UNISONO_DECL std::string xml_fragment::to_string() const {
    return held() ? detail::xml_string(core(), type()) : std::string{};
}

UNISONO_DECL xml_element xml_fragment::insert_element(std::uint32_t index, std::string_view name) {
    require_utf8(name);
    return xml_element{insert_nested(index, type_kind::xml_element, name)};
}

UNISONO_DECL text xml_fragment::insert_text(std::uint32_t index) {
    return text{insert_nested(index, type_kind::xml_text, {})};
}

UNISONO_DECL void xml_fragment::erase(std::uint32_t index, std::uint32_t count) {
    erase_at(index, count, [&](auto at) { detail::erase_elements(core().store, at, count); });
}

UNISONO_DECL shared_type xml_fragment::insert_nested(std::uint32_t index, type_kind kind,
                                                     std::string_view name) {
    std::optional<shared_type> nested;
    insert_at(index, [&](detail::list_position at) {
        nested.emplace(core(), detail::insert_type(core(), record().children, at, kind, name));
    });
    return nested ? *nested : *this;
}

UNISONO_DECL std::string xml_element::name() const {
    return held() ? std::string{core().store.types.texts()[record().name]} : std::string{};
}

UNISONO_DECL std::optional<value> xml_element::attribute(std::string_view key) const {
    return held() ? detail::read_key(core(), type(), key) : std::nullopt;
}

UNISONO_DECL std::vector<std::string> xml_element::attribute_keys() const {
    return held() ? detail::read_keys(core().store, type()) : std::vector<std::string>{};
}

UNISONO_DECL void xml_element::set_attribute(std::string_view key, any_value const& value) {
    require_utf8(key);
    if (held())
        detail::set_key(core(), type(), key, [&](detail::list_index list, detail::list_position at) {
            detail::insert_values(core(), list, at, {&value, 1});
        });
}

UNISONO_DECL void xml_element::erase_attribute(std::string_view key) {
    if (held())
        detail::erase_key(core(), type(), key);
}

} // namespace unisono::inline v0::yjs
