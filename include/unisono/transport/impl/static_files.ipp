#pragma once

#include <unisono/core/config.hpp>
#include <unisono/transport/static_files.hpp>
#include <unisono/wire/detail/ascii.hpp>
#include <unisono/wire/mime.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

/// A file descriptor that closes itself.
class descriptor {
public:
    descriptor() noexcept = default;
    explicit descriptor(int fd) noexcept : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~descriptor() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// Opens the regular file at `path` below `folder`; when it names a folder, `index` in there, and says so in
/// `path`.
UNISONO_DECL descriptor open_below(int folder, std::string_view& path, std::string const& index,
                                   struct stat& info) {
    constexpr int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK; // a FIFO must not block us
    descriptor here;
    int at = folder;
    for (auto left = path; !left.empty();) {
        auto const slash = left.find('/');
        std::string const name{left.substr(0, slash)};
        left = slash == std::string_view::npos ? std::string_view{} : left.substr(slash + 1);
        if (name.empty())
            continue;
        if (name.front() == '.' || name.find('\\') != std::string::npos ||
            name.find('\0') != std::string::npos)
            return {};
        descriptor next{::openat(at, name.c_str(), flags)};
        if (!next)
            return {};
        here = std::move(next);
        at = here.get();
    }
    if (::fstat(at, &info) != 0)
        return {};
    if (S_ISDIR(info.st_mode)) {
        path = index;
        here = descriptor{::openat(at, index.c_str(), flags)};
        if (!here || ::fstat(here.get(), &info) != 0)
            return {};
    }
    return S_ISREG(info.st_mode) ? std::move(here) : descriptor{};
}

UNISONO_DECL bool read_all(int fd, mutable_bytes out) {
    while (!out.empty()) {
        auto const got = ::read(fd, out.data(), out.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        out = out.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

/// Does an If-None-Match field name `etag`? Weak comparison (RFC 9110, 8.8.3.2 and 13.1.2).
UNISONO_DECL bool names_etag(http_headers const& headers, std::string_view etag) {
    for (auto const& [name, value] : headers) {
        if (!equals_ignoring_case(name, "If-None-Match"))
            continue;
        // Our tags hold no comma, so a comma inside another's cannot make one of ours.
        for (std::string_view rest = value; !rest.empty();) {
            auto one = trim(next_part(rest, ','));
            if (one.starts_with("W/"))
                one.remove_prefix(2);
            if (one == etag || one == "*")
                return true;
        }
    }
    return false;
}

} // namespace detail

UNISONO_DECL result<static_files> static_files::open(std::string const& folder, static_file_options options) {
    int const fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return std::error_code{errno, std::generic_category()};
    return static_files{fd, std::move(options)};
}

UNISONO_DECL static_files::static_files(static_files&& other) noexcept
    : folder_(std::exchange(other.folder_, -1)), options_(std::move(other.options_)) {}

UNISONO_DECL static_files::~static_files() {
    if (folder_ >= 0)
        ::close(folder_);
}

UNISONO_DECL http_response static_files::serve(http_request const& request, std::string_view path) const {
    auto const answer = [&](http_response with) {
        for (auto const& [name, value] : options_.headers)
            with.headers.set(name, value);
        return with;
    };
    if (request.method != "GET" && request.method != "HEAD") {
        auto refused = answer(error_response(405));
        refused.headers.set("Allow", "GET, HEAD");
        return refused;
    }
    struct stat info {};
    auto const file = detail::open_below(folder_, path, options_.index, info);
    if (!file || static_cast<std::size_t>(info.st_size) > options_.max_size)
        return answer(error_response(404));

    auto response = answer({});
    auto const etag = '"' + std::to_string(info.st_mtim.tv_sec) + '-' + std::to_string(info.st_mtim.tv_nsec) +
                      '-' + std::to_string(info.st_size) + '"';
    response.headers.set("ETag", etag);
    response.headers.set("Cache-Control", options_.cache_control);
    response.headers.set("X-Content-Type-Options", "nosniff");
    if (detail::names_etag(request.headers, etag)) {
        response.status = 304;
        return response;
    }
    response.headers.set("Content-Type", content_type(path));
    bool complete = true;
    response.body = payload::build(static_cast<std::size_t>(info.st_size),
                                   [&](mutable_bytes out) { complete = detail::read_all(file.get(), out); });
    return complete ? response : answer(error_response(500));
}

} // namespace unisono::inline v0
