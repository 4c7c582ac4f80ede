#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/mime.hpp>

namespace unisono::inline v0 {

UNISONO_DECL std::string_view content_type(std::string_view file_name) noexcept {
    struct row {
        std::string_view extension;
        std::string_view type;
    };
    // Text carries its charset: without one a browser may guess, and guessing opens UTF-7 style attacks.
    static constexpr row rows[] = {
        {"html", "text/html; charset=utf-8"},
        {"htm", "text/html; charset=utf-8"},
        {"js", "text/javascript; charset=utf-8"},
        {"mjs", "text/javascript; charset=utf-8"},
        {"css", "text/css; charset=utf-8"},
        {"json", "application/json"},
        {"map", "application/json"},
        {"webmanifest", "application/manifest+json"},
        {"txt", "text/plain; charset=utf-8"},
        {"md", "text/markdown; charset=utf-8"},
        {"csv", "text/csv; charset=utf-8"},
        {"xml", "application/xml"},
        {"svg", "image/svg+xml"},
        {"png", "image/png"},
        {"jpg", "image/jpeg"},
        {"jpeg", "image/jpeg"},
        {"gif", "image/gif"},
        {"webp", "image/webp"},
        {"avif", "image/avif"},
        {"ico", "image/x-icon"},
        {"woff", "font/woff"},
        {"woff2", "font/woff2"},
        {"ttf", "font/ttf"},
        {"otf", "font/otf"},
        {"mp3", "audio/mpeg"},
        {"mp4", "video/mp4"},
        {"webm", "video/webm"},
        {"pdf", "application/pdf"},
        {"wasm", "application/wasm"},
    };
    std::string_view const name = file_name.substr(file_name.find_last_of('/') + 1);
    auto const dot = name.find_last_of('.');
    if (dot != std::string_view::npos)
        for (row const& r : rows)
            if (detail::equals_ignoring_case(name.substr(dot + 1), r.extension))
                return r.type;
    return "application/octet-stream";
}

} // namespace unisono::inline v0
