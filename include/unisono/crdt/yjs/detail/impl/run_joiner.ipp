#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/run_joiner.hpp>

namespace unisono::inline v0::yjs::detail {

UNISONO_DECL bool run_joiner_v1::joins(struct_view const& s) const noexcept {
    if (run_.length == 0 || s.client != run_.client || s.clock != run_.end() || s.kind != run_.kind)
        return false;
    switch (s.kind) {
    case struct_kind::gc:
    case struct_kind::skip:
        return true;
    case struct_kind::string:
    case struct_kind::any:
    case struct_kind::json:
    case struct_kind::deleted:
        // The values of a map key are a chain as well, but each of them replaces the one before.
        return !s.keyed && !run_.keyed && s.origin == id{run_.client, run_.end() - 1} &&
               s.right_origin == run_.right_origin;
    default:
        return false;
    }
}

UNISONO_DECL void run_joiner_v1::write(struct_view const& s) {
    if (!joins(s)) {
        flush();
        run_ = s;
        return;
    }
    if (s.kind == struct_kind::string || s.kind == struct_kind::any || s.kind == struct_kind::json) {
        byte_buffer memory;
        if (elements_.empty())
            append(elements_, remaining_content(run_, memory));
        append(elements_, remaining_content(s, memory));
    }
    run_.length += s.length;
}

UNISONO_DECL void run_joiner_v1::flush() {
    if (run_.length == 0)
        return;
    if (!elements_.empty()) {
        run_.content = elements_;
        run_.cut = 0;
    }
    out_.write(run_);
    elements_.clear();
    run_.length = 0;
}

UNISONO_DECL result<byte_buffer> run_joiner_v1::finish(delete_set const& deleted,
                                                       update_limits const& limits) {
    flush();
    return out_.finish(deleted, limits);
}

} // namespace unisono::inline v0::yjs::detail
