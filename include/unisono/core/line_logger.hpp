#pragma once

#include <unisono/core/clock.hpp>
#include <unisono/core/logger.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace unisono::inline v0 {

struct line_logger_options {
    severity least = severity::info; ///< what weighs less is not written
    /// Lines a second with the same component and message; more are counted and reported in one line.
    std::uint32_t lines_per_second = 10;
    unisono::clock* clock = &system_clock();
};

/// Writes lines in logfmt, for people and for collectors alike:
///
///     time=2026-01-31T12:00:00.000Z level=warning component=net message="accepting pauses" reason="..."
///
/// A flood of one kind of line cannot fill a disk, nor hide the others. Texts are quoted, so that nothing a
/// peer sent can break or forge a line, and cut after 512 bytes. Thread safety: from any thread.
class line_logger final : public logger {
public:
    /// `out` gets each line, with its end, one call at a time. What it throws is swallowed.
    explicit line_logger(std::function<void(std::string_view line)> out, line_logger_options options = {});

    /// Reports what was left out and not reported yet.
    ~line_logger() override;

    bool enabled(severity level) const noexcept override { return level >= options_.least; }
    void write(severity level, std::string_view component, std::string_view message,
               log_fields fields) noexcept override;
    using logger::write;

private:
    /// Lines of one kind in the present second. Kinds whose hashes meet share a place, and its limit.
    struct place {
        clock::time_point since{};
        std::uint32_t written = 0;
        std::uint64_t left_out = 0;
        severity level{};
        std::string component;
        std::string message;
    };

    bool admit(severity level, std::string_view component, std::string_view message);
    void report(place& p);
    void report_ended(clock::time_point now);
    void put(severity level, std::string_view component, std::string_view message, log_fields fields);

    std::function<void(std::string_view)> out_;
    line_logger_options options_;
    std::mutex mutex_; ///< guards what follows
    std::string line_;
    std::array<place, 64> places_;
    clock::time_point next_look_{};
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/core/impl/line_logger.ipp>
#endif
