#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/codec/error.hpp>
#include <unisono/codec/lib0_reader.hpp>

#include <cstddef>
#include <cstdint>

namespace unisono::inline v0::detail {

/// The events of one "any" value, and a handler that ignores them. Where a value comes from (lib0's bytes,
/// JSON, memory) and what becomes of it are told by these, in the order of the text and without recursion.
struct any_handler {
    void undefined() noexcept {}
    void null() noexcept {}
    void boolean(bool) noexcept {}
    void number(double) noexcept {}
    void bigint(std::int64_t) noexcept {}
    void string(std::string_view) noexcept {}
    void bytes(bytes_view) noexcept {}
    void open_array(std::uint64_t /*elements*/) noexcept {}
    void open_object(std::uint64_t /*members*/) noexcept {}
    void key(std::string_view) noexcept {} ///< of the member whose value comes next
    void close() noexcept {}               ///< of the array or object opened last
};

/// Tells `handler` the value that `in` holds next. Errors, left in the reader: as skip_any().
template <class Handler>
void scan_any(lib0_reader& in, Handler&& handler) {
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
            return std::uint64_t{0};
        }
        std::uint64_t const count = in.var_count(keyed ? 2 : 1);
        open[depth++] = {count, keyed};
        return count;
    };
    do {
        if (depth > 0) {
            --open[depth - 1].left;
            if (open[depth - 1].keyed)
                handler.key(in.var_string());
        }
        switch (in.u8()) {
        case 127:
            handler.undefined();
            break;
        case 126:
            handler.null();
            break;
        case 125: {
            auto const [negative, magnitude] = in.var_int();
            auto const number = static_cast<double>(magnitude);
            handler.number(negative ? -number : number);
            break;
        }
        case 124:
            handler.number(in.f32());
            break;
        case 123:
            handler.number(in.f64());
            break;
        case 122:
            handler.bigint(in.i64());
            break;
        case 121:
            handler.boolean(false);
            break;
        case 120:
            handler.boolean(true);
            break;
        case 119:
            handler.string(in.var_string());
            break;
        case 118:
            handler.open_object(enter(true));
            break;
        case 117:
            handler.open_array(enter(false));
            break;
        case 116:
            handler.bytes(in.var_bytes());
            break;
        default:
            in.fail(codec_error::unknown_tag);
        }
        while (in.ok() && depth > 0 && open[depth - 1].left == 0) {
            handler.close();
            --depth;
        }
    } while (depth > 0 && in.ok());
}

} // namespace unisono::inline v0::detail
