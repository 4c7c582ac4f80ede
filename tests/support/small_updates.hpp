#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/bytes.hpp>

#include <cstdint>
#include <string_view>

namespace unisono::test {

/// A V1 update by which `client` types `text` (ASCII) at its clock `clock`, behind what it typed before.
inline byte_buffer typed(std::uint64_t client, std::uint64_t clock, std::string_view text) {
    byte_buffer update;
    lib0_writer out{update};
    for (std::uint64_t n : {std::uint64_t{1}, std::uint64_t{1}, client, clock})
        out.var_uint(n);
    if (clock == 0) {
        append(update, std::string_view{"\x04\x01\x01t"}); // the beginning of the text "t"
    } else {
        out.u8(0x84); // behind the element before
        out.var_uint(client);
        out.var_uint(clock - 1);
    }
    out.var_string(text);
    out.var_uint(0);
    return update;
}

} // namespace unisono::test
