#pragma once

#include <unisono/wire/detail/ascii.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace unisono::inline v0::detail {

/// A parameter of a WebSocket extension.
struct extension_parameter {
    std::string_view name;
    std::optional<std::string> value; ///< unquoted

    bool is(std::string_view what) const noexcept { return equals_ignoring_case(name, what); }
};

/// Reads `text`, a token or a quoted-string that holds one (RFC 6455, 9.1). Nothing when it is neither.
inline std::optional<std::string> read_extension_value(std::string_view text) {
    std::string value{text};
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
        value.clear();
        text = text.substr(1, text.size() - 2);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\\' && ++i == text.size())
                return {};
            value += text[i];
        }
    }
    if (!is_token(value))
        return {};
    return value;
}

/// The parts of a text between separators, each of which has a part on both sides.
struct part_reader {
    std::string_view rest;
    bool more = true;

    std::string_view next(char separator) noexcept {
        more = rest.find(separator) != std::string_view::npos;
        return next_part(rest, separator);
    }
};

/// Reads a list of extensions (RFC 6455, 9.1): calls `extension(name)` for each, then
/// `parameter(extension_parameter const&)` for each of its parameters. False as soon as it is malformed.
///
/// No separator can stand inside a quoted-string, for that holds a token.
template <class Extension, class Parameter>
bool read_extension_list(std::string_view text, Extension&& extension, Parameter&& parameter) {
    for (part_reader list{text}; list.more;) {
        part_reader parts{list.next(',')};
        std::string_view const name = trim(parts.next(';'));
        if (!is_token(name))
            return false;
        extension(name);
        while (parts.more) {
            part_reader pair{parts.next(';')};
            extension_parameter read{trim(pair.next('=')), {}};
            if (!is_token(read.name))
                return false;
            if (pair.more && !(read.value = read_extension_value(trim(pair.rest))))
                return false;
            parameter(read);
        }
    }
    return true;
}

} // namespace unisono::inline v0::detail
