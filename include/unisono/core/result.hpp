#pragma once

#include <cassert>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

namespace unisono::inline v0 {

/// A value, or the reason there is none. The shape of std::expected<T, std::error_code>, which C++20 lacks.
///
/// Returned wherever bytes come in: nothing throws because of what the network sent.
template <class T>
class [[nodiscard]] result {
public:
    using value_type = T;

    template <class U = T>
    requires(std::is_constructible_v<T, U> && !std::is_same_v<std::remove_cvref_t<U>, result> &&
             !std::is_same_v<std::remove_cvref_t<U>, std::error_code> &&
             !std::is_error_code_enum<std::remove_cvref_t<U>>::value) result(U&& value)
        : state_(std::in_place_index<0>, std::forward<U>(value)) {}
    result(std::error_code error) noexcept : state_(std::in_place_index<1>, error) {
        assert(error && "a result without a value needs an error");
    }
    template <class E>
    requires std::is_error_code_enum<E>::value result(E error)
    noexcept : result(make_error_code(error)) {}

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    /// The error; default-constructed (no error) when there is a value.
    std::error_code error() const noexcept {
        return has_value() ? std::error_code{} : *std::get_if<1>(&state_);
    }

    /// Precondition: has_value().
    T& operator*() & noexcept { return *pointer(); }
    T const& operator*() const& noexcept { return *pointer(); }
    T&& operator*() && noexcept { return std::move(*pointer()); }
    T* operator->() noexcept { return pointer(); }
    T const* operator->() const noexcept { return pointer(); }

    /// The value; throws std::system_error when there is none.
    T& value() & {
        require();
        return *pointer();
    }
    T const& value() const& {
        require();
        return *pointer();
    }
    T&& value() && {
        require();
        return std::move(*pointer());
    }

    template <class U>
    T value_or(U&& otherwise) const& {
        return has_value() ? *pointer() : static_cast<T>(std::forward<U>(otherwise));
    }

private:
    T* pointer() noexcept {
        assert(has_value());
        return std::get_if<0>(&state_);
    }
    T const* pointer() const noexcept {
        assert(has_value());
        return std::get_if<0>(&state_);
    }
    void require() const {
        if (!has_value())
            throw std::system_error(error());
    }

    std::variant<T, std::error_code> state_;
};

/// Success, or the reason there was none.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    result() noexcept = default;
    result(std::error_code error) noexcept : error_(error) {}
    template <class E>
    requires std::is_error_code_enum<E>::value result(E error)
    noexcept : error_(make_error_code(error)) {}

    bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return has_value(); }
    std::error_code error() const noexcept { return error_; }

private:
    std::error_code error_;
};

} // namespace unisono::inline v0
