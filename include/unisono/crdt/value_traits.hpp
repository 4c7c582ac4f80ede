#pragma once

#include <unisono/codec/base64.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>
#include <unisono/crdt/type_tag.hpp>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>

namespace unisono::inline v0::crdt {

/// How a value travels. Given for bool, integers, double, std::string and byte_buffer; a host specialises it
/// for its own types. Equal values write equal bytes, and read() fails the reader on what write() never
/// writes.
template <class T>
struct value_traits;

/// What registers, sets, maps and sequences can hold. The order needs no meaning, but must be the same on
/// every replica.
template <class T>
concept crdt_value = std::regular<T> && std::totally_ordered<T> &&
    requires(T const& value, state_writer& out, state_reader& in, json::writer& json) {
    { value_traits<T>::tag } -> std::convertible_to<type_tag>;
    value_traits<T>::write(out, value);
    { value_traits<T>::read(in) } -> std::same_as<T>;
    value_traits<T>::write_json(json, value);
};

template <>
struct value_traits<bool> {
    static constexpr auto tag = type_tag::boolean;
    static void write(state_writer& out, bool value) { out.boolean(value); }
    static bool read(state_reader& in) { return in.boolean(); }
    static void write_json(json::writer& json, bool value) { json.boolean(value); }
};

template <std::integral T>
struct value_traits<T> {
    // Variable length ends at 53 bits.
    static constexpr bool wide = sizeof(T) > 4;
    static constexpr auto tag = wide ? type_tag::integer64 : type_tag::integer;
    static void write(state_writer& out, T value) {
        auto const n = static_cast<std::int64_t>(value);
        wide ? out.fixed64(n) : out.sint(n);
    }
    static T read(state_reader& in) {
        auto const n = wide ? in.fixed64() : in.sint();
        if constexpr (!wide)
            if (n < std::int64_t{std::numeric_limits<T>::min()} ||
                n > std::int64_t{std::numeric_limits<T>::max()})
                in.fail(codec_error::number_overflow);
        return static_cast<T>(n);
    }
    static void write_json(json::writer& json, T value) { json.value(value); }
};

/// Precondition: not NaN, which equals nothing. Minus zero travels as zero, which it equals.
template <>
struct value_traits<double> {
    static constexpr auto tag = type_tag::real;
    static void write(state_writer& out, double value) { out.real(value == 0 ? 0.0 : value); }
    static double read(state_reader& in) {
        auto const value = in.real();
        if (std::isnan(value) || (value == 0 && std::signbit(value)))
            in.fail(crdt_error::not_canonical);
        return in.ok() ? value : 0;
    }
    static void write_json(json::writer& json, double value) { json.real(value == 0 ? 0.0 : value); }
};

/// Text. Precondition: valid UTF-8.
template <>
struct value_traits<std::string> {
    static constexpr auto tag = type_tag::text;
    static void write(state_writer& out, std::string const& value) { out.text(value); }
    static std::string read(state_reader& in) { return std::string{in.text()}; }
    static void write_json(json::writer& json, std::string const& value) { json.string(value); }
};

/// Any bytes; base64 in JSON.
template <>
struct value_traits<byte_buffer> {
    static constexpr auto tag = type_tag::bytes;
    static void write(state_writer& out, byte_buffer const& value) { out.bytes(value); }
    static byte_buffer read(state_reader& in) {
        auto const value = in.bytes();
        return {value.begin(), value.end()};
    }
    static void write_json(json::writer& json, byte_buffer const& value) {
        json.string(base64_encode(value));
    }
};

} // namespace unisono::inline v0::crdt
