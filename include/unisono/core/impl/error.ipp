#pragma once

#include <unisono/core/config.hpp>
#include <unisono/core/error.hpp>

#include <string>

namespace unisono::inline v0 {

UNISONO_DECL std::error_category const& condition_category() noexcept {
    class category final : public std::error_category {
        char const* name() const noexcept override { return "unisono"; }
        std::string message(int value) const override {
            switch (static_cast<condition>(value)) {
            case condition::malformed:
                return "malformed input";
            case condition::too_large:
                return "a limit was passed";
            case condition::unsupported:
                return "not supported";
            case condition::denied:
                return "not allowed";
            case condition::not_found:
                return "not found";
            case condition::conflict:
                return "conflicts with the present state";
            case condition::closed:
                return "closed";
            case condition::timed_out:
                return "a deadline passed";
            case condition::unavailable:
                return "temporarily unavailable";
            }
            return "unknown condition";
        }
    };
    static category const instance;
    return instance;
}

UNISONO_DECL std::error_condition make_error_condition(condition c) noexcept {
    return {static_cast<int>(c), condition_category()};
}

} // namespace unisono::inline v0
