#pragma once

#include <unisono/crdt/yjs/shared_type.hpp>
#include <unisono/crdt/yjs/text.hpp>
#include <unisono/crdt/yjs/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs {

class xml_element;

/// The children of an XML tree: elements and texts. Positions beyond the end throw std::out_of_range.
class xml_fragment : public shared_type {
public:
    static bool is_kind(type_kind kind) noexcept {
        return kind == type_kind::xml_fragment || kind == type_kind::xml_element;
    }
    static constexpr type_kind default_kind = type_kind::xml_fragment;

    using shared_type::shared_type;
    explicit xml_fragment(shared_type type) noexcept : shared_type(type) {}

    std::uint32_t length() const noexcept { return visible_length(); }
    value get(std::uint32_t index) const;
    std::vector<value> to_vector() const;

    /// As Yjs writes it: names in lower case, nothing escaped. Not for browsers.
    std::string to_string() const;

    /// Inserts an empty element or text and returns it.
    xml_element insert_element(std::uint32_t index, std::string_view name);
    text insert_text(std::uint32_t index);

    void erase(std::uint32_t index, std::uint32_t count);

private:
    shared_type insert_nested(std::uint32_t index, type_kind kind, std::string_view name);
};

/// An XML element: a name, attributes and children.
class xml_element : public xml_fragment {
public:
    static bool is_kind(type_kind kind) noexcept { return kind == type_kind::xml_element; }

    using xml_fragment::xml_fragment;

    std::string name() const;

    /// Attributes are usually texts, but may be any value.
    std::optional<value> attribute(std::string_view key) const;
    std::vector<std::string> attribute_keys() const;
    void set_attribute(std::string_view key, any_value const& value);
    void erase_attribute(std::string_view key);
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/xml.ipp>
#endif
