#pragma once

#include <unisono/core/result.hpp>
#include <unisono/wire/http_headers.hpp>
#include <unisono/wire/http_request.hpp>
#include <unisono/wire/http_response.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

struct static_file_options {
    std::string index = "index.html";       ///< what a folder shows
    std::string cache_control = "no-cache"; ///< clients keep a copy and ask whether it still holds
    std::size_t max_size = std::size_t{64} * 1024 * 1024; ///< larger files are not served
    http_headers headers = {};                            ///< more fields for every answer
};

/// Serves the regular files below one folder, and nothing else.
///
/// The path is walked one name at a time from the folder's descriptor without following links, so neither
/// dots nor links nor a folder swapped meanwhile lead outside. Names that begin with a dot are not served.
/// Thread safety: serve() may be called from any thread.
class static_files {
public:
    /// Errors: the folder cannot be opened.
    static result<static_files> open(std::string const& folder, static_file_options options = {});

    static_files(static_files&& other) noexcept;
    static_files& operator=(static_files&&) = delete;
    ~static_files();

    /// The answer to GET or HEAD of `path` (decoded, below the folder): the file, 304, 404 or 405.
    http_response serve(http_request const& request, std::string_view path) const;

private:
    static_files(int folder, static_file_options options) noexcept
        : folder_(folder), options_(std::move(options)) {}

    int folder_; ///< descriptor
    static_file_options options_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/impl/static_files.ipp>
#endif
