#pragma once

#include <unisono/protocol/hook.hpp>

namespace unisono::inline v0 {

/// A decision about native sessions, and the duty to take it; see host_hook. A reply that gets lost is told
/// as native_error::internal.
template <class T, class... Args>
using native_hook = host_hook<T, Args...>;
template <class T>
using native_reply = host_reply<T>;

} // namespace unisono::inline v0
