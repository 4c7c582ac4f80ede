#pragma once

#include <unisono/core/config.hpp>

// The only place that includes RapidJSON, and only its SAX reader: document.h does not compile with GCC >= 14
// in the released 1.1.0, and its DOM recurses.

namespace unisono::inline v0::detail {

/// Thrown where RapidJSON would abort; caught by the parser that wraps it.
struct rapidjson_assertion {};

} // namespace unisono::inline v0::detail

// Compiled separately, the copy gets a namespace of its own, so that a host which links another version or
// another configuration of RapidJSON never shares symbols with it. In header-only mode the host's own
// includes decide.
#if !defined(UNISONO_HEADER_ONLY)
#define RAPIDJSON_NAMESPACE unisono_rapidjson
#endif

#if !defined(RAPIDJSON_ASSERT)
#define RAPIDJSON_ASSERT(condition)                                                                          \
    ((condition) ? static_cast<void>(0) : throw ::unisono::detail::rapidjson_assertion{})
#endif

// 1.1.0 compares null + n with null before its first allocation: harmless, but the sanitizer is right to
// object.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#if defined(__clang__)
#pragma clang attribute pop
#endif
