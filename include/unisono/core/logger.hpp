#pragma once

#include <string_view>

namespace unisono::inline v0 {

enum class severity { debug, info, warning, error };

/// Where the library reports what a person running it should know. It never prints by itself.
///
/// Messages carry no secrets and no control characters. Thread safety: write() is called from any thread.
class logger {
public:
    virtual ~logger() = default;

    /// `component` is the folder that speaks ("store", "net"); `message` is one line.
    virtual void write(severity level, std::string_view component, std::string_view message) noexcept = 0;
};

/// Swallows everything: the default.
inline logger& null_logger() noexcept {
    class silent final : public logger {
        void write(severity, std::string_view, std::string_view) noexcept override {}
    };
    static silent instance;
    return instance;
}

} // namespace unisono::inline v0
