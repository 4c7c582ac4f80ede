#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/detail/struct_writer.hpp>
#include <unisono/crdt/yjs/detail/struct_writer_v2.hpp>
#include <unisono/crdt/yjs/detail/update_reader_v1.hpp>
#include <unisono/crdt/yjs/detail/update_reader_v2.hpp>

#include <algorithm>
#include <utility>

namespace unisono::inline v0::yjs {

namespace detail {

/// Writes all that `in` reads.
template <class Reader, class Writer>
result<byte_buffer> transcode(Reader& in, Writer& out, update_limits const& limits) {
    for (struct_view s; in.next(s);)
        out.write(s);
    auto ranges = in.finish();
    if (!ranges)
        return ranges.error();
    return out.finish(delete_set{std::move(*ranges)}, limits);
}

UNISONO_DECL byte_buffer held_update_to_v2(bytes_view update) {
    update_limits const limits = unlimited();
    update_reader_v1 in{update, limits};
    struct_writer_v2 out{key_marks::kept, invalid_json::null, update.size()};
    return transcode(in, out, limits).value();
}

} // namespace detail

UNISONO_DECL result<byte_buffer> convert_update_v2_to_v1(bytes_view update, update_limits const& limits,
                                                         key_marks marks) {
    detail::update_reader_v2 in{update, limits};
    detail::struct_writer_v1 out{marks};
    return detail::transcode(in, out, limits);
}

UNISONO_DECL result<byte_buffer> convert_update_v1_to_v2(bytes_view update, update_limits const& limits,
                                                         key_marks marks) {
    update_limits narrowed = limits;
    narrowed.clock = std::min(limits.clock, std::uint64_t{1} << 52); // columns hold twice differences
    detail::update_reader_v1 in{update, narrowed};
    detail::struct_writer_v2 out{marks, detail::invalid_json::refused, update.size()};
    return detail::transcode(in, out, limits);
}

} // namespace unisono::inline v0::yjs
