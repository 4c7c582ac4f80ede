#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/line_logger.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <utility>

namespace unisono::inline v0 {

namespace detail {

inline constexpr std::size_t longest_logged_text = 512;

/// Appends `text` so that it stays one value on one line: quoted when needed, control characters escaped.
UNISONO_DECL void append_logged_text(std::string& line, std::string_view text) {
    bool const cut = text.size() > longest_logged_text;
    text = text.substr(0, longest_logged_text);
    bool plain = !text.empty() && !cut;
    for (char const c : text)
        plain = plain && c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
    if (plain) {
        line += text;
        return;
    }
    line += '"';
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (byte < ' ' || byte >= 0x7f) { // also what terminals and log viewers might act on
            constexpr char digits[] = "0123456789abcdef";
            line += "\\x";
            line += digits[byte >> 4];
            line += digits[byte & 15];
        } else {
            line += c;
        }
    }
    line += cut ? "...\"" : "\"";
}

UNISONO_DECL void append_digits(std::string& line, int number, std::size_t width) {
    auto const digits = std::to_string(number);
    line.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

/// As RFC 3339, 5.6: 2026-01-31T12:00:00.000Z.
UNISONO_DECL void append_time(std::string& line, std::chrono::milliseconds since_1970) {
    using namespace std::chrono;
    auto const day = floor<days>(since_1970);
    year_month_day const date{sys_days{day}};
    hh_mm_ss const time{since_1970 - day};
    append_digits(line, static_cast<int>(date.year()), 4);
    line += '-';
    append_digits(line, static_cast<int>(static_cast<unsigned>(date.month())), 2);
    line += '-';
    append_digits(line, static_cast<int>(static_cast<unsigned>(date.day())), 2);
    line += 'T';
    append_digits(line, static_cast<int>(time.hours().count()), 2);
    line += ':';
    append_digits(line, static_cast<int>(time.minutes().count()), 2);
    line += ':';
    append_digits(line, static_cast<int>(time.seconds().count()), 2);
    line += '.';
    append_digits(line, static_cast<int>(time.subseconds().count()), 3);
    line += 'Z';
}

inline constexpr std::string_view severity_names[] = {"debug", "info", "warning", "error"};

} // namespace detail

UNISONO_DECL line_logger::line_logger(std::function<void(std::string_view)> out, line_logger_options options)
    : out_(std::move(out)), options_(options) {}

UNISONO_DECL line_logger::~line_logger() {
    try {
        for (auto& p : places_)
            report(p);
    } catch (...) { // a log that cannot be written has nowhere to say so
    }
}

UNISONO_DECL void line_logger::write(severity level, std::string_view component, std::string_view message,
                                     log_fields fields) noexcept {
    if (!enabled(level))
        return;
    try {
        std::lock_guard const lock{mutex_};
        if (admit(level, component, message))
            put(level, component, message, fields);
    } catch (...) { // as above
    }
}

UNISONO_DECL bool line_logger::admit(severity level, std::string_view component, std::string_view message) {
    auto const now = options_.clock->now();
    report_ended(now);
    auto const hash = std::hash<std::string_view>{}(message) ^ std::hash<std::string_view>{}(component);
    place& p = places_[hash % places_.size()];
    if (now - p.since >= std::chrono::seconds{1}) {
        report(p);
        p.since = now;
        p.written = 0;
    }
    if (p.written < options_.lines_per_second) {
        ++p.written;
        return true;
    }
    if (p.left_out++ == 0) {
        p.level = level;
        p.component = component;
        p.message = message.substr(0, detail::longest_logged_text);
    }
    return false;
}

/// Floods that are over get their report with the next line of any kind.
UNISONO_DECL void line_logger::report_ended(clock::time_point now) {
    if (now < next_look_)
        return;
    next_look_ = now + std::chrono::seconds{1};
    for (auto& p : places_)
        if (now - p.since >= std::chrono::seconds{1})
            report(p);
}

UNISONO_DECL void line_logger::report(place& p) {
    if (p.left_out == 0)
        return;
    log_field const count{"left_out", std::exchange(p.left_out, 0)};
    put(p.level, p.component, p.message, {&count, 1});
}

UNISONO_DECL void line_logger::put(severity level, std::string_view component, std::string_view message,
                                   log_fields fields) {
    line_ = "time=";
    detail::append_time(line_, options_.clock->wall_time());
    line_.append(" level=").append(detail::severity_names[static_cast<std::size_t>(level)]);
    line_.append(" component=");
    detail::append_logged_text(line_, component);
    line_ += " message=";
    detail::append_logged_text(line_, message);
    for (auto const& f : fields) {
        line_.append(" ").append(f.name()).append("=");
        if (f.is_number())
            line_ += std::to_string(f.number());
        else
            detail::append_logged_text(line_, f.text());
    }
    line_ += '\n';
    out_(line_);
}

} // namespace unisono::inline v0
