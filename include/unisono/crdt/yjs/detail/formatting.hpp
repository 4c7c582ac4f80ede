#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/detail/attributes.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

/// Edits of rich text; see attributes.hpp for how Yjs keeps it.
namespace unisono::inline v0::yjs::detail {

/// A place in a text, and the attributes that hold there.
struct text_place : list_position {
    attribute_list attributes = {};
};
text_place with_attributes(document_store const& store, type_index type, list_position at);

/// Inserts text with the attributes that hold there. Moves `at` behind it.
void insert_inheriting(document_core& core, type_index type, list_position& at, std::string_view utf8);

/// Makes exactly these attributes hold, whatever held: moves `at` behind the format items that needs, and
/// returns what close_attributes() is to bring back behind the inserted content.
attribute_list open_attributes(document_core& core, type_index type, text_place& at, any_object wanted);
void close_attributes(document_core& core, type_index type, text_place& at, attribute_list before);

/// Inserts what `insert(list, at)` inserts with exactly these attributes. Moves `at` behind it.
template <class Insert>
void insert_formatted(document_core& core, type_index type, text_place& at, any_object wanted,
                      Insert&& insert) {
    attribute_list before = open_attributes(core, type, at, std::move(wanted));
    insert(core.store.types[type].children, static_cast<list_position&>(at));
    close_attributes(core, type, at, std::move(before));
}

/// Sets attributes of the next `count` visible elements and moves `at` behind them; null takes one away.
/// Behind the end of the text line feeds make up what is missing, as in Quill.
void format_elements(document_core& core, type_index type, text_place& at, std::uint32_t count,
                     any_object const& wanted);

/// Deletes the next `count` visible elements, and format items that became redundant thereby. Precondition:
/// there are so many.
void erase_formatted(document_store& store, type_index type, element_position at, std::uint32_t count);
/// As above, as far as there are so many, and moves `at` to where they were.
void erase_formatted(document_core& core, type_index type, text_place& at, std::uint32_t count);

/// The content of something embedded on the wire. Throws std::invalid_argument for what JSON cannot hold.
byte_buffer wire_of_embed(any_value const& embed);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/formatting.ipp>
#endif
