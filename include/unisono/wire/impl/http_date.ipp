#pragma once

#include <unisono/core/config.hpp>
#include <unisono/wire/http_date.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace unisono::inline v0 {

UNISONO_DECL std::string http_date(std::chrono::milliseconds wall_time) {
    // Not strftime: its names of days and months follow the locale.
    namespace chrono = std::chrono;
    constexpr std::string_view days = "SunMonTueWedThuFriSat";
    constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    auto const name = [](std::string_view names, unsigned index) { return names.substr(3 * index, 3); };

    auto const day = chrono::floor<chrono::days>(chrono::sys_time<chrono::milliseconds>(wall_time));
    chrono::year_month_day const date(day);
    chrono::hh_mm_ss const time(chrono::floor<chrono::seconds>(wall_time - day.time_since_epoch()));
    auto const digits = [](auto number, std::size_t width) {
        std::string text = std::to_string(number);
        return text.insert(0, width - std::min(width, text.size()), '0');
    };

    std::string text(name(days, chrono::weekday(day).c_encoding()));
    text.append(", ").append(digits(static_cast<unsigned>(date.day()), 2)).append(" ");
    text.append(name(months, static_cast<unsigned>(date.month()) - 1)).append(" ");
    text.append(digits(static_cast<int>(date.year()), 4)).append(" ");
    text.append(digits(time.hours().count(), 2)).append(":");
    text.append(digits(time.minutes().count(), 2)).append(":");
    return text.append(digits(time.seconds().count(), 2)).append(" GMT");
}

} // namespace unisono::inline v0
