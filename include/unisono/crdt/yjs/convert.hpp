#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/key_marks.hpp>
#include <unisono/crdt/yjs/limits.hpp>

/// The two wire forms of an update say the same. V1 writes struct after struct; V2 keeps each field of all
/// structs in a column of its own, compressed by run length, and is smaller for long histories.
///
/// One pass over the bytes, in time linear in both forms. Checks the update completely.
///
/// Thread safety: free functions without state.
namespace unisono::inline v0::yjs {

/// The V1 form of a V2 update: byte for byte what Yjs's convertUpdateFormatV2ToV1 gives, and with
/// `key_marks::kept`, for the state of a document, what encodeStateAsUpdate gives.
///
/// Errors: codec_error and crdt_error as validate_update(); codec_error::too_large beyond
/// `limits.expanded_bytes`; codec_error::wrong_type when a text attribute or embed has no JSON form
/// (undefined or a bigint).
result<byte_buffer> convert_update_v2_to_v1(bytes_view update, update_limits const& limits = {},
                                            key_marks marks = key_marks::dropped);

/// The V2 form of a V1 update: byte for byte what Yjs's convertUpdateFormatV1ToV2 gives, and with
/// `key_marks::kept`, for the state of a document, what encodeStateAsUpdateV2 gives.
///
/// Errors: codec_error and crdt_error as validate_update(), and those of parse_any_json() for the JSON texts
/// of text attributes and embeds.
result<byte_buffer> convert_update_v1_to_v2(bytes_view update, update_limits const& limits = {},
                                            key_marks marks = key_marks::dropped);

namespace detail {

/// The V2 form of what a document holds, and so of a valid V1 update without limits. JSON texts that are none
/// become null, for documents keep them without looking and V2 has no place for them.
byte_buffer held_update_to_v2(bytes_view update);

} // namespace detail
} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/convert.ipp>
#endif
