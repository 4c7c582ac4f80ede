#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/core/config.hpp>

#include <cstdint>

namespace unisono::inline v0 {

UNISONO_DECL void skip_any(lib0_reader& in) noexcept {
    // The containers around the value being read, outermost first.
    struct container {
        std::uint64_t left; // values still to come
        bool keyed;
    };
    container open[lib0_max_depth];
    std::size_t depth = 0;

    auto enter = [&](bool keyed) {
        if (depth == lib0_max_depth) {
            in.fail(codec_error::too_deep);
            return;
        }
        open[depth++] = {in.var_count(keyed ? 2 : 1), keyed};
    };
    do {
        if (depth > 0) {
            --open[depth - 1].left;
            if (open[depth - 1].keyed)
                in.var_string();
        }
        switch (in.u8()) {
        case 127: // undefined
        case 126: // null
        case 121: // false
        case 120: // true
            break;
        case 125:
            in.var_int();
            break;
        case 124:
            in.f32();
            break;
        case 123:
            in.f64();
            break;
        case 122: // bigint
            in.i64();
            break;
        case 119:
            in.var_string();
            break;
        case 118:
            enter(true);
            break;
        case 117:
            enter(false);
            break;
        case 116:
            in.var_bytes();
            break;
        default:
            in.fail(codec_error::unknown_tag);
        }
        while (depth > 0 && open[depth - 1].left == 0)
            --depth;
    } while (depth > 0 && in.ok());
}

} // namespace unisono::inline v0
