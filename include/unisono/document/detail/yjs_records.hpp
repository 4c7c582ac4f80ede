#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/payload.hpp>
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

} // namespace unisono::inline v0::detail
