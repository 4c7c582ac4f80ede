#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/http_response.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace unisono::inline v0 {

UNISONO_DECL std::string_view reason_phrase(int status) noexcept {
    struct row {
        int status;
        std::string_view phrase;
    };
    static constexpr row rows[] = {
        {100, "Continue"},
        {101, "Switching Protocols"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {421, "Misdirected Request"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    };
    for (row const& r : rows)
        if (r.status == status)
            return r.phrase;
    return {};
}

UNISONO_DECL http_response text_response(std::string_view text, int status) {
    // nosniff: a browser must not take text that repeats user input for HTML.
    return {status,
            {{"Content-Type", "text/plain; charset=utf-8"}, {"X-Content-Type-Options", "nosniff"}},
            payload(text)};
}

UNISONO_DECL http_response json_response(std::string_view json, int status) {
    return {
        status, {{"Content-Type", "application/json"}, {"X-Content-Type-Options", "nosniff"}}, payload(json)};
}

UNISONO_DECL http_response error_response(int status) {
    std::string text = std::to_string(status);
    if (auto const phrase = reason_phrase(status); !phrase.empty())
        text.append(" ").append(phrase);
    return text_response(text.append("\n"), status);
}

UNISONO_DECL bool has_body(int status, std::string_view method) noexcept {
    return method != "HEAD" && status >= 200 && status != 204 && status != 304;
}

UNISONO_DECL payload encode_head(http_response const& response, http_head_options const& options) {
    if (response.status < 200 || response.status > 599)
        throw std::invalid_argument("not the status of a final response");
    if (!detail::is_field_value(options.date))
        throw std::invalid_argument("control character in a date");

    std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
    head.append(reason_phrase(response.status)).append("\r\n");
    auto const add = [&](std::string_view name, std::string_view value) {
        head.append(name).append(": ").append(value).append("\r\n");
    };
    for (http_field const field : response.headers) {
        for (std::string_view own : {"content-length", "transfer-encoding", "connection", "date"})
            if (detail::equals_ignoring_case(field.name, own))
                throw std::invalid_argument("a field that the serializer writes: " + std::string{field.name});
        add(field.name, field.value);
    }
    if (!options.date.empty())
        add("Date", options.date);

    if (has_body(response.status, "GET")) {
        if (options.framing == http_framing::content_length)
            add("Content-Length", std::to_string(response.body.size()));
        else if (options.framing == http_framing::chunked)
            add("Transfer-Encoding", "chunked");
    }
    std::string connection;
    if (options.close || options.framing == http_framing::until_close)
        connection = "close";
    else if (options.minor_version == 0)
        connection = "keep-alive";
    // Upgrade holds for this connection only and must be listed as such (RFC 9110, 7.8): 426 carries it.
    if (response.headers.contains("upgrade"))
        connection.append(connection.empty() ? "upgrade" : ", upgrade");
    if (!connection.empty())
        add("Connection", connection);
    head.append("\r\n");
    return payload(head);
}

} // namespace unisono::inline v0
