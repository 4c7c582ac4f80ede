#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>

#include <string>

/// Describes an update, of either form, for people: clients, structs, deleted elements, sizes,
/// and what is in the root types.
unisono::result<std::string> inspect(unisono::bytes_view update);
