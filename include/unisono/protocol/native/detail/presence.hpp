#pragma once

#include <unisono/presence/member.hpp>

#include <string>

namespace unisono::inline v0::detail {

/// `{"rev":…,"members":{…}}`, with its `op` when it is to be pushed.
std::string encode_native_presence(presence_list const& list, bool push);

/// `{"op":"diff","rev":…,"joins":{…},"leaves":{…}}`
std::string encode_native_presence(presence_diff const& diff);

/// `{"clients":…,"users":…}`
std::string encode_native_presence(presence_counts const& counts);

} // namespace unisono::inline v0::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/protocol/native/detail/impl/presence.ipp>
#endif
