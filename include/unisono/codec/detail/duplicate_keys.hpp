#pragma once

namespace unisono::inline v0::detail {

/// What becomes of a JSON object that names a key twice.
enum class duplicate_keys { refused, kept };

} // namespace unisono::inline v0::detail
