#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/yjs/detail/attributes.hpp>
#include <unisono/crdt/yjs/detail/document_core.hpp>
#include <unisono/crdt/yjs/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// Element number `offset` of an item. Text gives its code units one by one.
value read_element(document_core& core, item const& it, std::uint32_t offset);

/// The value of a key; nothing when it has none.
std::optional<value> read_key(document_core& core, type_index type, std::string_view key);

/// The keys that have a value.
std::vector<std::string> read_keys(document_store const& store, type_index type);

/// All visible elements of a type.
std::vector<value> read_elements(document_core& core, type_index type);

/// The visible text of a type as UTF-8; everything that is no text is left out.
std::string read_text(document_store const& store, type_index type);

/// Everything in a type as one JSON-like value, as Yjs's toJSON: texts and XML become strings. What is nested
/// deeper than lib0_max_depth becomes undefined.
any_value map_to_json(document_core& core, type_index type, std::size_t depth); // its keys, whatever it is
any_value to_json(document_core& core, type_index type, std::size_t depth = 0);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/content_reader.ipp>
#endif
