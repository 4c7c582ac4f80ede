#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>

#include <span>
#include <vector>

/// The wire form of an update.
enum class update_version { v1 = 1, v2 = 2 };

/// What can be done to updates without loading a document, in either form.

unisono::result<unisono::byte_buffer> merge(update_version version,
                                            std::vector<unisono::byte_buffer> const& updates);
unisono::result<unisono::byte_buffer> diff(update_version version, unisono::bytes_view update,
                                           unisono::bytes_view state_vector);
unisono::result<unisono::byte_buffer> state_vector(update_version version, unisono::bytes_view update);
unisono::result<unisono::byte_buffer> convert(update_version from, update_version to,
                                              unisono::bytes_view update);
