#pragma once

#include <unisono/crdt/yjs/detail/document_core.hpp>

#include <cstddef>
#include <string>

namespace unisono::inline v0::yjs::detail {

/// XML types as Yjs's toString writes them: names in lower case, attributes in the order of their names, and
/// nothing escaped. What is nested deeper than lib0_max_depth is left out.
std::string xml_string(document_core& core, type_index type, std::size_t depth = 0);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/xml_string.ipp>
#endif
