#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>

#include "operations.hpp"

#include <string>
#include <vector>

/// Root types of a document, by their names; what has none is left out.
struct root_names {
    std::string text = {};
    std::string array = {};
    std::string map = {};
    std::string xml = {};
};

/// Applies updates in order to a fresh document, and tells in JSON all that can be told of it then.
unisono::result<std::string> load(update_version version, std::vector<unisono::byte_buffer> const& updates,
                                  bool gc, root_names const& roots);
