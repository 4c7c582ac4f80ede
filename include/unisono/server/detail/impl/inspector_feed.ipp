#pragma once

#include <unisono/core/config.hpp>
#include <unisono/server/detail/inspector_feed.hpp>

#include <string>
#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL void inspector_feed::add(sse_stream viewer) {
    home_.post([self = shared_from_this(), viewer = std::move(viewer)] {
        self->viewers_.push_back(viewer);
        self->tick();
    });
}

UNISONO_DECL void inspector_feed::tick() {
    std::erase_if(viewers_, [](sse_stream const& v) { return !v.is_open(); });
    if (viewers_.empty() || std::exchange(asking_, true))
        return;
    from_.inspect(index_, [self = shared_from_this()](inspection const& seen) {
        self->asking_ = false;
        auto const text = to_json(seen);
        for (auto const& v : self->viewers_)
            (void)v.write({.data = text}); // who reads too slowly misses one
    });
}

} // namespace unisono::inline v0::detail
