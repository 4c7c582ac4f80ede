#pragma once

#include <unisono/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// Replaces every `%` and its two hexadecimal digits by the byte they name (RFC 3986, 2.1). Once: `%2541` is
/// `%41`. Errors: wire_error::bad_percent_encoding.
result<std::string> percent_decode(std::string_view text);

/// percent_decode() for a path: the result is valid UTF-8 and holds no control character, so no NUL either.
/// Dots and doubled slashes stay as they are. Errors: bad_percent_encoding, forbidden_character,
/// invalid_utf8.
result<std::string> decode_path(std::string_view path);

/// One parameter of a query, decoded.
struct query_parameter {
    std::string name;
    std::string value;
};

/// The parameters of a query (`a=1&b=two+words`), in order, as browsers encode forms: `+` is a space. One
/// that does not decode to valid UTF-8 is left out, for no name or value can be given to it.
std::vector<query_parameter> parse_query(std::string_view query);

/// The value of the first parameter called `name`; nothing when there is none that decodes.
std::optional<std::string> find_query_parameter(std::string_view query, std::string_view name);

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/url.ipp>
#endif
