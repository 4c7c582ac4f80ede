#pragma once

#include <unisono/core/random.hpp>

#include <filesystem>
#include <string_view>
#include <system_error>

namespace unisono::test {

/// A directory of its own, gone afterwards.
class temporary_directory {
public:
    temporary_directory()
        : path_(std::filesystem::temp_directory_path() / ("unisono-" + system_random().token(12))) {
        std::filesystem::create_directory(path_);
    }
    ~temporary_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    temporary_directory(temporary_directory const&) = delete;
    temporary_directory& operator=(temporary_directory const&) = delete;

    std::filesystem::path const& path() const noexcept { return path_; }
    std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

} // namespace unisono::test
