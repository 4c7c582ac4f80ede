#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/config.hpp>
#include <unisono/wire/close_code.hpp>
#include <unisono/wire/detail/utf8_stream.hpp>

namespace unisono::inline v0 {

UNISONO_DECL std::string_view truncate_close_reason(std::string_view reason) noexcept {
    reason = reason.substr(0, max_close_reason);
    detail::utf8_stream text;
    std::size_t whole = 0;
    for (std::size_t i = 0; i < reason.size() && text.consume(as_bytes(reason.substr(i, 1))); ++i)
        if (text.complete())
            whole = i + 1;
    return reason.substr(0, whole);
}

} // namespace unisono::inline v0
