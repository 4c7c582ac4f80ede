#pragma once

#include <unisono/wire/http_headers.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

/// A request as http_request_parser hands it over: complete, and strictly valid.
struct http_request {
    std::string method; ///< case-sensitive (RFC 9110, 9.1)
    std::string target; ///< as sent: path and query, or `*`
    std::string path;   ///< percent-decoded once: valid UTF-8 without control characters
    std::string query;  ///< as sent, without the question mark
    int minor_version = 1;
    http_headers headers;
    std::string body;

    /// The decoded value of the first query parameter of that name; see find_query_parameter().
    std::optional<std::string> query_parameter(std::string_view name) const;

    /// The value of the first cookie of that name, as sent (RFC 6265, 5.4). Names are case-sensitive.
    std::optional<std::string_view> cookie(std::string_view name) const noexcept;

    /// A copy that leaves out the body.
    http_request without_body() const;

    /// May the connection serve another request (RFC 9112, 9.3)?
    bool keep_alive() const noexcept;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/wire/impl/http_request.ipp>
#endif
