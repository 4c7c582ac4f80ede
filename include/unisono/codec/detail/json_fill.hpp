#pragma once

#include <unisono/codec/detail/duplicate_keys.hpp>
#include <unisono/codec/detail/json_tape.hpp>
#include <unisono/core/result.hpp>

#include <cstddef>

namespace unisono::inline v0::detail {

/// Reads `tape.source`, which holds one JSON text and passed json_prescan, and fills in the rest.
result<void> json_fill(json_tape& tape, std::size_t max_nodes, duplicate_keys duplicates);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/codec/detail/impl/json_fill.ipp>
#endif
