#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Rich text as Yjs keeps it: invisible items that switch an attribute to a value, which holds for all text
/// behind up to the next one for the same attribute. A value of null ends it.
namespace unisono::inline v0::yjs::detail {

/// What a format item says; the views live until the document changes.
struct format_mark {
    std::string_view key;
    std::string_view json;
};
format_mark read_mark(document_store const& store, item const& it) noexcept;

/// Attributes in the order in which they were set.
class attribute_list {
public:
    void set(std::string_view key, any_value value);
    void erase(std::string_view key);
    /// What a format item does: null takes the attribute away.
    void apply(format_mark mark);
    any_value const* find(std::string_view key) const noexcept;
    std::vector<any_member> const& members() const noexcept { return members_; }

private:
    std::vector<any_member> members_;
};

/// The attributes that hold at a place: of one key, or all of them.
any_value attribute_at(document_store const& store, slot left, std::string_view key);
attribute_list attributes_at(document_store const& store, type_index type, slot left);

/// Inserts text with the attributes that hold there. Moves `at` behind it.
void insert_inheriting(document_core& core, type_index type, list_position& at, std::string_view utf8);

/// Makes exactly these attributes hold at a place, whatever held there: moves `at` behind the format items
/// that needs, and returns what close_attributes() is to bring back behind the inserted content.
attribute_list open_attributes(document_core& core, type_index type, list_position& at,
                               any_object attributes);
void close_attributes(document_core& core, type_index type, list_position& at, attribute_list before);

/// Sets attributes of the next `count` visible elements; null takes one away. Behind the end of the text line
/// feeds make up what is missing, as in Quill.
void format_elements(document_core& core, type_index type, list_position at, std::uint32_t count,
                     any_object const& attributes);

/// Deletes the next `count` visible elements, and format items that became redundant thereby.
void erase_formatted(document_core& core, list_position at, std::uint32_t count);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/formatting.ipp>
#endif
