#pragma once

#include <unisono/codec/detail/any_builder.hpp>
#include <unisono/codec/detail/any_scan.hpp>
#include <unisono/codec/detail/lib0_any_writer.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/core/config.hpp>

#include <cstddef>

namespace unisono::inline v0 {

UNISONO_DECL void skip_any(lib0_reader& in) noexcept {
    detail::scan_any(in, detail::any_handler{});
}

UNISONO_DECL any_value read_any(lib0_reader& in) {
    detail::any_builder builder;
    detail::scan_any(in, builder);
    return in.ok() ? builder.take() : any_value{};
}

UNISONO_DECL void write_any(byte_buffer& out, any_value const& value) {
    std::size_t const before = out.size();
    try {
        detail::append_any(out, value);
    } catch (...) {
        out.resize(before);
        throw;
    }
}

} // namespace unisono::inline v0
