#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/limits.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/store/store.hpp>

#include <cstddef>
#include <vector>

namespace unisono::inline v0::detail {

/// The format of the records of Yjs documents, whichever engine holds them: each is a V1 update.
inline record_format const& yjs_records() noexcept {
    static record_format const format{"yjs", 1};
    return format;
}

/// An update in parts of about `bytes`; whole when it cannot be cut.
inline std::vector<payload> split_yjs(byte_buffer const& update, std::size_t bytes,
                                      yjs::update_limits const& limits) {
    if (update.size() > bytes)
        if (auto const parts = yjs::split_update(update, bytes, limits))
            return std::vector<payload>(parts->begin(), parts->end());
    return {payload{update}};
}

/// One update that does what all of these do. Errors: it would be beyond the limits.
inline result<payload> merge_yjs(std::vector<payload> const& updates, yjs::update_limits const& limits) {
    std::vector<bytes_view> views;
    views.reserve(updates.size());
    for (auto const& update : updates)
        views.push_back(update.view());
    auto const merged = yjs::compact_updates(views, limits);
    if (!merged)
        return merged.error();
    return payload{*merged};
}

} // namespace unisono::inline v0::detail
