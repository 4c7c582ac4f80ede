#pragma once

#include <stop_token>

namespace unisono::inline v0::detail {

/// The token of what is over already.
inline std::stop_token stopped_token() {
    std::stop_source over;
    over.request_stop();
    return over.get_token();
}

} // namespace unisono::inline v0::detail
