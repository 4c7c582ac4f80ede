#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>
#include <unisono/crdt/yjs/value.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// Edits of the document's own client. All of them belong inside a transaction.
///
/// A new item goes between neighbours, deleted ones counted: origins that skip deleted items would make
/// replicas diverge.
namespace unisono::inline v0::yjs::detail {

/// A new item of the document's client for that place, without its content. Throws std::length_error when the
/// client's elements are used up.
item new_item(document_core& core, list_index list, list_position at, struct_kind kind,
              std::size_t length = 1);

/// Inserts behind `at.left` and moves `at` behind the new elements. Precondition: not empty, valid UTF-8.
void insert_text(document_core& core, list_index list, list_position& at, std::string_view utf8);

/// Inserts values; those that are bytes become binary elements.
void insert_values(document_core& core, list_index list, list_position& at,
                   std::span<any_value const> values);

/// Inserts one element of a kind that is no run, with its content as it is on the wire.
void insert_single(document_core& core, list_index list, list_position& at, struct_kind kind,
                   bytes_view wire);

/// Inserts an empty type and returns it. `name` is for XML elements and hooks.
type_index insert_type(document_core& core, list_index list, list_position& at, type_kind kind,
                       std::string_view name = {});

/// The last place of a list. Of a key's list it is the one for a new value: behind all values it had.
list_position end_of(document_store const& store, list_index list) noexcept;

/// The content of a sub-document on the wire.
byte_buffer wire_of(subdocument const& document);

/// The item that holds the value of a key; none when it has no value.
slot find_value(document_store const& store, type_index type, std::string_view key) noexcept;

/// Sets a key: calls `insert(list, place)` with where the new value goes, in a transaction.
template <class Insert>
void set_key(document_core& core, type_index type, std::string_view key, Insert&& insert) {
    core.transact(nullptr, [&] {
        list_index const list = core.store.types.key_list(type, core.store.types.texts().intern(key));
        auto place = end_of(core.store, list);
        insert(list, place);
    });
}

/// Takes the value of a key away, if it has one.
void erase_key(document_core& core, type_index type, std::string_view key);

/// Deletes `count` visible elements from the place on. Precondition: there are so many.
void erase_elements(document_store& store, element_position at, std::uint32_t count);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/local_edit.ipp>
#endif
