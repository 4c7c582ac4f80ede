#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>

#include <string>

/// Loads an update into a document and describes for people what its root types hold.
///
/// Updates name roots, but not what they are: that is guessed from what was inserted into them.
/// Precondition: a valid V1 update.
unisono::result<std::string> describe_roots(unisono::bytes_view v1);
