#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/crdt/yjs/detail/attributes.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>

#include <cstdint>
#include <string_view>

/// Edits of rich text; see attributes.hpp for how Yjs keeps it.
namespace unisono::inline v0::yjs::detail {

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
