#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace unisono::inline v0 {

enum class severity { debug, info, warning, error };

/// A fact that belongs to a line: a text or a number under a name. Refers to its text, which must live until
/// write() returns.
class log_field {
public:
    log_field(std::string_view name, std::string_view text) noexcept : name_(name), text_(text) {}
    template <std::integral Number>
    log_field(std::string_view name, Number number) noexcept
        : name_(name), number_(static_cast<std::int64_t>(number)), is_number_(true) {}

    std::string_view name() const noexcept { return name_; }
    bool is_number() const noexcept { return is_number_; }
    std::string_view text() const noexcept { return text_; } ///< may hold whatever a peer sent
    std::int64_t number() const noexcept { return number_; }

private:
    std::string_view name_;
    std::string_view text_;
    std::int64_t number_ = 0;
    bool is_number_ = false;
};

using log_fields = std::span<log_field const>;

/// Where the library reports what a person running it should know. It never prints by itself.
///
/// Lines carry no secrets: no message contents, no tokens, no cookies. Thread safety: from any thread.
class logger {
public:
    virtual ~logger() = default;

    /// Would a line of this level be kept? For callers whose fields cost something.
    virtual bool enabled(severity) const noexcept { return true; }

    /// `component` is the folder that speaks ("store", "net"). `message` says what happened, the same words
    /// each time, so that lines can be counted and found; what differs stands in `fields`. What concerns a
    /// connection carries its `connection` (number on its shard) and `peer` (address).
    virtual void write(severity level, std::string_view component, std::string_view message,
                       log_fields fields) noexcept = 0;

    void write(severity level, std::string_view component, std::string_view message,
               std::initializer_list<log_field> fields = {}) noexcept {
        write(level, component, message, log_fields{fields.begin(), fields.size()});
    }
};

/// Swallows everything: the default.
inline logger& null_logger() noexcept {
    class silent final : public logger {
        bool enabled(severity) const noexcept override { return false; }
        void write(severity, std::string_view, std::string_view, log_fields) noexcept override {}
    };
    static silent instance;
    return instance;
}

} // namespace unisono::inline v0
